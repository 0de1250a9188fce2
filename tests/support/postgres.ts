/** A PostgreSQL of the test's own: real, on a socket in a temporary folder, and gone afterwards. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { until } from "./until";

const DEBIAN = "/usr/lib/postgresql";

/** Folder of PostgreSQL's programs: `POSTGRES_BIN`, else Debian's newest; undefined where there is none. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return [process.env["POSTGRES_BIN"] ?? "", ...versions.map((version) => join(DEBIAN, version, "bin"))].find(
    (folder) => folder !== "" && existsSync(join(folder, "initdb")),
  );
}

export interface Cluster {
  /** How a role connects to a database; nobody is asked for a password. */
  url(role: string, database: string): string;
  /** Folder of its socket. */
  readonly folder: string;
  /** Runs a file of SQL as the superuser, by psql. */
  psql(file: string, variables: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const bin = postgresPrograms()!;
  const folder = mkdtempSync(join(tmpdir(), "pg-"));
  const as = otherThanRoot();
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid!);
  const data = join(folder, "data");
  const run = (program: string, args: readonly string[]) =>
    execFileSync(join(bin, program), args, { ...as, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  run("initdb", ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]);
  const settings = { listen_addresses: "", unix_socket_directories: folder, fsync: "off", max_connections: "60" };
  const server = spawn(
    join(bin, "postgres"),
    ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...as, cwd: folder, stdio: "ignore" },
  );
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  await untilReady(folder, server);
  return {
    folder,
    url: (role, database) => `postgres://${encodeURIComponent(role)}@/${database}?host=${encodeURIComponent(folder)}`,
    psql(file, variables) {
      const set = Object.entries(variables).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
      const args = ["-X", "-q", "-h", folder, "-U", "postgres", "-d", "postgres", ...set, "-f", file];
      execFileSync(join(bin, "psql"), args, { stdio: ["ignore", "ignore", "pipe"] });
    },
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      // At once, and without writing down what nobody will read.
      server.kill("SIGQUIT");
      await ended;
      process.off("exit", kill);
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilReady(host: string, server: ChildProcess): Promise<void> {
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    const client = new Client({ host, user: "postgres", database: "postgres" });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }, "PostgreSQL takes connections");
}

/** PostgreSQL does not run as root; Debian's package makes a user for it. */
function otherThanRoot(): Pick<SpawnOptions, "uid" | "gid"> {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
