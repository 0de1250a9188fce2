import { changingAttacks } from "./changing";
import { type Attack, formsOf } from "./forms";
import { identityAttacks } from "./identity";
import { nextAttacks } from "./next";
import { readingAttacks } from "./reading";
import { structureAttacks } from "./structure";
import type { Target } from "./target";

export function attacksOn(target: Target, ownerRole: string): readonly Attack[] {
  const forms = formsOf(target, ownerRole);
  return [readingAttacks, identityAttacks, structureAttacks, changingAttacks, nextAttacks].flatMap((of) => of(forms));
}
