import { type Log, type Random, traceOf } from "../../runtime/index";
import type { Ended } from "../core";
import { protocolOf } from "../rules/headers";

/**
 * One entry per request, in Cloud Logging's form. The query is left out: it may hold what nobody should read later.
 *
 * Source: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#HttpRequest
 */
export function requestLog(log: Log, random: Random): (record: Ended) => void {
  return ({ incoming, status, backend, code, seconds }) => {
    const { method = "", url = "", headers } = incoming;
    const path = url.split("?", 1)[0]!;
    const traced = headers["traceparent"] !== undefined || headers["x-cloud-trace-context"] !== undefined;
    (traced ? log.within(traceOf(headers, random)) : log).write("INFO", `${method} ${path}`, {
      httpRequest: {
        requestMethod: method,
        requestUrl: `${protocolOf(incoming)}://${headers.host ?? ""}${path}`,
        ...(status !== undefined && { status }),
        ...(headers["user-agent"] !== undefined && { userAgent: headers["user-agent"] }),
        latency: `${seconds}s`,
      },
      ...(backend && { backend: backend.callee }),
      ...(code !== undefined && { code }),
    });
  };
}

/** Lines that go out together, once per turn of the event loop: a system call for each would cost more than the line. */
export function batched(write: (text: string) => void): (line: string) => void {
  let waiting: string[] = [];
  return (line) => {
    if (waiting.push(line) > 1) return;
    setImmediate(() => {
      const lines = waiting;
      waiting = [];
      write(`${lines.join("\n")}\n`);
    });
  };
}
