import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, type ServiceDefinition, startService } from "../../services/runtime/index";
import { http, until } from "./support";

export interface Running {
  readonly url: string;
  /** What it wrote to its log. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** One way to run a service: in this process, or as a program in some language. */
export interface Implementation {
  readonly language: string;
  /** Undefined where the machine can run it; else what is missing. */
  readonly missing?: string;
  start(env: Environment): Promise<Running>;
}

const fixtures = join(__dirname, "../fixtures");

export function inProcess<Callee extends string>(make: () => ServiceDefinition<Callee>): Implementation {
  return {
    language: "TypeScript",
    async start(env) {
      const log: string[] = [];
      const line = (text: string) => log.push(text);
      const service = await startService(make(), { env: { PORT: "0", BIND_ADDRESS: "127.0.0.1", ...env }, line });
      return { url: `http://127.0.0.1:${service.port}`, log, stop: () => service.stop() };
    },
  };
}

/** The user service in Go. The build is Go's own affair: it caches what has not changed. */
export function userInGo(): Implementation {
  const folder = mkdtempSync(join(tmpdir(), "user-go-"));
  return {
    language: "Go",
    ...(!runs("go", ["version"]) && { missing: "Go" }),
    async start(env) {
      const program = join(folder, "user");
      execFileSync("go", ["build", "-o", program, "."], { cwd: join(fixtures, "user-go"), stdio: "inherit" });
      const running = await startProgram(program, [], join(fixtures, "user-go"), env);
      return {
        ...running,
        async stop() {
          await running.stop();
          rmSync(folder, { recursive: true });
        },
      };
    },
  };
}

/** The gateway in Python. `MESH_PYTHON` names an interpreter that has the fixture's requirements.txt. */
export function gatewayInPython(): Implementation {
  const python = process.env["MESH_PYTHON"] ?? "python3";
  const ready = runs(python, ["-c", "import flask, google.auth, gunicorn, requests"]);
  return {
    language: "Python",
    ...(!ready && { missing: "a Python with tests/fixtures/gateway-python/requirements.txt (MESH_PYTHON)" }),
    start: (env) => startProgram(python, ["-B", "-m", "gunicorn", "main:app"], join(fixtures, "gateway-python"), env),
  };
}

/** A program as the container contract has it: told its port, ready when it answers, ended by SIGTERM. */
export async function startProgram(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Environment,
): Promise<Running & { readonly process: ChildProcess; readonly exit: Promise<number | null> }> {
  const port = await freePort();
  const log: string[] = [];
  const child = spawn(command, args, { cwd, env: { PATH: process.env["PATH"], PORT: String(port), ...env } });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => log.push(chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  let over = false;
  exit.then(() => {
    over = true;
  });
  const url = `http://127.0.0.1:${port}`;
  let ready = false;
  const answers = until(() => {
    http(`${url}/health`).then(
      (got) => {
        ready ||= got.status === 200;
      },
      () => {},
    );
    return ready || over;
  });
  // A test that has failed leaves nothing behind.
  await answers.catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
  if (!ready) throw new Error(`${command} did not start: ${log.join("")}`);
  return {
    url,
    log,
    process: child,
    exit,
    async stop() {
      child.kill("SIGTERM");
      await exit;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
