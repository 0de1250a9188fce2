/**
 * Holds what several parts of the program say of one thing against each other. `policy`, `sandbox`, `mesh` and `verify`
 * judge on their own, so that none of them repeats a mistake of another; where they may differ is written down.
 */
import * as assert from "node:assert/strict";

export type Verdict = boolean | string;

export interface Question<Side extends string> {
  /** What is asked, as in "anybody at all". */
  readonly asks: string;
  readonly sides: Readonly<Record<Side, (it: string) => Verdict>>;
  readonly cases: readonly string[];
  /** Cases of which the sides say different things, and why that is right. */
  readonly differences?: readonly Difference<Side>[];
}

export interface Difference<Side extends string> {
  readonly of: readonly string[];
  readonly verdicts: Readonly<Record<Side, Verdict>>;
  readonly because: string;
}

/** What is wrong with the answers to a question: a difference that is not declared, or one that is declared and not there. */
export function disagreements<Side extends string>({ sides, cases, differences = [] }: Question<Side>): string[] {
  const declared = differences.flatMap(({ of, verdicts }) => of.map((it) => [it, verdicts] as const));
  const seen = new Map<string, Readonly<Record<Side, Verdict>>>();
  const wrong = cases.flatMap((it) => {
    const said = Object.fromEntries(
      Object.entries<(it: string) => Verdict>(sides).map(([side, says]) => [side, says(it)]),
    ) as Record<Side, Verdict>;
    const expected = declared.find(([of]) => of === it)?.[1];
    seen.set(it, said);
    const differs = new Set(Object.values(said)).size > 1;
    if (!differs && expected === undefined) return [];
    if (!differs) return [`${it}: a difference is declared, and all say ${Object.values<Verdict>(said)[0]}`];
    if (expected !== undefined && JSON.stringify(expected) === JSON.stringify(said)) return [];
    return [`${it}: ${JSON.stringify(said)}${expected ? `, declared ${JSON.stringify(expected)}` : ", undeclared"}`];
  });
  return [...wrong, ...declared.filter(([it]) => !seen.has(it)).map(([it]) => `${it}: is declared, and nobody asks`)];
}

/** A test of a question, which fails with every disagreement at once. */
export function agree<Side extends string>(question: Question<Side>): void {
  it(`say the same of ${question.cases.length} cases: ${question.asks}`, () => {
    assert.deepEqual(disagreements(question), []);
  });
}
