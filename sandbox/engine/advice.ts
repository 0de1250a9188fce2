/** What to run next after an operation that did not end well: the command by name, and why. */
import { type EngineResult, nameOf, typeOf } from "./result";

type Outcome = Omit<EngineResult, "advice" | "durationMs">;

/** What the person types, for the stack that the outcome is of. */
export interface Retyped {
  /** The same run once more. */
  readonly again: string;
  /** The same run, which brings the state in line first. */
  readonly recover: string;
}

const PLAIN: Retyped = { again: "npm start", recover: "npm start -- --recover" };

export function adviceFor(outcome: Outcome, { again, recover }: Retyped = PLAIN): string[] {
  const advice: string[] = [];
  const pending = outcome.pending.filter(({ kind }) => kind === "creating");
  if (pending.length > 0) {
    advice.push(
      `${names(pending)} may exist although the engine did not see it made; run "${recover}", or by hand ` +
        `"pulumi refresh --import-pending-creates URN --import-pending-creates ID" for what exists ` +
        `and "pulumi refresh --clear-pending-creates" for what does not`,
    );
  }
  const lost = outcome.steps.filter(({ op, status }) => status === "unknown" && op.startsWith("create"));
  if (lost.length > 0) {
    advice.push(
      `${names(lost)} may exist although the answer was lost; run "${recover}", ` +
        `or by hand ${lost.map(({ type, name }) => `"pulumi import ${type} ${name} ID"`).join(" and ")} if it exists`,
    );
  }
  const others = outcome.pending.filter(({ kind }) => kind !== "creating");
  if (others.length > 0) {
    advice.push(
      `what became of ${names(others)} is not known; run "${recover}" to read it, or by hand "pulumi refresh"`,
    );
  }
  for (const { urn, message } of outcome.diagnostics) {
    if (urn && outcome.operation === "up" && /already exists|\b409\b/i.test(message)) {
      advice.push(
        `"${nameOf(urn)}" exists and is not in the stack's state; run "${recover}" to take it over, ` +
          `or by hand "pulumi import ${typeOf(urn)} ${nameOf(urn)} ID"`,
      );
    }
    if (urn && /deletion_?protection/i.test(message) && outcome.operation === "up") {
      advice.push(
        `"${nameOf(urn)}" is protected from being deleted; where its key was renamed, set "formerly: ${nameOf(urn)}" on ` +
          'the new key; to delete it, put it back with "deletionProtection: false", deploy, then take it out',
      );
    }
    if (/currently locked by/.test(message)) {
      advice.push('another run holds the stack; wait for it, or if there is none, run "pulumi cancel"');
    }
  }
  if (outcome.interrupted && advice.length === 0) advice.push(`run "${again}" again; it goes on from here`);
  return advice;
}

function names(operations: readonly { name: string }[]): string {
  return operations.map(({ name }) => `"${name}"`).join(", ");
}
