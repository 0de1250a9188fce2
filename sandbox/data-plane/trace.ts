/** The trace that a client goes on with, in either of the headers that Cloud Run reads. */
import type { IncomingHttpHeaders } from "node:http";

export interface ToldTrace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Two hexadecimal digits, the last bit of which says that the trace is kept. */
  readonly flags: string;
}

/** Absent where a client tells none, or none that is well-formed; `traceparent` counts first. */
export function traceTold(headers: IncomingHttpHeaders): ToldTrace | undefined {
  const w3c = /^00-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(String(headers["traceparent"] ?? ""));
  if (w3c) return { traceId: w3c[1] ?? "", flags: w3c[2] ?? "" };
  const google = /^([0-9a-f]{32})(?:\/\d+)?(?:;o=([01]))?/i.exec(String(headers["x-cloud-trace-context"] ?? ""));
  return google ? { traceId: (google[1] ?? "").toLowerCase(), flags: `0${google[2] ?? "0"}` } : undefined;
}
