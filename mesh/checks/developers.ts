import { accountEmail } from "../../google/accounts";
import { RECEIVERS } from "../kinds";
import { parseMember } from "../members";
import { didYouMean, type Finding } from "../problems";
import type { DeveloperSpec } from "../spec/spec";
import { checkEnd } from "./ends";
import { anywhere, type Surroundings } from "./mesh";

/** Checks of who calls from their own machine: they come from the internet, and one person's way ends. */
export function checkDeveloper(spec: DeveloperSpec, { keys, receivers, callers, place }: Surroundings): Finding[] {
  const path = `developers.${spec.key}`;
  const problems: Finding[] = [];
  const member = parseMember(spec.member);
  if ("problem" in member) problems.push({ path: `${path}.member`, message: member.problem });
  else if (member.kind === "workload") {
    problems.push({
      path: `${path}.member`,
      message: `"${spec.member}" is no person; let it call by itself: list it in the "access" of what it calls`,
    });
  } else problems.push(...checkEnd(spec, path));
  const account = accountEmail(spec.accountId, place.project);
  const taken = Object.entries(callers).find(([, { key, accountId, serviceAccount }]) => {
    const runsAs = serviceAccount ?? accountEmail(accountId, place.project);
    return key === spec.key || runsAs.toLowerCase() === account;
  });
  if (taken) {
    const what = taken[1].key === spec.key ? `"${spec.key}"` : `its account "${spec.accountId}"`;
    const restsOn = ["accountId", "name", "serviceAccount"].map((setting) => `${taken[0]}.${setting}`);
    problems.push({ path, message: `${what} is also that of ${taken[0]}; choose another key`, restsOn });
  }
  const seen = new Set<string>();
  spec.calls.forEach((callee, i) => {
    const at = `${path}.calls[${i}]`;
    const { ingress, iap } = receivers[callee] ?? {};
    if (seen.has(callee))
      problems.push({ path: at, message: `"${callee}" is listed twice; remove one entry`, restsOn: [] });
    else if (!keys.has(callee)) {
      problems.push({
        path: at,
        message: `unknown service "${callee}"${didYouMean(callee, keys)}`,
        restsOn: anywhere(callee),
      });
    } else if (iap) {
      problems.push({
        path: at,
        message: `"${callee}" is behind Identity-Aware Proxy; add the member to its "iap.access"`,
      });
    } else if (ingress !== undefined && typeof ingress === "string") {
      problems.push({
        path: at,
        message: `"${callee}" has ingress ${ingress}, which no laptop gets through; set { all: "reason" } on it`,
        restsOn: RECEIVERS.flatMap((kind) => [`${kind}.${callee}.ingress`, `${kind}.${callee}.iap`]),
      });
    }
    seen.add(callee);
  });
  return problems;
}
