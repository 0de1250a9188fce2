/** What leaves the sandbox for a host that may be dialled for real. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import type { Lookup } from "./egress";

const DIAL_MS = 10_000;

/**
 * Headers between a client and its proxy. Source: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1. With them the
 * announcement of trailers, which end here, and which Node refuses to write beside a length.
 */
const HOP_BY_HOP = new Set([
  ...["connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "upgrade"],
]);

export interface WayOut {
  /** How hosts are looked up. @default - as the machine does it */
  readonly lookup?: Lookup;
  /** How long a connection may take; what is asked through it may take as long as whoever asks waits. @default 10000 */
  readonly dialMs?: number;
}

/** Joins a caller with the real host; `onUnreached` is called where there is no connection in time. */
export function tunnel(
  socket: Socket,
  head: Buffer,
  host: string,
  port: number,
  { lookup, dialMs = DIAL_MS }: WayOut,
  onUnreached: (why: string) => void,
): void {
  const outside = connect({ host, port, ...(lookup && { lookup }) });
  let isJoined = false;
  const giveUp = (why: string) => {
    outside.destroy();
    if (!isJoined) onUnreached(why);
  };
  outside.setTimeout(dialMs, () => giveUp(noConnection(dialMs)));
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

/** Sends a request in plain text on to the real host; `onUnreached` is called where that gives no answer. */
export function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { hostname, port, pathname, search }: URL,
  { lookup, dialMs = DIAL_MS }: WayOut,
  onUnreached: (why: string) => void,
): void {
  const outside = httpRequest({
    hostname,
    port: port || 80,
    method: request.method,
    path: pathname + search,
    headers: endToEnd(request.headers),
    agent: false,
    ...(lookup && { lookup }),
  });
  // Node's own timeout of a request begins when there is a connection.
  const dialling = setTimeout(() => outside.destroy(new Error(noConnection(dialMs))), dialMs);
  outside.once("socket", (socket) => socket.once("connect", () => clearTimeout(dialling)));
  outside.once("close", () => clearTimeout(dialling));
  outside.once("upgrade", (_, socket) => {
    socket.destroy();
    onUnreached("its answer is another protocol, which nobody asked for");
  });
  outside.once("response", (answer) => {
    const { statusCode = 0 } = answer;
    // Node reads such a status and does not write it.
    if (statusCode < 100) {
      answer.destroy();
      return onUnreached(`its answer is not HTTP: it has the status ${statusCode}`);
    }
    answer.once("error", () => response.destroy());
    response.writeHead(statusCode, endToEnd(answer.headers));
    answer.pipe(response).once("close", () => answer.destroy());
  });
  outside.on("error", (error) => (response.headersSent ? response.destroy() : onUnreached(error.message)));
  response.once("close", () => outside.destroy());
  request.pipe(outside);
}

function noConnection(ms: number): string {
  return `no connection within ${ms / 1000} s`;
}

function endToEnd(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
