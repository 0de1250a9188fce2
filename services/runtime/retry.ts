import type { Random } from "./clock";

/** Methods that may be sent again without harm. Source: RFC 9110 section 9.2.2 */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/** Statuses that may be gone a moment later: no free instance, or one that died. 504 has used the time up already. */
export function isPassing(status: number): boolean {
  return status === 429 || status === 502 || status === 503;
}

/**
 * Full jitter: anything from 0 up to a bound that doubles, 100 ms first and 2 s at most; at least what the other side
 * asked for in `Retry-After`, which counts in seconds.
 *
 * @param retry 1 for the first retry
 * @returns milliseconds
 */
export function backoffMs(retry: number, random: Random, retryAfter?: string): number {
  const asked = /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) * 1000 : 0;
  return asked + random() * Math.min(100 * 2 ** (retry - 1), 2_000);
}

/**
 * Keeps retries from multiplying the load on a service that is down: each failure costs one of ten tokens, each success
 * returns a tenth, and below half there are no retries.
 *
 * Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs
 */
export class RetryBudget {
  #tokens = 10;

  failed(): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  succeeded(): void {
    this.#tokens = Math.min(10, this.#tokens + 0.1);
  }

  get allows(): boolean {
    return this.#tokens > 5;
  }
}
