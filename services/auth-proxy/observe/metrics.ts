import type { Ended } from "../core";

/** Upper bounds in seconds, of the kind that Prometheus' own clients use. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts per backend and in all; no label holds anything that a client chooses. */
export interface Metrics {
  ended(record: Ended): void;
  /** In the text format of Prometheus, version 0.0.4. */
  text(inFlight: number): string;
}

export function createMetrics(): Metrics {
  const requests = new Map<string, number>();
  const errors = new Map<string, number>();
  const buckets = BOUNDS.map(() => 0);
  let count = 0;
  let sum = 0;
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

  return {
    ended({ backend, status, code, seconds }) {
      add(requests, `backend="${backend?.callee ?? ""}",status="${status ?? 0}"`);
      if (code !== undefined) add(errors, `code="${code}"`);
      const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
      if (bucket !== -1) buckets[bucket]! += 1;
      count += 1;
      sum += seconds;
    },
    text(inFlight) {
      let upTo = 0;
      return [
        "# HELP auth_proxy_requests_total Requests that have ended; status 0 is one whose client left first.",
        "# TYPE auth_proxy_requests_total counter",
        ...[...requests].map(([labels, value]) => `auth_proxy_requests_total{${labels}} ${value}`),
        "# HELP auth_proxy_errors_total Requests that the proxy itself ended, by error code.",
        "# TYPE auth_proxy_errors_total counter",
        ...[...errors].map(([labels, value]) => `auth_proxy_errors_total{${labels}} ${value}`),
        "# HELP auth_proxy_in_flight Requests and WebSockets under way.",
        "# TYPE auth_proxy_in_flight gauge",
        `auth_proxy_in_flight ${inFlight}`,
        "# HELP auth_proxy_request_seconds Time from a request's header to the end of its answer.",
        "# TYPE auth_proxy_request_seconds histogram",
        ...BOUNDS.map((bound, at) => {
          upTo += buckets[at]!;
          return `auth_proxy_request_seconds_bucket{le="${bound}"} ${upTo}`;
        }),
        `auth_proxy_request_seconds_bucket{le="+Inf"} ${count}`,
        `auth_proxy_request_seconds_sum ${sum}`,
        `auth_proxy_request_seconds_count ${count}`,
        "",
      ].join("\n");
    },
  };
}
