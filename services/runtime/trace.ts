import type { IncomingHttpHeaders } from "node:http";
import type { Random } from "./clock";

/**
 * Which trace a request belongs to. The span is the one that Cloud Run opened for the request: this library records no
 * spans of its own, so it passes that one on, rather than naming a parent that Cloud Trace will never see.
 */
export interface Trace {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** The vendor part of W3C Trace Context, handed on as it came. */
  readonly state?: string;
}

/**
 * The trace of an incoming request: from `traceparent`, else from `X-Cloud-Trace-Context`, else a new one that is not
 * sampled. A header that does not parse is treated as absent, as the standard asks.
 *
 * Source: https://www.w3.org/TR/trace-context/#traceparent-header, https://cloud.google.com/trace/docs/trace-context
 */
export function traceOf(headers: IncomingHttpHeaders, random: Random): Trace {
  const [, traceId, spanId, flags] =
    /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/.exec(one(headers["traceparent"])) ?? [];
  if (traceId && !isZero(traceId) && !isZero(spanId!)) {
    const state = one(headers["tracestate"]);
    return {
      traceId,
      spanId: spanId!,
      sampled: (Number.parseInt(flags!, 16) & 1) === 1,
      ...(state !== "" && { state }),
    };
  }
  const [, oldTraceId, decimalSpan, option] =
    /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=(\d))?$/i.exec(one(headers["x-cloud-trace-context"])) ?? [];
  if (oldTraceId && !isZero(oldTraceId)) {
    const span = decimalSpan ? BigInt.asUintN(64, BigInt(decimalSpan)).toString(16).padStart(16, "0") : "";
    return {
      traceId: oldTraceId.toLowerCase(),
      spanId: span === "" || isZero(span) ? hex(16, random) : span,
      sampled: option === "1",
    };
  }
  return { traceId: hex(32, random), spanId: hex(16, random), sampled: false };
}

/** The headers that carry a trace to the next service: the W3C ones, and Google's own for older libraries. */
export function traceHeaders(trace: Trace): Record<string, string> {
  return {
    traceparent: `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? "01" : "00"}`,
    ...(trace.state !== undefined && { tracestate: trace.state }),
    "x-cloud-trace-context": `${trace.traceId}/${BigInt(`0x${trace.spanId}`)};o=${trace.sampled ? 1 : 0}`,
  };
}

function one(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(",") : (value ?? "");
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

function hex(length: number, random: Random): string {
  const digits = Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
  return isZero(digits) ? `${digits.slice(1)}1` : digits;
}
