/** Requests that Node's parser refuses: nothing else of the sandbox sees them, and they get an answer and a decision all the same. */
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { headersOf, headersTooLarge, illegal, tooLarge, tooSlow } from "./front-end/answers";

/** What is known of a request that cannot be read. */
export interface Unreadable {
  readonly code: number;
  readonly message: string;
  /** As far as its first line is in what was read last. */
  readonly method?: string;
  readonly target?: string;
}

type ParserError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer; readonly reason?: string };

/** Answers what `server` cannot read, and tells of it. Whoever closes the connection is not answered. */
export function refuseUnreadable(server: Server, tell: (refused: Unreadable, socket: Duplex) => void): void {
  const begun = new WeakMap<Duplex, ServerResponse>();
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    begun.set(socket, response);
  });
  server.on("clientError", (error: ParserError, socket: Duplex) => {
    const answer = answerTo(error);
    const response = begun.get(socket);
    const isInTheMiddle = response?.headersSent && !response.writableFinished;
    if (!answer || !socket.writable || isInTheMiddle) return void socket.destroy();
    const packet = error.rawPacket?.toString("latin1") ?? "";
    const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r?\n/.exec(packet) ?? [];
    const { code, body } = answer;
    const lines = Object.entries({ ...headersOf(answer), Connection: "close" }).map(
      ([name, value]) => `${name}: ${String(value)}`,
    );
    socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code]}\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
    const message = `the request cannot be read: ${error.reason ?? error.message} (${error.code})`;
    tell({ code, message, ...(method !== undefined && { method, target: target ?? "" }) }, socket);
  });
}

/** Source of the codes: Node's own answers, https://nodejs.org/api/http.html#event-clienterror */
function answerTo({ code = "" }: ParserError) {
  if (code === "HPE_HEADER_OVERFLOW") return headersTooLarge();
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return tooLarge();
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return tooSlow();
  return code.startsWith("HPE_") ? illegal() : undefined;
}
