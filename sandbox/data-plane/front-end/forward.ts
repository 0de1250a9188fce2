/** Takes an admitted request to a container and its answer back: streaming both ways, at the pace of the slower side. */
import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { ReasonCode } from "../decisions";
import { type Answer, answerTooLarge, calleeDied, malformed, send, timedOut, tooLarge, unavailable } from "./answers";
import { headersForClient, type RawHeaders } from "./headers";

/** A process that answers one request. */
export interface Lease {
  readonly port: number;
  readonly agent: Agent;
  isAlive(): boolean;
  /** Tells that the request is over; a process is not ended before that, for a while. */
  release(): void;
}

/** The processes of a service. */
export interface Backend {
  /** Waits for a process that is starting. Throws when none listens in time. */
  acquire(timeoutMs: number): Promise<Lease>;
}

/** How a request ended. A stream that broke off is reported a second time, after its status. */
export interface Outcome {
  readonly code: number;
  readonly failure?: { readonly reason: ReasonCode; readonly message: string };
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly backend: Backend;
  readonly headers: RawHeaders;
  readonly timeoutMs: number;
  report(outcome: Outcome): void;
}

/** Of a request, and of an answer that is not streamed; for HTTP/1. Source: https://cloud.google.com/run/quotas#request_limits */
const MAX_BYTES = 32 * 1024 * 1024;

/** Assumed: how long a request waits for an instance; https://cloud.google.com/run/docs/about-concurrency says about 10 s. */
export const PENDING_MS = 10_000;

const ATTEMPTS = 5;

/** Methods that change nothing. Source: RFC 9110, 9.2.1 */
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

export async function forward(exchange: Exchange): Promise<void> {
  const { request, response, report, timeoutMs } = exchange;
  let running: ClientRequest | undefined;
  let lease: Lease | undefined;
  let over = false;
  const fail = (answer: Answer, reason: ReasonCode, message: string) => {
    if (over) return;
    over = true;
    running?.destroy();
    if (response.headersSent) response.destroy();
    else {
      // What is left of the request has nowhere to go.
      if (!request.complete) response.shouldKeepAlive = false;
      send(response, answer);
      request.resume();
    }
    report({ code: answer.code, failure: { reason, message } });
  };
  const left = () =>
    report({ code: 0, failure: { reason: "caller-left", message: "the caller closed the connection" } });
  if (response.destroyed) return left();
  const timer = setTimeout(() => {
    fail(timedOut(), "callee-timeout", `the request took longer than the service's timeout of ${timeoutMs / 1000} s`);
  }, timeoutMs);
  response.once("close", () => {
    clearTimeout(timer);
    lease?.release();
    if (over || response.writableFinished) return;
    over = true;
    running?.destroy();
    left();
  });
  const large = () => fail(tooLarge(), "request-too-large", "the request has more than 32 MiB, the limit of HTTP/1");
  if (Number(request.headers["content-length"] ?? 0) > MAX_BYTES) return large();

  for (let attempt = 1; !over; attempt++) {
    try {
      lease = await exchange.backend.acquire(PENDING_MS);
    } catch (error) {
      return fail(unavailable(), "not-started", (error as Error).message);
    }
    if (over) return lease.release();
    try {
      const incoming = await attemptOnce(exchange, lease, large, (outgoing) => {
        running = outgoing;
      });
      if (over) return void incoming.destroy();
      if (hasBody(request, incoming) && Number(incoming.headers["content-length"] ?? 0) > MAX_BYTES) {
        const why =
          "the answer announces more than 32 MiB by its Content-Length, the limit of HTTP/1; streamed, it passes";
        return fail(answerTooLarge(), "answer-too-large", why);
      }
      return stream(incoming, exchange, () => {
        fail(calleeDied(), "callee-died", "the container's process went away in the middle of its answer");
      });
    } catch (thrown) {
      const { code, seen } = thrown as AttemptError;
      lease.release();
      // If the process has ended, this one may not have heard of it yet.
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
      if (attempt < ATTEMPTS && (seen === "no" || (seen === "perhaps" && lease.isAlive()))) continue;
      if (code.startsWith("HPE_")) return fail(malformed(), "callee-malformed", `its answer is not HTTP (${code})`);
      return fail(calleeDied(), "callee-died", `the container closed the connection before it answered (${code})`);
    }
  }
}

class AttemptError extends Error {
  constructor(
    readonly code: string,
    /** Whether the container had the request; `perhaps` where it may have closed an idle connection just then. */
    readonly seen: "yes" | "perhaps" | "no",
  ) {
    super(code);
  }
}

/** Node takes headers as a flat list, which keeps their order and what is there twice; its types do not know. */
export function requestTo(
  port: number,
  { method, url }: IncomingMessage,
  headers: RawHeaders,
  agent: Agent | false,
): ClientRequest {
  const raw = headers as unknown as OutgoingHttpHeaders;
  return httpRequest({ host: "127.0.0.1", port, method, path: url, headers: raw, agent, setHost: false });
}

function attemptOnce(
  { request, headers }: Exchange,
  { port, agent }: Lease,
  tooMany: () => void,
  onRequest: (outgoing: ClientRequest) => void,
): Promise<IncomingMessage> {
  const isChunked = request.headers["transfer-encoding"] !== undefined;
  const hasBody = isChunked || Number(request.headers["content-length"] ?? 0) > 0;
  const mayRepeat = !hasBody && SAFE.has(request.method!);
  return new Promise((resolve, reject) => {
    // A container may close an idle connection at any time: what cannot be sent again gets one of its own.
    const outgoing = requestTo(port, request, headers, mayRepeat && agent);
    onRequest(outgoing);
    let began = false;
    const refuse = () => reject(new AttemptError("HPE_INVALID_STATUS", "yes"));
    outgoing.once("response", (incoming) => {
      if (isHttp(incoming)) return resolve(incoming);
      incoming.destroy();
      refuse();
    });
    // Another protocol, which nobody asked for.
    outgoing.once("upgrade", (_, socket) => {
      socket.destroy();
      refuse();
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const wasIdle = outgoing.reusedSocket && error.code === "ECONNRESET";
      reject(new AttemptError(error.code ?? error.message, !began ? "no" : wasIdle ? "perhaps" : "yes"));
    });
    const begin = () => {
      began = true;
      if (!hasBody) return;
      outgoing.flushHeaders();
      if (isChunked) countBytes(request, tooMany);
      request.pipe(outgoing, { end: false });
      request.once("end", () => {
        outgoing.addTrailers(request.trailers as Record<string, string>);
        outgoing.end();
      });
    };
    // The body is not touched before there is a connection, so that another process can still have it.
    outgoing.once("socket", (socket) => {
      if (socket.connecting) socket.once("connect", begin);
      else begin();
    });
    if (!hasBody) outgoing.end();
  });
}

/** Whether Node, which reads more than it writes, can hand a status on. Source: RFC 9112, 4 */
function isHttp({ statusCode = 0, statusMessage = "" }: IncomingMessage): boolean {
  return statusCode >= 100 && /^[\t\x20-\x7e\x80-\xff]*$/.test(statusMessage);
}

/** Whether an answer has the body whose length it tells. Source: RFC 9112, 6.3 */
function hasBody({ method }: IncomingMessage, { statusCode = 0 }: IncomingMessage): boolean {
  return method !== "HEAD" && statusCode !== 204 && statusCode !== 304;
}

function stream(incoming: IncomingMessage, { request, response, report }: Exchange, onBroken: () => void): void {
  const code = incoming.statusCode ?? 502;
  response.writeHead(code, incoming.statusMessage, headersForClient(incoming));
  // The head leaves at once: an event stream may not say anything for a while.
  response.flushHeaders();
  report({ code });
  incoming.pipe(response, { end: false });
  incoming.once("end", () => {
    response.addTrailers(incoming.trailers as Record<string, string>);
    response.end();
    // A container may answer before it has read everything; the rest is for nobody, and the next request comes behind it.
    if (!request.complete) request.unpipe().resume();
  });
  incoming.on("error", () => {});
  incoming.once("close", () => {
    if (!incoming.complete) onBroken();
  });
}

function countBytes(request: IncomingMessage, tooMany: () => void): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) return;
    request.off("data", count);
    tooMany();
  };
  request.on("data", count);
}
