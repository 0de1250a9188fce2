import type { Decision } from "../data-plane";

/** What became of the latest requests, by the trace that each told. */
export class RecentDecisions {
  readonly #byTrace = new Map<string, Decision>();

  /** @param most how many are remembered. @default 1000 */
  constructor(private readonly most = 1000) {}

  /** Remembers a decision; of a request whose answer broke off, the later one. */
  add(decision: Decision): void {
    const { trace } = decision;
    if (trace === undefined) return;
    this.#byTrace.delete(trace);
    this.#byTrace.set(trace, decision);
    if (this.#byTrace.size > this.most) this.#byTrace.delete(this.#byTrace.keys().next().value!);
  }

  of(trace: string): Decision | undefined {
    return this.#byTrace.get(trace);
  }
}
