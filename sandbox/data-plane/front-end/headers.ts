/** What Cloud Run changes in headers on the way to a container and back. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { traceTold } from "../trace";
import type { TokenHeader } from "./admission";

/** Flat, as in `rawHeaders`: name, value, name, value. */
export type RawHeaders = string[];

/** Between two neighbours only. Source: RFC 9110, 7.6.1 */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Written anew for the container, whatever the client says. */
const REPLACED = new Set(["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-cloud-trace-context", "traceparent"]);

/** What Identity-Aware Proxy tells the container, and what nobody else may. */
const IAP_HEADERS = new Set([
  "x-goog-iap-jwt-assertion",
  "x-goog-authenticated-user-email",
  "x-goog-authenticated-user-id",
]);

const TOKEN_HEADERS = new Set(["authorization", "x-serverless-authorization"]);

interface Sent {
  readonly host: string;
  readonly clientAddress: string;
  readonly tokenHeader?: TokenHeader | undefined;
  /** What Identity-Aware Proxy says, in the place of whatever the client says in its name. */
  readonly iapHeaders?: readonly string[] | undefined;
}

/**
 * The headers for the container. Seen: the signature of the token that was checked is removed, see
 * https://cloud.google.com/run/docs/troubleshooting#signature-removed. Assumed: the exact set of forwarding headers.
 */
export function headersForContainer(
  request: IncomingMessage,
  { host, clientAddress, tokenHeader, iapHeaders }: Sent,
): RawHeaders {
  const { headers } = request;
  const result: RawHeaders = ["Host", host];
  const dropped = connectionOptions(headers.connection);
  eachHeader(request.rawHeaders, (name, value) => {
    const key = name.toLowerCase();
    if (key === "te" && value.toLowerCase().includes("trailers")) result.push("TE", "trailers");
    if (key === "host" || key === "te" || key === "expect" || dropped.has(key)) return;
    if (HOP_BY_HOP.has(key) || REPLACED.has(key) || TOKEN_HEADERS.has(key)) return;
    if (iapHeaders && IAP_HEADERS.has(key)) return;
    if (key === "trailer" && !isChunked(headers)) return;
    result.push(name, value);
  });
  result.push(...(iapHeaders ?? []));
  for (const name of TOKEN_HEADERS) {
    const value = [headers[name] ?? []].flat()[0];
    // Identity-Aware Proxy speaks to Cloud Run in this header: what a client says there ends at the proxy.
    if (value === undefined || (iapHeaders && name === "x-serverless-authorization")) continue;
    result.push(name, name === tokenHeader ? withoutSignature(value) : value);
  }
  const before = headers["x-forwarded-for"];
  result.push("X-Forwarded-For", before === undefined ? clientAddress : `${String(before)},${clientAddress}`);
  result.push("X-Forwarded-Proto", "https", "Forwarded", `for="${clientAddress}";proto=https`);
  const { traceId, spanId, flags } = traceOf(request);
  result.push("traceparent", `00-${traceId}-${spanId}-${flags}`);
  result.push("X-Cloud-Trace-Context", `${traceId}/${BigInt(`0x${spanId}`)};o=${Number.parseInt(flags, 16) & 1}`);
  if (isChunked(headers)) result.push("Transfer-Encoding", "chunked");
  else if (headers["content-length"] === undefined && !BODYLESS.has(request.method ?? "")) {
    result.push("Content-Length", "0");
  }
  return result;
}

const BODYLESS = new Set(["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"]);

/** The headers for the client. Seen: https://cloud.google.com/run/docs/known-issues on `Set-Cookie` and caches. */
export function headersForClient(response: IncomingMessage): RawHeaders {
  const result: RawHeaders = [];
  const dropped = connectionOptions(response.headers.connection);
  const setsCookie = response.headers["set-cookie"] !== undefined;
  const hasLength = response.headers["content-length"] !== undefined;
  eachHeader(response.rawHeaders, (name, value) => {
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || dropped.has(key) || key === "server") return;
    if (key === "cache-control" && setsCookie) return;
    if (key === "trailer" && hasLength) return;
    result.push(name, value);
  });
  if (setsCookie) result.push("Cache-Control", "private");
  result.push("Server", "Google Frontend");
  return result;
}

export function eachHeader(raw: readonly string[], visit: (name: string, value: string) => void): void {
  for (let i = 0; i + 1 < raw.length; i += 2) visit(raw[i]!, raw[i + 1]!);
}

function withoutSignature(value: string): string {
  return value.replace(/\.[^.]*$/, ".SIGNATURE_REMOVED_BY_GOOGLE");
}

/**
 * What `Connection` names. Never the length: it is for all on the way (RFC 9110, 7.6.1), and a body without one would be
 * read as the next request, which nobody has judged.
 */
function connectionOptions(connection: string | undefined): Set<string> {
  const named = new Set((connection ?? "").toLowerCase().split(/\s*,\s*/));
  named.delete("content-length");
  return named;
}

/** Whether there may be trailers: Node refuses to write their announcement beside a length. */
function isChunked(headers: IncomingMessage["headers"]): boolean {
  return headers["transfer-encoding"] !== undefined;
}

/** The client's trace goes on with a span of its own; else a new one begins. */
function traceOf({ headers }: IncomingMessage) {
  const told = traceTold(headers);
  return {
    traceId: told?.traceId ?? randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    flags: told?.flags ?? "00",
  };
}
