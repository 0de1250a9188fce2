/** What came of a probe, and whether that is what had to come. */
import type { Cause, Expectation, Probe } from "./probes";

/**
 * What a target saw. `reached` tells whether the container answered rather than Google's front end; `cause` is known to
 * targets that see why the front end refused.
 */
export type Observed =
  | { readonly status: number; readonly reached: boolean; readonly cause?: Cause | "another"; readonly reason?: string }
  | { readonly notProbed: string };

/** Something that probes can be sent to: the sandbox, or a deployed stack. */
export interface Target {
  readonly name: string;
  send(probe: Probe): Promise<Observed>;
}

export interface Result {
  readonly probe: Probe;
  readonly observed: Observed;
  /** `not probed` is neither: it must never read as green. */
  readonly outcome: "as expected" | "wrong" | "not probed";
}

export async function verify(
  probes: readonly Probe[],
  target: Target,
  onResult: (result: Result) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = [];
  for (const probe of probes) {
    const observed = await target
      .send(probe)
      .catch((error: Error): Observed => ({ status: 0, reached: false, reason: error.message }));
    const result: Result = { probe, observed, outcome: outcomeOf(probe.expect, observed) };
    results.push(result);
    onResult(result);
  }
  return results;
}

export function outcomeOf(expect: Expectation, observed: Observed): Result["outcome"] {
  if ("notProbed" in observed) return "not probed";
  const { status, cause } = observed;
  if (expect === "reaches the container") return observed.reached ? "as expected" : "wrong";
  // How Google's page for it looks is not known, and there is no container that could be reached.
  const reached = observed.reached && expect.cause !== "no instances";
  const held = !reached && status === expect.code && (cause ?? expect.cause) === expect.cause;
  return held ? "as expected" : "wrong";
}

/** An expectation in words: `reaches the container`, `refused with 403 (no grant)`. */
export function expected(expect: Expectation): string {
  if (typeof expect === "string") return expect;
  const { code, cause } = expect;
  return cause === "redirected" ? `sent on to https with ${code}` : `refused with ${code} (${cause})`;
}

/** What was seen in words. */
export function seen(observed: Observed): string {
  if ("notProbed" in observed) return `not probed: ${observed.notProbed}`;
  if (observed.status === 0) return observed.reason ?? "no answer";
  if (observed.reached) return `reached the container (${observed.status})`;
  return `${observed.status < 400 ? "answered" : "refused"} with ${observed.status}${observed.reason ? `: ${observed.reason}` : ""}`;
}
