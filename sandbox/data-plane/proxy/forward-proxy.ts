/**
 * The only way out for the sandbox's processes: ends TLS for the hosts that are played here, and dials nothing else
 * unless it is allowed.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Visitor, Visitors } from "../callers";
import { type Decision, decisionAside } from "../decisions";
import { traceTold } from "../trace";
import type { Traffic } from "../traffic";
import type { Authority } from "./certificates";

export interface ForwardProxyOptions {
  readonly visitors: Visitors;
  readonly authority: Authority;
  /** What becomes of requests to the hosts that are played here. */
  readonly traffic: Traffic;
  /** Hosts that may be dialled for real, `*.example.com` for all below one. */
  readonly allow: readonly string[];
  readonly clock: () => Date;
  onDecision(decision: Decision): void;
}

/** Names and address of the metadata server. Source: https://cloud.google.com/compute/docs/metadata/overview */
const METADATA_HOSTS: readonly string[] = ["metadata.google.internal", "metadata", "169.254.169.254"];

/** Source: https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries */
const KEEP_ALIVE_MS = 620_000;

const HANDSHAKE_MS = 10_000;
const DIAL_MS = 10_000;

export class ForwardProxy {
  readonly #options: ForwardProxyOptions;
  readonly #proxy: Server;
  /** Never listens: it is handed connections whose TLS has been ended. */
  readonly #inner: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #origins = new WeakMap<Duplex, { visitor: Visitor; host: string }>();

  constructor(options: ForwardProxyOptions) {
    this.#options = options;
    this.#proxy = createServer((request, response) => this.#plain(request, response));
    this.#proxy.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#connect(request, socket, head).catch(() => socket.destroy());
    });
    this.#proxy.on("connection", (socket) => this.#track(socket));
    this.#inner = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      const { visitor, host } = this.#origins.get(request.socket)!;
      options.traffic.request(visitor, host, request, response);
    });
    this.#inner.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const { visitor, host } = this.#origins.get(socket)!;
      options.traffic.upgrade(visitor, host, request, socket, head);
    });
    // A request may take as long as its service's timeout; that is not decided here.
    for (const server of [this.#proxy, this.#inner]) server.requestTimeout = 0;
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#proxy.once("error", reject);
      this.#proxy.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, resolve);
    });
    return (this.#proxy.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#proxy.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #connect(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on("error", () => {});
    const { visitors, authority, traffic } = this.#options;
    const target = request.url ?? "";
    const visitor = visitors.find(request.headers["proxy-authorization"]);
    const [, host = "", port = ""] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(target.toLowerCase()) ?? [];
    const deny = (code: number, reason: Decision["reason"], message: string, more = "") => {
      this.#decide(visitor, host || target, request, code, reason, message);
      const length = Buffer.byteLength(message) + 1;
      const words = code === 407 ? "Proxy Authentication Required" : "Bad Gateway";
      socket.end(
        `HTTP/1.1 ${code} ${words}\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\nConnection: close\r\n${more}\r\n${message}\n`,
      );
    };
    if (!visitor) return deny(407, "proxy-credentials", "not a process of this sandbox", CHALLENGE);
    if (port !== "443" || !this.#endsHere(host)) {
      if (!this.#allows(host)) return deny(502, "host-not-played", notPlayed(`${host}:${port}`));
      this.#decide(visitor, host, request, 200, "let-through", "allowed to leave the sandbox");
      return tunnel(socket, head, host, Number(port), (why) => deny(502, "no-route", `${host}:${port}: ${why}`));
    }
    const route = visitor.route(host);
    if ("unreachable" in route) return deny(502, "no-route", route.unreachable);
    const secureContext = await authority.contextFor(host);
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    const ALPNProtocols = traffic.plays(host) ? ["http/1.1"] : ["h2", "http/1.1"];
    const secured = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols });
    this.#track(secured);
    const handshake = setTimeout(() => secured.destroy(), HANDSHAKE_MS);
    secured.on("error", () => secured.destroy());
    secured.once("close", () => clearTimeout(handshake));
    secured.once("secure", () => {
      clearTimeout(handshake);
      if (secured.alpnProtocol === "h2") return traffic.streams(visitor, host, secured);
      this.#origins.set(secured, { visitor, host });
      this.#inner.emit("connection", secured);
    });
  }

  /** Plain HTTP: the metadata server by its name, and what the hosts that are played answer to it. */
  #plain(request: IncomingMessage, response: ServerResponse): void {
    const { visitors, traffic } = this.#options;
    const visitor = visitors.find(request.headers["proxy-authorization"]);
    const [, authority = "", rest = ""] = /^http:\/\/([^/?#]+)(.*)$/i.exec(request.url ?? "") ?? [];
    const host = authority.toLowerCase().replace(/:\d+$/, "");
    const answer = (
      code: number,
      reason: Decision["reason"],
      message: string,
      headers: Record<string, string> = {},
    ) => {
      this.#decide(visitor, host, request, code, reason, message);
      request.resume();
      response.writeHead(code, { "Content-Type": "text/plain", Connection: "close", ...headers }).end(`${message}\n`);
    };
    const { metadata } = visitor ?? {};
    if (host === "") answer(400, "host-not-played", "this is a proxy, not a site");
    else if (!visitor) {
      const challenge = { "Proxy-Authenticate": 'Basic realm="sandbox"' };
      answer(407, "proxy-credentials", "not a process of this sandbox", challenge);
    } else if (metadata && METADATA_HOSTS.includes(host)) {
      request.url = rest.startsWith("/") ? rest : `/${rest}`;
      metadata.handle(request, response).catch(() => response.destroy());
    } else if (traffic.plays(host)) {
      request.url = rest.startsWith("/") ? rest : `/${rest}`;
      traffic.plain(visitor, host, request, response);
    } else answer(502, "host-not-played", notPlayed(authority));
  }

  /** What is allowed to leave does, unless it is played. */
  #endsHere(host: string): boolean {
    const { traffic } = this.#options;
    return traffic.plays(host) || (traffic.answers(host) && !this.#allows(host));
  }

  #allows(host: string): boolean {
    return this.#options.allow.some((one) => host === one || (one.startsWith("*.") && host.endsWith(one.slice(1))));
  }

  #decide(
    visitor: Visitor | undefined,
    callee: string,
    { method, headers }: Pick<IncomingMessage, "headers" | "method">,
    code: number,
    reason: Decision["reason"],
    message: string,
  ) {
    const { clock, onDecision } = this.#options;
    const trace = traceTold(headers)?.traceId;
    const caller = visitor?.name() ?? "unknown";
    onDecision(decisionAside({ now: clock(), caller, callee, method, code, reason, message, trace }));
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

const CHALLENGE = 'Proxy-Authenticate: Basic realm="sandbox"\r\n';

function notPlayed(target: string): string {
  return `the sandbox does not play ${target} and dials nobody`;
}

/** Joins a caller with the real host; `onUnreached` is called where there is no connection in time. */
function tunnel(socket: Socket, head: Buffer, host: string, port: number, onUnreached: (why: string) => void): void {
  const outside = connect(port, host);
  let isJoined = false;
  const giveUp = (why: string) => {
    outside.destroy();
    if (isJoined) socket.destroy();
    else onUnreached(why);
  };
  outside.setTimeout(DIAL_MS, () => giveUp(`no connection within ${DIAL_MS / 1000} s`));
  outside.once("connect", () => {
    isJoined = true;
    outside.setTimeout(0);
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) outside.write(head);
    socket.pipe(outside).pipe(socket);
    outside.once("close", () => socket.destroy());
  });
  outside.on("error", (error) => giveUp(error.message));
  socket.once("close", () => outside.destroy());
}
