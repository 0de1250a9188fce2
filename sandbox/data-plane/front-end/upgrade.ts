/** WebSockets and other upgrades: admitted like every request, then two sockets joined until one side or the timeout ends it. */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import type { ReasonCode } from "../decisions";
import { type Answer, calleeDied, headersOf, malformed, timedOut, unavailable } from "./answers";
import { type Backend, type Lease, type Outcome, PENDING_MS, requestTo } from "./forward";
import { eachHeader, headersForClient, type RawHeaders } from "./headers";

export interface UpgradeExchange {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What the client sent behind the head of its request. */
  readonly head: Buffer;
  readonly backend: Backend;
  readonly headers: RawHeaders;
  readonly timeoutMs: number;
  report(outcome: Outcome): void;
}

export async function forwardUpgrade(exchange: UpgradeExchange): Promise<void> {
  const { request, socket, head, backend, headers, timeoutMs, report } = exchange;
  let isAnswered = false;
  const answer = (outcome: Outcome): boolean => {
    if (isAnswered) return false;
    isAnswered = true;
    report(outcome);
    return true;
  };
  const fail = (refusal: Answer, reason: ReasonCode, message: string) => {
    if (answer({ code: refusal.code, failure: { reason, message } })) refuseUpgrade(socket, refusal);
  };
  const timer = setTimeout(() => {
    fail(
      timedOut(),
      "callee-timeout",
      `the connection lasted longer than the service's timeout of ${timeoutMs / 1000} s`,
    );
    socket.destroySoon();
  }, timeoutMs);
  socket.once("close", () => {
    clearTimeout(timer);
    answer({ code: 0, failure: { reason: "caller-left", message: "the caller closed the connection" } });
  });
  // Read from the beginning: a caller that leaves is not noticed otherwise. What it sends waits for the container.
  const sent = new PassThrough();
  sent.write(head);
  socket.pipe(sent);
  socket.once("end", () => socket.destroy());
  let lease: Lease;
  try {
    lease = await backend.acquire(PENDING_MS);
  } catch (error) {
    return fail(unavailable(), "not-started", (error as Error).message);
  }
  const upgrade = ["Connection", "Upgrade", "Upgrade", request.headers.upgrade ?? ""];
  const outgoing = requestTo(lease.port, request, [...headers, ...upgrade], false);
  // Once joined, it lasts as long as both sides like, and no process waits for that.
  outgoing.once("upgrade", lease.release).once("close", lease.release);
  socket.once("close", () => outgoing.destroy());
  outgoing.once("upgrade", (incoming, container, containerHead) => {
    if (!answer({ code: 101 })) return void container.destroy();
    socket.write(
      headOf(101, [...headersForClient(incoming), "Connection", "Upgrade", "Upgrade", incoming.headers.upgrade ?? ""]),
    );
    if (containerHead.length > 0) socket.write(containerHead);
    container.on("error", () => socket.destroy()).once("close", () => socket.destroySoon());
    socket.once("close", () => container.destroy());
    sent.pipe(container).pipe(socket);
  });
  outgoing.once("response", (incoming) => {
    const code = incoming.statusCode ?? 502;
    if (!answer({ code })) return void incoming.destroy();
    socket.write(headOf(code, [...headersForClient(incoming), "Connection", "close"]));
    incoming.on("error", () => socket.destroy()).pipe(socket);
  });
  outgoing.on("error", ({ code = "" }: NodeJS.ErrnoException) => {
    if (code.startsWith("HPE_")) fail(malformed(), "callee-malformed", `its answer is not HTTP (${code})`);
    else fail(calleeDied(), "callee-died", `the container closed the connection before it answered (${code})`);
  });
  if (socket.destroyed) outgoing.destroy();
  else outgoing.end();
}

/** An answer that is no upgrade. */
export function refuseUpgrade(socket: Socket, answer: Answer): void {
  const headers = Object.entries(headersOf(answer)).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  );
  socket.end(headOf(answer.code, [...headers, "Connection", "close"]) + answer.body);
}

function headOf(code: number, raw: RawHeaders): string {
  const lines = [`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}`];
  eachHeader(raw, (name, value) => {
    lines.push(`${name}: ${value}`);
  });
  return `${lines.join("\r\n")}\r\n\r\n`;
}
