import { parseMember } from "../members";
import { operatorGrants } from "../operators";
import type { Finding } from "../problems";
import { type OperatorSpec, TARGETS } from "../spec/operators";
import { checkEnd } from "./ends";
import { reachesTooFar } from "./service";

/** Checks of people with roles on named resources: who they are, and that each role is on one thing and no more than that. */
export function checkOperator(spec: OperatorSpec): Finding[] {
  const path = `operators.${spec.key}`;
  const problems: Finding[] = [];
  const member = parseMember(spec.member);
  if ("problem" in member) problems.push({ path: `${path}.member`, message: member.problem });
  else if (member.kind === "workload") {
    const message = `"${spec.member}" is no person; give the account of a service its "roles", or grant it where it is made`;
    problems.push({ path: `${path}.member`, message });
  } else problems.push(...checkEnd(spec, path, "roles have"));
  const grants = operatorGrants(spec);
  spec.roles.forEach((grant, i) => {
    const at = `${path}.roles[${i}]`;
    const named = TARGETS.filter((target) => grant[target] !== undefined);
    if (named.length !== 1) {
      const got = named.join(" and ") || "nothing that it is on";
      const restsOn = [at, ...TARGETS.map((target) => `${at}.${target}`)];
      problems.push({ path: at, message: `got ${got}, expected exactly one of ${TARGETS.join(", ")}`, restsOn });
    } else if (grants.findIndex(({ name }) => name === grants[i]?.name) < i) {
      problems.push({ path: at, message: `"${grant.role}" is listed twice on it; remove one entry` });
    }
    if (!reachesTooFar(grant.role)) return;
    const message = `"${grant.role}" reaches whatever the mesh declares, or everything; grant a narrower role`;
    problems.push({ path: `${at}.role`, message });
  });
  return problems;
}
