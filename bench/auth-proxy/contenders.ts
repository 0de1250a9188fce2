import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

const HERE = __dirname;
const ROOT = join(HERE, "../..");
const PEERS = join(ROOT, ".cache/bench-auth-proxy");
const NODE = Number(process.versions.node.split(".")[0]);

/** A proxy that can be started in front of the bench's backend, or what is missing for it. */
export interface Contender {
  readonly name: string;
  readonly command?: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly missing?: string;
}

export interface Servers {
  readonly backendUrl: string;
  readonly metadataHost: string;
  close(): void;
}

export interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  /** From the start of the process to the first byte of an answer. */
  readonly firstByteMs: number;
  stop(): Promise<void>;
}

export const OURS = "auth proxy";
export const OURS_LOGGING = "auth proxy, a log line a request";
export const BARE = "bare node:http + undici pipe";
export const FASTIFY = "@fastify/http-proxy";
export const GO = "Go httputil.ReverseProxy";

const bundle = join(ROOT, "services/auth-proxy/dist/main.js");

/** Everything that is measured. Peers are installed into a folder of their own. */
export function contenders(tell: (line: string) => void): Contender[] {
  const node = installPeers(tell);
  const peer = (name: string, file: string): Contender =>
    node === undefined ? { name, command: [process.execPath, join(PEERS, file)] } : { name, missing: node };
  return [
    { name: OURS, command: [process.execPath, bundle] },
    { name: OURS_LOGGING, command: [process.execPath, bundle], env: { REQUEST_LOG: "on" } },
    peer(BARE, "bare-pipe.cjs"),
    peer(FASTIFY, "fastify-http-proxy.cjs"),
    peer("httpxy", "httpxy.cjs"),
    NODE >= 22 ? peer("http-proxy-3", "http-proxy-3.cjs") : { name: "http-proxy-3", missing: "Node 22" },
    goPeer(),
    peer("a token per request", "token-per-request.cjs"),
  ];
}

function installPeers(tell: (line: string) => void): string | undefined {
  mkdirSync(PEERS, { recursive: true });
  const wanted = readFileSync(join(HERE, "peers/package.json"), "utf8");
  const have = join(PEERS, "package.json");
  const fresh =
    existsSync(have) && readFileSync(have, "utf8") === wanted && existsSync(join(PEERS, "node_modules/undici"));
  for (const file of readdirSync(join(HERE, "peers")).filter((name) => /\.(cjs|json)$/.test(name))) {
    copyFileSync(join(HERE, "peers", file), join(PEERS, file));
  }
  if (fresh) return undefined;
  tell("installing the peers");
  try {
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
    execFileSync("npm", args, { cwd: PEERS, stdio: ["ignore", "ignore", "pipe"] });
    return undefined;
  } catch {
    return "its packages could not be installed";
  }
}

function goPeer(): Contender {
  const program = join(PEERS, "reverseproxy");
  try {
    execFileSync("go", ["build", "-o", program, "."], { cwd: join(HERE, "peers/go"), stdio: "ignore" });
    return { name: GO, command: [program], env: { GOMAXPROCS: "1" } };
  } catch {
    return { name: GO, missing: "Go" };
  }
}

export function startServers(): Promise<Servers> {
  const child = fork(join(HERE, "servers.cjs"), { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  return new Promise((resolve) =>
    child.once("message", (ports: { backend: number; metadata: number }) =>
      resolve({
        backendUrl: `http://127.0.0.1:${ports.backend}`,
        metadataHost: `127.0.0.1:${ports.metadata}`,
        close: () => child.disconnect(),
      }),
    ),
  );
}

export async function start({ name, command, env }: Contender, servers: Servers): Promise<Started> {
  const port = await freePort();
  const [program, ...args] = command!;
  const startedMs = performance.now();
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      PORT: String(port),
      BIND_ADDRESS: "127.0.0.1",
      BACKEND_URL: servers.backendUrl,
      GCE_METADATA_HOST: servers.metadataHost,
      TOKEN: `Bearer ${"t".repeat(900)}`,
      BODY_LIMIT_BYTES: "2147483648",
      ...env,
    },
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-1_000);
  });
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}/`))) {
    if (child.exitCode !== null) throw new Error(`${name} did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const firstByteMs = performance.now() - startedMs;
  return {
    process: child,
    url,
    firstByteMs,
    stop: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent: false }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode === 200);
    });
    outgoing.on("error", () => resolve(false));
    outgoing.end();
  });
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    }),
  );
}
