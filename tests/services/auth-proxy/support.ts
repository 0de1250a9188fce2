import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { startProxy } from "../../../services/auth-proxy/proxy";
import type { Environment, ServiceWorld } from "../../../services/runtime/index";
import { Fake, json, metadataFake, type Seen } from "../support";

export interface Bench {
  readonly url: string;
  readonly port: number;
  readonly metadata: Fake;
  /** What the proxy wrote to its log. */
  readonly log: Record<string, unknown>[];
  stopProxy(): Promise<void>;
}

const stops: (() => Promise<unknown>)[] = [];

/** Registers something to be stopped by {@link stopAll}. */
export function later(stop: () => Promise<unknown>): void {
  stops.push(stop);
}

/** Ends what a test has started, last first. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

/** A proxy in front of what the environment names, with a metadata server of its own. */
export async function proxyWith(env: Environment, world: ServiceWorld = {}): Promise<Bench> {
  const metadata = await metadataFake();
  const log: Record<string, unknown>[] = [];
  const proxy = await startProxy({
    line: (line) => log.push(JSON.parse(line)),
    ...world,
    env: { PORT: "0", BIND_ADDRESS: "127.0.0.1", GCE_METADATA_HOST: metadata.host, DRAIN_TIMEOUT_MS: "0", ...env },
  });
  let stopped: Promise<void> | undefined;
  const stopProxy = () => {
    stopped ??= proxy.stop();
    return stopped;
  };
  later(() => metadata.stop());
  later(stopProxy);
  return { url: `http://127.0.0.1:${proxy.port}`, port: proxy.port, metadata, log, stopProxy };
}

/** A backend that answers with what it saw, unless told otherwise. */
export async function backendFake(respond = echo): Promise<Fake> {
  const backend = await Fake.start(respond);
  later(() => backend.stop());
  return backend;
}

const echo: Parameters<typeof Fake.start>[0] = (seen, response) =>
  json(response, 200, { method: seen.method, url: seen.url, headers: seen.headers, body: seen.body } satisfies Seen);

/** A backend of which the test has the request and the answer in hand. */
export async function handBackend(listener: RequestListener): Promise<{ url: string; host: string; server: Server }> {
  const server = createServer(listener);
  await listen(server);
  later(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, server };
}

/** A server below HTTP: what it says is up to the test. */
export async function rawBackend(onConnection: (socket: Socket) => void): Promise<{ url: string }> {
  const { createServer: createTcp } = await import("node:net");
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  await listen(server);
  later(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export function listen(server: { listen(port: number, host: string, done: () => void): unknown }): Promise<void> {
  return new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

/** Sends bytes as they are and reads until the other side closes, or until what came satisfies the test. */
export function raw(port: number, text: string, enough: (got: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let got = "";
    const done = () => {
      socket.destroy();
      resolve(got);
    };
    socket.setEncoding("latin1");
    socket.on("error", done);
    socket.on("close", done);
    socket.on("data", (part) => {
      got += part;
      if (enough(got)) done();
    });
    socket.write(text, "latin1");
  });
}

/** Status and error code of a raw answer. */
export function told(answer: string): { status: number; code: string | undefined } {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
  return { status, code: /"code":"([a-z-]+)"/.exec(answer)?.[1] };
}

export function header(incoming: IncomingMessage | Seen, name: string): string | undefined {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Waits until a count has stood still for a while: nothing flows any more. */
export async function stands(count: () => number): Promise<void> {
  for (let last = -1; last !== count(); ) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
