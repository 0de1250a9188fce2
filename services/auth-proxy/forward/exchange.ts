import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { type IapIdentity, ServiceError } from "../../runtime/index";
import { type Core, type Flight, flightsOn, LINGER_MS } from "../core";
import { backendHeaders, clientHeaders, clientTrailers, refusesToken, valueIn } from "../rules/headers";
import type { Backend } from "./backend";
import { answerError, backendError, logFailure, tokenError, tokenRefused } from "./failure";
import { hasBody, RequestBody } from "./request-body";

/** What goes with one request besides itself. */
export interface ExchangeParts {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly backend: Backend;
  readonly identity: IapIdentity | undefined;
  /** Headers that every answer to it has. */
  readonly cors: readonly string[];
  /** Whether the client waits for "100 Continue" before it sends the body. */
  readonly expectsContinue: boolean;
}

/**
 * One request and its answer, both streamed: nothing is held back, and each side waits for the other. It is undici's
 * handler itself, in the form with raw headers: they keep their order, their case and their duplicates, and parsing them
 * into an object would cost more than all else that is done to them.
 */
export class Exchange implements Dispatcher.DispatchHandler, Flight {
  deadlineMs: number;
  place = -1;
  readonly #startedMs: number;
  #abortUpstream: ((error: Error) => void) | undefined;
  #body: RequestBody | undefined;
  #token = "";
  #renewed = false;
  /** An answer is being thrown away, because a fresh token may bring a better one. */
  #discarding = false;
  #over = false;
  #written = false;
  #isEventStream = false;
  #takesTrailers = false;
  #code: string | undefined;

  constructor(
    private readonly core: Core,
    private readonly parts: ExchangeParts,
  ) {
    this.#startedMs = core.clock.now();
    this.deadlineMs = this.#startedMs + core.options.requestTimeoutMs;
    core.flights.add(this);
    flightsOn(parts.incoming.socket).push(this);
    parts.response.on("close", () => this.leave());
  }

  start(): void {
    const { backend, incoming } = this.parts;
    if (incoming.socket.destroyed) {
      this.leave();
      return;
    }
    this.core.tokens.get(backend.origin).then(
      (token) => this.#send(token),
      (error) => this.#fail(tokenError(backend, error)),
    );
  }

  #send(token: string): void {
    if (this.#over) return;
    const { incoming, backend, identity } = this.parts;
    this.#token = token;
    this.#discarding = false;
    try {
      const { tokenHeader } = this.core.options;
      const headers = backendHeaders(incoming, { host: backend.host, tokenHeader, token, identity });
      this.#takesTrailers = headers.includes("trailers");
      if (hasBody(incoming)) this.#body = this.#requestBody();
      const options: Dispatcher.DispatchOptions = {
        origin: backend.origin,
        path: incoming.url!,
        method: incoming.method as Dispatcher.HttpMethod,
        headers,
        body: this.#body ?? null,
      };
      backend.dispatcher.dispatch(options, this);
    } catch (error) {
      this.#fail(error instanceof ServiceError ? error : backendError(backend, error));
    }
  }

  #requestBody(): RequestBody {
    const { incoming, response, expectsContinue } = this.parts;
    const body = new RequestBody(incoming, this.core.options.bodyLimitBytes, {
      start: () => {
        if (expectsContinue && !this.#over) response.writeContinue();
      },
      part: () => this.#progress(),
    });
    // undici aborts with a body's error, and learns of it late where it has let go of the body already.
    body.on("error", () => {});
    return body;
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abortUpstream = abort;
    if (this.#over) abort(new ServiceError("client-gone", "the request has ended"));
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (this.#over) return true;
    const { response, cors, backend } = this.parts;
    if (status < 200) {
      if (status === 103 && this.parts.incoming.httpVersionMinor > 0) hint(response, valueIn(raw, "link"));
      return true;
    }
    if (status === 401 && refusesToken(raw, this.parts.incoming, this.core.options.tokenHeader)) {
      if (this.#renewed || this.#body) this.#failRefused();
      else this.#discarding = true;
      return true;
    }
    const headers = clientHeaders(raw, { host: backend.host, trailers: this.#takesTrailers });
    for (const part of cors) headers.push(part);
    if (this.core.draining()) headers.push("connection", "close");
    this.#isEventStream = isEventStream(raw);
    response.writeHead(status, headers);
    this.#progress();
    this.#resume = resume;
    process.nextTick(flushIfSilent, this);
    return true;
  }

  #resume: () => void = () => {};

  readonly #drained = (): void => {
    this.#progress();
    this.#resume();
  };

  onData(chunk: Buffer): boolean {
    if (this.#over || this.#discarding) return true;
    this.#written = true;
    this.#progress();
    if (this.parts.response.write(chunk)) return true;
    this.parts.response.once("drain", this.#drained);
    return false;
  }

  onComplete(trailers: string[] | null): void {
    if (this.#over) return;
    if (this.#discarding) {
      this.#renew();
      return;
    }
    this.#written = true;
    const { response } = this.parts;
    if (this.#takesTrailers && trailers?.length) response.addTrailers(clientTrailers(trailers));
    response.end();
    this.#drain();
  }

  onError(error: Error): void {
    if (this.#over) return;
    if (this.#discarding) this.#renew();
    else this.#fail(backendError(this.parts.backend, error));
  }

  /** Sends the request once more, with another token, where there is one. It had no body, so that nothing is lost. */
  #renew(): void {
    const { backend } = this.parts;
    const refused = this.#token;
    this.#renewed = true;
    this.core.tokens.renew(backend.origin, refused).then(
      (token) => (token === refused ? this.#fail(tokenRefused(backend)) : this.#send(token)),
      (error) => this.#fail(tokenError(backend, error)),
    );
  }

  /** The next request gets another token, where there is one; this one's body is gone. */
  #failRefused(): void {
    const { backend } = this.parts;
    if (!this.#renewed) this.core.tokens.renew(backend.origin, this.#token).catch(() => {});
    this.#fail(tokenRefused(backend));
  }

  #progress(): void {
    const { options, clock } = this.core;
    const limitMs = this.parts.response.headersSent ? options.streamIdleTimeoutMs : options.requestTimeoutMs;
    this.deadlineMs = clock.now() + limitMs;
  }

  flushIfSilent(): void {
    if (!this.#written && !this.#over) this.parts.response.flushHeaders();
  }

  expire(): void {
    const { backend } = this.parts;
    const { requestTimeoutMs } = this.core.options;
    if (!this.parts.response.headersSent && this.#body?.awaitsClient) {
      this.#fail(new ServiceError("request-stalled", `no more of the body within ${requestTimeoutMs} ms`));
    } else {
      this.#fail(new ServiceError("callee-timeout", `${backend.callee}: nothing came within its time`));
    }
  }

  /** At a drain, an event stream ends as if the backend had ended it: clients come back to another instance. */
  abort(reason: ServiceError): void {
    if (this.parts.response.headersSent && this.#isEventStream && !this.#over) {
      this.#over = true;
      this.#abortUpstream?.(reason);
      this.parts.response.end();
    } else this.#fail(reason);
  }

  get received(): boolean {
    return this.parts.incoming.complete;
  }

  #fail(error: ServiceError): void {
    if (this.#over) return;
    this.#over = true;
    this.#code = error.code;
    const { incoming, response, backend, cors } = this.parts;
    logFailure(this.core, incoming, error, backend);
    if (response.headersSent) response.destroy();
    else answerError(response, error, cors, this.core.draining() || error.status === 408 || error.status === 400);
    this.#abortUpstream?.(error);
    this.#drain();
  }

  /** Throws away what an answered client goes on sending, for a while: its connection may serve the next request. */
  #drain(): void {
    const { incoming } = this.parts;
    this.#body?.destroy();
    if (incoming.complete) return;
    incoming.resume();
    const cancel = this.core.clock.after(LINGER_MS, () => {
      if (!incoming.complete) incoming.socket.destroy();
    });
    incoming.once("close", cancel);
  }

  leave(): void {
    const { incoming, response, backend } = this.parts;
    if (!this.core.flights.delete(this)) return;
    const here = flightsOn(incoming.socket);
    here.splice(here.indexOf(this), 1);
    const isCut = !this.#over && !response.writableFinished;
    this.#over = true;
    if (isCut) {
      this.#code = "client-gone";
      this.#abortUpstream?.(new ServiceError("client-gone", "the client closed the connection"));
      this.#body?.destroy();
    }
    this.core.ended?.({
      incoming,
      backend,
      status: response.headersSent ? response.statusCode : undefined,
      code: this.#code,
      seconds: (this.core.clock.now() - this.#startedMs) / 1000,
    });
  }
}

function flushIfSilent(exchange: Exchange): void {
  exchange.flushIfSilent();
}

/** Node takes one link an entry, and not every form that is proper; a hint is no reason for a request to fail. */
function hint(response: ServerResponse, links: string | undefined): void {
  if (links === undefined) return;
  try {
    response.writeEarlyHints({ link: links.split(/,\s*(?=<)/) });
  } catch {}
}

function isEventStream(raw: Buffer[]): boolean {
  return valueIn(raw, "content-type")?.startsWith("text/event-stream") ?? false;
}
