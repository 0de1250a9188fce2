import { publicGrants } from "../iam-policy";
import { type PublicPrincipal, publicPrincipal } from "../principals";
import { lengthOf, read, shapeOf } from "../read";
import type { Props, Report, Rule } from "../rule";
import { IAM_GRANTS } from "../tokens";

/**
 * Public is wrong with any role: a predefined role may gain `run.routes.invoke`, `run.jobs.run` or worse, and a custom
 * one may hold it already; neither can be read from the stack.
 */
export const noPublicPrincipals: Rule = {
  name: "no-public-principals",
  family: "no unauthenticated ingress",
  description:
    "Grants on Cloud Run services, jobs, worker pools and on projects, folders and organizations name their principals: never allUsers or allAuthenticatedUsers, in any role.",
  severity: "critical",
  framework: {
    specification: "iam.managed.allowedPolicyMembers",
    reference: "https://docs.cloud.google.com/organization-policy/restrict-domains",
  },
  remediation:
    "Grant the role to the service accounts, groups or workforce principals that call. Let people in through Identity-Aware Proxy, which signs them in.",
  types: IAM_GRANTS,
  check(props, report) {
    checkMembers(props, report);
    checkPolicyData(props, report);
  },
};

interface Found {
  readonly path: string;
  readonly principal: PublicPrincipal;
}

/** `member` and `members`: both are read on every type, and a `members` that is one text counts as one member. */
function checkMembers(props: Props, report: Report): void {
  const found: Found[] = [];
  const look = (path: string, ...keys: (string | number)[]) => {
    const member = read(props, ...keys);
    if (member.state === "unknown") report.unknown(member.at);
    if (member.state !== "known") return;
    const principal = publicPrincipal(member.value);
    if (principal !== undefined) found.push({ path, principal });
  };
  look("member", "member");
  look("members", "members");
  const members = read(props, "members");
  if (members.state === "known") {
    for (let i = 0; i < lengthOf(members.value); i++) look(`members[${i}]`, "members", i);
  }
  reportFound(found, report);
}

function checkPolicyData(props: Props, report: Report): void {
  const data = read(props, "policyData");
  if (data.state === "unknown") report.unknown(data.at);
  if (data.state !== "known") return;
  const policy = typeof data.value === "string" ? publicGrants(data.value) : { problem: `is ${shapeOf(data.value)}` };
  if ("grants" in policy) {
    reportFound(
      policy.grants.map((grant) => ({ ...grant, path: `policyData.${grant.path}` })),
      report,
    );
  } else {
    report.violation(
      "policyData",
      `policyData ${policy.problem}, so who it lets in cannot be told; make it with gcp.organizations.getIAMPolicy`,
    );
  }
}

const WHO: Readonly<Record<PublicPrincipal, string>> = {
  allUsers: "anyone on the internet, signed in or not",
  allAuthenticatedUsers: "anyone with any Google account",
};

/** How many places one line names; a policy may hold 1,500 principals. */
const PLACES = 3;

/** One line for all public members of a resource: the cure is the same. */
function reportFound(found: readonly Found[], report: Report): void {
  const first = found[0];
  if (first === undefined) return;
  const places = found.slice(0, PLACES).map(({ path, principal }) => `${path} is ${principal}`);
  if (found.length > PLACES) places.push(`${found.length - PLACES} more are public`);
  const widest = found.some(({ principal }) => principal === "allUsers") ? WHO.allUsers : WHO[first.principal];
  report.violation(
    first.path,
    `${places.join(", ")}: ${widest}, gets this role; name who calls, as in "serviceAccount:NAME@PROJECT.iam.gserviceaccount.com"`,
  );
}
