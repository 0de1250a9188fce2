/** What became of each request and why. */
/** Why a request ended as it did. */
export const REASON_CODES = [
  "invoker",
  "public",
  "invoker-check-off",
  "played",
  "let-through",
  "host-unknown",
  "path-reserved",
  "ingress",
  "default-url-disabled",
  "iap",
  "iap-sign-in",
  "iap-no-access",
  "iap-agent",
  "iap-own",
  "iap-callback",
  "redirected",
  "security-policy",
  "no-backend",
  "no-token",
  "token-malformed",
  "token-is-access-token",
  "token-signature",
  "token-issuer",
  "token-audience",
  "token-expired",
  "token-not-yet-valid",
  "no-invoker",
  "invoker-condition",
  "no-ready-revision",
  "no-instances",
  "not-started",
  "request-too-large",
  "request-unreadable",
  "answer-too-large",
  "callee-died",
  "callee-malformed",
  "callee-timeout",
  "caller-left",
  "host-not-played",
  "api-not-played",
  "no-route",
  "sandbox-failed",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** One request. */
export interface Decision {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Whose identity it carries, else whose process sent it. */
  readonly caller: string;
  readonly from: "internet" | "vpc" | "google" | "load-balancer" | "nowhere";
  /** The service; the host where there is none. */
  readonly callee: string;
  readonly method: string;
  /** Without the query, which may hold what nobody should log. */
  readonly path: string;
  /** `failed`: it was let in and got no whole answer from the container. */
  readonly verdict: "allowed" | "refused" | "failed";
  /** The HTTP status that the caller got; 0 where it got none. */
  readonly code: number;
  readonly reason: ReasonCode;
  /** The reason in words, with the grants that there are. */
  readonly message: string;
  /** Host and path of the load balancer's URL map that took the request; absent where it came through none. */
  readonly route?: string;
  /** Name of the load balancer's backend service. */
  readonly backend?: string;
  /** Id of the trace that the client told, as in Cloud Run's request log; absent where it told none. */
  readonly trace?: string;
}

/** What there is to say of a request that no service was asked for. */
export interface Aside {
  readonly now: Date;
  readonly caller: string;
  readonly callee: string;
  readonly method?: string;
  /** With its query, which is left out. */
  readonly target?: string;
  readonly code: number;
  readonly reason: ReasonCode;
  readonly message: string;
  readonly from?: Decision["from"];
  readonly route?: string;
  readonly backend?: string;
  readonly trace?: string | undefined;
}

/** The decision about a request that did not reach the front end. */
export function decisionAside({ now, target = "", method = "", code, trace, ...rest }: Aside): Decision {
  const verdict = code < 400 ? "allowed" : code === 500 ? "failed" : "refused";
  return {
    time: now.toISOString(),
    from: "nowhere",
    method,
    path: target.split("?", 1)[0] ?? "",
    verdict,
    code,
    ...rest,
    ...(trace !== undefined && { trace }),
  };
}

/** `403 order: user-sa has no roles/run.invoker on order (granted: gateway-sa)`. */
export function explain({ code, callee, message }: Decision): string {
  return `${code} ${callee}: ${message}`;
}

/** One aligned line for a terminal. */
export function decisionLine(decision: Decision): string {
  const { time, caller, callee, method, path: target, code, message } = decision;
  const edge = `${short(caller)} → ${callee}`;
  return `${time.slice(11, 23)} ${String(code).padStart(3)} ${edge.padEnd(26)} ${method.padEnd(7)} ${target.padEnd(24)} ${message}`;
}

function short(caller: string): string {
  return caller.replace(/@[^@]+\.gserviceaccount\.com$/, "");
}
