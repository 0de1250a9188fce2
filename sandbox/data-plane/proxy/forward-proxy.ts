/**
 * The only way out for the sandbox's processes: ends TLS for the hosts that are played here, and dials nothing else
 * unless it is allowed. Each visitor has a port of their own, which says whose process a connection comes from: many
 * clients can be told a proxy's address and not its credentials.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Visitor } from "../callers";
import { type Decision, decisionAside } from "../decisions";
import { traceTold } from "../trace";
import type { Traffic } from "../traffic";
import { refuseUnreadable, type Unreadable } from "../unreadable";
import type { Authority } from "./certificates";
import { passOn, tunnel } from "./outside";
import { Ways, type WaysOptions } from "./ways";

export interface ForwardProxyOptions extends WaysOptions {
  readonly authority: Authority;
  /** What becomes of requests to the hosts that are played here. */
  readonly traffic: Traffic;
  readonly clock: () => Date;
  onDecision(decision: Decision): void;
}

/** Source: https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries */
const KEEP_ALIVE_MS = 620_000;

const HANDSHAKE_MS = 10_000;

const ESTABLISHED = "HTTP/1.1 200 Connection Established\r\n\r\n";

interface Origin {
  readonly visitor: Visitor;
  readonly host: string;
}

export class ForwardProxy {
  readonly #options: ForwardProxyOptions;
  readonly #ways: Ways;
  readonly #doors: Server[] = [];
  #isClosed = false;
  /** Never listens: it is handed connections whose TLS has been ended. */
  readonly #secure: Server;
  /** Never listens, either: it is handed tunnels to port 80, in which some clients send plain HTTP. */
  readonly #clear: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #origins = new WeakMap<Duplex, Origin>();

  constructor(options: ForwardProxyOptions) {
    this.#options = options;
    this.#ways = new Ways(options);
    const serve = (answer: (origin: Origin, request: IncomingMessage, response: ServerResponse) => void) =>
      createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
        request.url = originForm(request.url ?? "/");
        answer(this.#origins.get(request.socket)!, request, response);
      });
    this.#secure = serve(({ visitor, host }, ...exchange) => options.traffic.request(visitor, host, ...exchange));
    this.#secure.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const { visitor, host } = this.#origins.get(socket)!;
      request.url = originForm(request.url ?? "/");
      options.traffic.upgrade(visitor, host, request, socket, head);
    });
    this.#clear = serve((origin, ...exchange) => this.#serveClear(origin, ...exchange));
    for (const server of [this.#secure, this.#clear]) {
      refuseUnreadable(server, (refused, socket) => {
        const { visitor, host } = this.#origins.get(socket)!;
        this.#unreadable(refused, visitor, host);
      });
    }
  }

  /** Opens a way out for somebody, until `close`; answers with its port on 127.0.0.1. */
  async open(visitor: Visitor): Promise<number> {
    // A request may take as long as its service's timeout; that is not decided here.
    const door = createServer({ requestTimeout: 0 }, (request, response) => this.#plain(visitor, request, response));
    door.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#connect(visitor, request, socket, head).catch(() => socket.destroy());
    });
    refuseUnreadable(door, ({ target = "", ...refused }) => {
      const [, host, rest = ""] = /^(?:https?:\/\/)?([^/?#]*)(.*)$/i.exec(target) ?? [];
      this.#unreadable({ ...refused, target: rest }, visitor, host || "the proxy");
    });
    door.on("connection", (socket) => this.#track(socket));
    await new Promise<void>((resolve, reject) => {
      door.once("error", reject);
      door.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, resolve);
    });
    this.#doors.push(door);
    const { port } = door.address() as AddressInfo;
    // Whoever was on the way in while the proxy closed finds nobody.
    if (this.#isClosed) door.close();
    return port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = this.#doors.map((door) => new Promise((resolve) => door.close(resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #connect(visitor: Visitor, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on("error", () => {});
    const { authority, traffic } = this.#options;
    const target = request.url ?? "";
    const [, host = "", port = ""] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(target.toLowerCase()) ?? [];
    const deny = (reason: Decision["reason"], message: string) => {
      this.#decide(visitor, host || target, request, 502, reason, message);
      const length = Buffer.byteLength(message) + 1;
      // Of a tunnel that is refused, most clients show the status line and nothing else.
      const phrase = message.replace(/[^ -~]/g, "?");
      socket.end(
        `HTTP/1.1 502 ${phrase}\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${message}\n`,
      );
    };
    const begin = () => {
      socket.write(ESTABLISHED);
      if (head.length > 0) socket.unshift(head);
    };
    if (port === "" || Number(port) > 65_535) return deny("no-route", `${target} is no host with a port`);
    if (port === "80" && this.#ways.servesClear(visitor, host)) {
      begin();
      this.#origins.set(socket, { visitor, host });
      return void this.#clear.emit("connection", socket);
    }
    if (port !== "443" || !this.#ways.endsHere(visitor, host)) {
      const way = this.#ways.out(visitor, host);
      if (!way) return deny("host-not-played", this.#ways.notPlayed(visitor, host, `${host}:${port}`));
      this.#decide(visitor, host, request, 200, "let-through", LET_THROUGH);
      return tunnel(socket, head, host, Number(port), way, (why) => deny("no-route", `${host}:${port}: ${why}`));
    }
    const route = visitor.route(host);
    if ("unreachable" in route) return deny("no-route", route.unreachable);
    const secureContext = await authority.contextFor(host);
    begin();
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
      this.#secure.emit("connection", secured);
    });
  }

  /** Requests without a tunnel: plain HTTP, and those of clients that leave TLS to the proxy. */
  #plain(visitor: Visitor, request: IncomingMessage, response: ServerResponse): void {
    const { traffic } = this.#options;
    const { url = "" } = request;
    const target = /^https?:\/\//i.test(url) && URL.canParse(url) && new URL(url);
    const answer = (host: string, code: number, reason: Decision["reason"], message: string) => {
      this.#decide(visitor, host, request, code, reason, message);
      request.resume();
      response.writeHead(code, { "Content-Type": "text/plain", Connection: "close" }).end(`${message}\n`);
    };
    if (!target) {
      answer("", 400, "host-not-played", "this is a proxy, not a site");
      return;
    }
    const { protocol, host: authority, hostname: host, port } = target;
    // Source: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2, a proxy ignores the Host that it received.
    request.headers.host = authority;
    const isClear = protocol === "http:";
    const way = this.#ways.out(visitor, host);
    if (port === "" && isClear && this.#ways.servesClear(visitor, host)) {
      request.url = originForm(url);
      this.#serveClear({ visitor, host }, request, response);
    } else if (port === "" && !isClear && this.#ways.endsHere(visitor, host)) {
      request.url = originForm(url);
      traffic.request(visitor, host, request, response);
    } else if (isClear && way) {
      this.#decide(visitor, host, request, 200, "let-through", LET_THROUGH);
      passOn(request, response, target, way, (why) => answer(host, 502, "no-route", `${host}:${port || 80}: ${why}`));
    } else answer(host, 502, "host-not-played", this.#ways.notPlayed(visitor, host, authority));
  }

  /** The metadata server by its names, and what the hosts that are played answer to plain HTTP. */
  #serveClear({ visitor, host }: Origin, request: IncomingMessage, response: ServerResponse): void {
    const metadata = this.#ways.metadata(visitor, host);
    if (metadata) metadata.handle(request, response).catch(() => response.destroy());
    else this.#options.traffic.plain(visitor, host, request, response);
  }

  #decide(
    visitor: Visitor,
    callee: string,
    { method, headers }: Pick<IncomingMessage, "headers" | "method">,
    code: number,
    reason: Decision["reason"],
    message: string,
  ) {
    const { clock, onDecision } = this.#options;
    const trace = traceTold(headers)?.traceId;
    onDecision(decisionAside({ now: clock(), caller: visitor.name(), callee, method, code, reason, message, trace }));
  }

  #unreadable(refused: Unreadable, visitor: Visitor, callee: string): void {
    const { clock, onDecision } = this.#options;
    const route = visitor.route(callee);
    const about = {
      now: clock(),
      caller: visitor.name(),
      from: "from" in route ? route.from : "nowhere",
      callee,
    } as const;
    onDecision(decisionAside({ ...about, ...refused, reason: "request-unreadable" }));
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

const LET_THROUGH = "allowed to leave the sandbox";

/** A request's target as a server gets it, also from a client that names the host as if to a proxy. */
function originForm(target: string): string {
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, "");
  return rest === target || rest.startsWith("/") ? rest : `/${rest}`;
}
