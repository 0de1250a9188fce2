/** What leaves the sandbox for a host that may be dialled for real. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import type { Lookup } from "./egress";

const DIAL_MS = 10_000;

/** Headers between a client and its proxy. Source: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "upgrade"]);

/** How hosts are looked up on the way there. @default - as the machine does it */
export interface WayOut {
  readonly lookup?: Lookup;
}

/** Joins a caller with the real host; `onUnreached` is called where there is no connection in time. */
export function tunnel(
  socket: Socket,
  head: Buffer,
  host: string,
  port: number,
  way: WayOut,
  onUnreached: (why: string) => void,
): void {
  const outside = connect({ host, port, ...way });
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

/** Sends a request in plain text on to the real host; `onUnreached` is called where that gives no answer. */
export function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { hostname, port, pathname, search }: URL,
  way: WayOut,
  onUnreached: (why: string) => void,
): void {
  const outside = httpRequest({
    hostname,
    port: port || 80,
    method: request.method,
    path: pathname + search,
    headers: endToEnd(request.headers),
    agent: false,
    ...way,
  });
  outside.setTimeout(DIAL_MS, () => outside.destroy(new Error(`no answer within ${DIAL_MS / 1000} s`)));
  outside.once("response", (answer) => {
    outside.setTimeout(0);
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    answer.pipe(response).once("close", () => answer.destroy());
    answer.once("error", () => response.destroy());
  });
  outside.on("error", (error) => (response.headersSent ? response.destroy() : onUnreached(error.message)));
  response.once("close", () => outside.destroy());
  request.pipe(outside);
}

function endToEnd(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
