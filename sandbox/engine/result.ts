/**
 * What every engine answers: the same types whether the real Pulumi engine ran or the embedded one, so that the report
 * command, the tests and the command line read one shape.
 */

/** An operation on a stack. */
export type Operation = "preview" | "up" | "refresh" | "destroy" | "recover";

/** One thing the engine did, or would do, to one resource. */
export interface Step {
  /** Pulumi's word: `create`, `update`, `delete`, `same`, `replace`, `create-replacement`, `delete-replaced`, … */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** The resource's logical name: the end of its URN. */
  readonly name: string;
  /**
   * `planned` in a preview; `failed` when it was refused; `unknown` when it failed in a way that leaves open whether it
   * took effect; `started` when the operation ended before this step did; `left` when it was to be done and never begun.
   */
  readonly status: "planned" | "started" | "done" | "failed" | "unknown" | "left";
  /** Property paths that differ. */
  readonly changed: readonly string[];
  /** Those of them that force a replacement. */
  readonly replaced: readonly string[];
}

/** One violation that a policy reported. A `mandatory` one stops the operation. */
export interface Finding {
  readonly policy: string;
  readonly pack: string;
  readonly level: "advisory" | "mandatory" | "remediate";
  /** The resource it is about; undefined for findings about the whole stack. */
  readonly urn?: string;
  readonly message: string;
}

export interface Diagnostic {
  readonly severity: "error" | "warning" | "info";
  readonly urn?: string;
  readonly message: string;
}

/** A resource operation that was begun and whose end the state does not know. */
export interface PendingOperation {
  readonly kind: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The outcome of one operation. Expected failures are `ok: false` with diagnostics, never an exception. */
export interface EngineResult {
  readonly operation: Operation;
  readonly engine: "pulumi" | "embedded";
  readonly ok: boolean;
  /** True where a signal or a caller stopped the operation. */
  readonly interrupted: boolean;
  /** In the order in which the engine took them. */
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
  /** Resources by operation, e.g. `{ create: 2, same: 1 }`; those that were not done by `refused`, `unknown` and `left`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Operations without a known end, after a kill or a lost answer. */
  readonly pending: readonly PendingOperation[];
  /** What to run next, one sentence each; empty when nothing is left to do. */
  readonly advice: readonly string[];
  readonly durationMs: number;
}

/** Progress, told while an operation runs. */
export type Progress =
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "diagnostic"; readonly diagnostic: Diagnostic }
  | { readonly kind: "note"; readonly message: string };

/** The logical name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The resource type in a URN: the last of the types that it lists from the outermost parent down. */
export function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

/**
 * Steps counted by operation, and those that were not done by what became of them. The engine tells a `replace` before
 * the new resource is made; where it is not, the old one was deleted.
 */
export function countSteps(steps: readonly Step[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const isRemade = new Set(
    steps.filter((step) => step.op === "create-replacement" && !isUndone(step)).map(({ urn }) => urn),
  );
  for (const step of steps) {
    if (step.op === "same" && isUndone(step)) continue;
    if (step.op === "replace" && !isRemade.has(step.urn)) continue;
    const done = step.op === "delete-replaced" && !isRemade.has(step.urn) ? "delete" : step.op;
    const counted = UNDONE[step.status] ?? done;
    counts[counted] = (counts[counted] ?? 0) + 1;
  }
  return counts;
}

/** How steps are counted that were not done. */
const UNDONE: Readonly<Partial<Record<Step["status"], string>>> = {
  failed: "refused",
  unknown: "unknown",
  started: "left",
  left: "left",
};

/** Whether a step was refused, left or not seen to its end. */
export function isUndone({ status }: Step): boolean {
  return UNDONE[status] !== undefined;
}

/** Why an operation did not end well, in words; the findings themselves are told apart. */
export function failureOf({ findings, diagnostics }: Pick<EngineResult, "findings" | "diagnostics">): string {
  const stopping = findings.filter(({ level }) => level === "mandatory").length;
  if (stopping > 0) return `${stopping} ${stopping === 1 ? "finding stops" : "findings stop"} the deployment`;
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message.trim());
  return errors.join("\n") || "interrupted";
}

/** The key under which two reports of one violation are the same: a pack repeats them when a resource is seen twice. */
export function findingKey(finding: Finding): string {
  return JSON.stringify([finding.pack, finding.policy, finding.level, finding.urn ?? "", finding.message]);
}
