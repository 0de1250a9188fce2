import { isPerson } from "../../facts/principals";
import { ALL_GRANTS, WORKLOAD_GRANTS } from "../../facts/tokens";
import { reportGrants, wrongGrants } from "../../inputs/grants";
import type { Rule } from "../../rule";

/**
 * A person leaves, and nobody edits the stack. A group is another matter: its owner takes the person out in one place,
 * which is how access should end, so a group needs no end.
 */
export const noEndlessPersonalGrants: Rule = {
  name: "no-endless-personal-grants",
  family: "no broad grants",
  description: "What is granted to one person ends by itself; groups need no end.",
  severity: "medium",
  page: "https://docs.cloud.google.com/iam/docs/configuring-temporary-access",
  remediation:
    'Grant to a group, or add a condition whose expression is request.time < timestamp("2027-01-01T00:00:00Z"). Basic roles take no condition: grant a narrower one. On Cloud Run the provider loses conditions, and functions take none: let the person mint ID tokens of a service account that calls, with the condition on that account, or come through Identity-Aware Proxy.',
  types: ALL_GRANTS,
  check(props, report, { type }) {
    reportGrants(
      wrongGrants(props, { member: isPerson, condition: (expression) => !ends(expression) }, report),
      report,
      () => "is one person, without an end",
      `the role outlives the need for it; ${WORKLOAD_GRANTS.includes(type) ? ELSEWHERE : HERE}, or grant to a group`,
    );
  },
};

const HERE = 'add a condition with request.time < timestamp("YYYY-MM-DDT00:00:00Z")';

/** No condition is kept on a workload itself: see no-conditions-on-cloud-run. */
const ELSEWHERE =
  "no condition is kept here, so let the person mint ID tokens of a service account that calls, with the end on that account, or come through Identity-Aware Proxy";

/** Longer ones are not read; an end needs a line. */
const MAX_CHARACTERS = 10_000;

/** An "or" beside the end lets it be passed; what negates it or compares the other way round is no end. */
function ends(expression: string): boolean {
  if (expression.length > MAX_CHARACTERS) return false;
  if (expression.includes("||") || expression.includes("!") || expression.includes("?")) return false;
  return (
    /request\.time\s*<=?\s*timestamp\s*\(/.test(expression) ||
    /timestamp\s*\([^)]*\)\s*>=?\s*request\.time/.test(expression)
  );
}
