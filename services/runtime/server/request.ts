import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { ServiceError } from "../errors";
import type { Log } from "../log";
import type { Trace } from "../trace";

/** A request as a handler sees it. */
export interface ServiceRequest {
  readonly method: string;
  /** Parameters of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly trace: Trace;
  /** Aborted at the deadline, when the client goes, and when the instance stops. Pass the request on to calls. */
  readonly signal: AbortSignal;
  /** Entries are tied to this request's trace. */
  readonly log: Log;
  /**
   * Reads the body as JSON, once.
   *
   * @throws ServiceError `media-type-unsupported`, `body-too-large`, `body-not-json`
   */
  json(): Promise<unknown>;
  /**
   * Reads the body as what a form sends, once.
   *
   * @throws ServiceError `media-type-unsupported`, `body-too-large`
   */
  form(): Promise<URLSearchParams>;
}

export interface Answer {
  /** @default 200 */
  readonly status?: number;
  /** The body as JSON; an answer without one, and without {@link body}, has no content. */
  readonly json?: unknown;
  /**
   * A body that is not JSON; {@link headers} hold its `content-type`. Parts go out as they come, at the client's pace. They
   * break off at the request's deadline and when the client goes: the iterator's `return` is called then.
   */
  readonly body?: string | AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: ServiceRequest) => Answer | Promise<Answer>;

/** Reads a body as JSON, up to a limit that counts what arrives, not only what is announced. */
export async function readJson(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  const text = await readText(request, limitBytes, /^application\/([\w.-]+\+)?json$/, "application/json");
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError("body-not-json", "the body is not valid JSON");
  }
}

/** Reads the body of a form that has no `enctype`, within the same limit. */
export async function readForm(request: IncomingMessage, limitBytes: number): Promise<URLSearchParams> {
  const type = "application/x-www-form-urlencoded";
  return new URLSearchParams(await readText(request, limitBytes, /^application\/x-www-form-urlencoded$/, type));
}

async function readText(request: IncomingMessage, limitBytes: number, types: RegExp, allowed: string): Promise<string> {
  const type = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  if (!types.test(type)) throw new ServiceError("media-type-unsupported", `got "${type}"; allowed: ${allowed}`);
  const tooLarge = () => new ServiceError("body-too-large", `the body has more than ${limitBytes} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) throw tooLarge();
  return new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limitBytes) {
        chunks.length = 0;
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}
