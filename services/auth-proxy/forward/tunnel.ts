import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import { type IapIdentity, ServiceError } from "../../runtime/index";
import { type Core, type Flight, LINGER_MS } from "../core";
import { backendHeaders, clientHeaders, refusesToken } from "../rules/headers";
import type { Backend } from "./backend";
import { backendError, logFailure, rawError, tokenError, tokenRefused } from "./failure";

/** A WebSocket: the handshake carries the token, then bytes go both ways, each side at the other's pace. */
export class Tunnel implements Dispatcher.DispatchHandler, Flight {
  deadlineMs: number;
  place = -1;
  readonly received = true;
  #abortUpstream: ((error: Error) => void) | undefined;
  #upstream: Duplex | undefined;
  readonly #startedMs: number;
  /** What the client has been answered with. */
  #status: number | undefined;
  /** How it reads if it ends now. */
  #code: string | undefined = "client-gone";
  #token = "";
  #renewed = false;
  /** The answer is being thrown away, because a fresh token may bring a better one. */
  #discarding = false;
  #over = false;

  constructor(
    private readonly core: Core,
    private readonly incoming: IncomingMessage,
    private readonly socket: Socket,
    private readonly head: Buffer,
    private readonly backend: Backend,
    private readonly identity: IapIdentity | undefined,
  ) {
    this.#startedMs = core.clock.now();
    this.deadlineMs = this.#startedMs + core.options.requestTimeoutMs;
    core.flights.add(this);
    socket.on("close", () => this.#end());
  }

  start(): Promise<void> {
    return this.#send(this.core.tokens.get(this.backend.origin));
  }

  async #send(pending: Promise<string>): Promise<void> {
    const { core, incoming, backend } = this;
    const token = await pending.catch((error) => this.#fail(tokenError(backend, error)));
    if (token === undefined || this.#over) return;
    if (token === this.#token) return this.#fail(tokenRefused(backend));
    this.#token = token;
    this.#discarding = false;
    try {
      const { tokenHeader } = core.options;
      const headers = backendHeaders(incoming, { host: backend.host, tokenHeader, token, identity: this.identity });
      backend.dispatcher.dispatch(
        { origin: backend.origin, path: incoming.url!, method: "GET", headers, upgrade: "websocket" },
        this,
      );
    } catch (error) {
      this.#fail(error instanceof ServiceError ? error : backendError(backend, error));
    }
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abortUpstream = abort;
    if (this.#over) abort(new ServiceError("client-gone", "the request has ended"));
  }

  onUpgrade(status: number, raw: Buffer[] | string[] | null, upstream: Duplex): void {
    this.#upstream = upstream;
    upstream.on("error", () => this.#end());
    upstream.on("close", () => this.#end());
    if (this.#over) {
      upstream.destroy();
      return;
    }
    this.#status = status;
    this.#code = undefined;
    const headers = ["connection", "Upgrade", "upgrade", "websocket", ...this.#headers(raw ?? [])];
    this.socket.write(head(status, headers), "latin1");
    if (this.head.length > 0) upstream.write(this.head);
    this.#pipe(upstream, this.socket);
    this.#pipe(this.socket, upstream);
    this.#progress();
  }

  /** The backend answered, but not with 101: the client gets that answer, and the connection ends. */
  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200 || this.#over) return true;
    this.#resume = resume;
    if (status === 401 && refusesToken(raw, this.incoming, this.core.options.tokenHeader)) {
      if (this.#renewed) this.#fail(tokenRefused(this.backend));
      else this.#discarding = true;
      return true;
    }
    this.#status = status;
    const headers = this.#headers(raw).filter((_, at, all) => all[at - (at % 2)]!.toLowerCase() !== "content-length");
    this.socket.write(head(status, [...headers, "connection", "close"]), "latin1");
    return true;
  }

  #resume: () => void = () => {};

  onData(chunk: Buffer): boolean {
    if (this.#over || this.#discarding) return true;
    this.#progress();
    if (this.socket.write(chunk)) return true;
    this.socket.once("drain", () => {
      this.#progress();
      this.#resume();
    });
    return false;
  }

  onComplete(): void {
    if (this.#discarding) this.#renew();
    else {
      this.#code = undefined;
      this.socket.end();
    }
  }

  onError(error: Error): void {
    if (this.#discarding) this.#renew();
    else this.#fail(backendError(this.backend, error));
  }

  #renew(): void {
    this.#renewed = true;
    void this.#send(this.core.tokens.renew(this.backend.origin, this.#token));
  }

  expire(): void {
    this.#fail(new ServiceError("callee-timeout", `${this.backend.callee}: nothing came within its time`));
  }

  abort(reason: ServiceError): void {
    this.#fail(reason);
  }

  leave(): void {
    this.#end();
  }

  #headers(raw: readonly (Buffer | string)[]): string[] {
    return clientHeaders(raw, { host: this.backend.host, trailers: false });
  }

  #pipe(from: Duplex, to: Duplex): void {
    from.on("data", () => this.#progress());
    from.pipe(to);
  }

  #progress(): void {
    this.deadlineMs = this.core.clock.now() + this.core.options.streamIdleTimeoutMs;
  }

  #fail(error: ServiceError): void {
    if (this.#over) return;
    logFailure(this.core, this.incoming, error, this.backend);
    this.#code = error.code;
    if (this.#status === undefined) {
      this.#status = error.status;
      this.socket.write(rawError(error));
    }
    this.#end(error);
  }

  #end(reason?: ServiceError): void {
    if (this.#over) return;
    this.#over = true;
    this.core.flights.delete(this);
    this.#abortUpstream?.(reason ?? new ServiceError("client-gone", "the tunnel has ended"));
    this.#upstream?.destroy();
    this.socket.destroySoon();
    if (!this.socket.destroyed) {
      const cancel = this.core.clock.after(LINGER_MS, () => this.socket.destroy());
      this.socket.once("close", cancel);
    }
    this.core.ended?.({
      incoming: this.incoming,
      backend: this.backend,
      status: this.#status,
      code: this.#code,
      seconds: (this.core.clock.now() - this.#startedMs) / 1000,
    });
  }
}

function head(status: number, headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}
