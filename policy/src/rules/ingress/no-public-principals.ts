import { publicPrincipal } from "../../facts/principals";
import { IAM_GRANTS } from "../../facts/tokens";
import { type Grant, reportGrants, reportUnreadable, wrongGrants } from "../../inputs/grants";
import type { Props, Report, Rule } from "../../rule";

/**
 * Public is wrong with any role: a predefined role may gain `run.routes.invoke`, `run.jobs.run` or worse, and a custom
 * one may hold it already; neither can be read from the stack.
 */
export const noPublicPrincipals: Rule = {
  name: "no-public-principals",
  family: "no unauthenticated ingress",
  description:
    "Grants on services, jobs, worker pools, functions and on projects, folders and organizations name their principals: never allUsers or allAuthenticatedUsers, in any role.",
  severity: "critical",
  page: "https://docs.cloud.google.com/organization-policy/restrict-domains",
  framework: {
    name: "Google Cloud organization policy",
    version: "2",
    specification: "iam.managed.allowedPolicyMembers",
    reference: "https://docs.cloud.google.com/organization-policy/restrict-domains",
  },
  remediation:
    "Grant the role to the service accounts, groups or workforce principals that call. Let people in through Identity-Aware Proxy, which signs them in.",
  types: IAM_GRANTS,
  check(props, report) {
    refusePublic(props, report, "gets this role");
  },
};

/** Everyone who is meant by `allUsers` or `allAuthenticatedUsers`, and what they get; and who cannot be told. */
export function refusePublic(props: Props, report: Report, gets: string): void {
  const found = wrongGrants(props, { member: (member) => publicPrincipal(member) !== undefined }, report);
  const who = found.some((grant) => principalOf(grant) === "allUsers")
    ? "anyone on the internet, signed in or not"
    : "anyone with any Google account";
  reportGrants(
    found,
    report,
    (member) => `is ${publicPrincipal(member)}`,
    `${who}, ${gets}; name who calls, as in "serviceAccount:NAME@PROJECT.iam.gserviceaccount.com"`,
  );
  reportUnreadable(props, report);
}

function principalOf({ member }: Grant) {
  return "value" in member ? publicPrincipal(member.value) : undefined;
}
