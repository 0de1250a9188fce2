import { publicPrincipal } from "../../facts/principals";
import { can } from "../../facts/roles";
import { ACCOUNT_GRANTS, INHERITED_GRANTS } from "../../facts/tokens";
import { reportGrants, reportUnreadable, wrongGrants } from "../../inputs/grants";
import type { Rule } from "../../rule";

/** Above the service account such a role lets its holder be every account of the project, those to come included. */
export const noBroadImpersonation: Rule = {
  name: "no-broad-impersonation",
  family: "no borrowed identities",
  description:
    "Who may act as a service account is said on that account, never on a project, folder or organization, and is never the public.",
  severity: "critical",
  page: "https://docs.cloud.google.com/iam/docs/service-account-permissions",
  framework: {
    name: "CIS Google Cloud Foundations",
    version: "4.0",
    specification: "1.6",
    reference: "https://www.cisecurity.org/benchmark/google_cloud_computing_platform",
  },
  remediation:
    "Grant the narrowest role on the one account with gcp.serviceaccount.IAMMember: roles/iam.serviceAccountOpenIdTokenCreator where only ID tokens are needed, and to named principals.",
  types: [...ACCOUNT_GRANTS, ...INHERITED_GRANTS],
  check(props, report, { type }) {
    const onAccount = ACCOUNT_GRANTS.includes(type);
    reportGrants(
      onAccount
        ? wrongGrants(props, { member: (member) => publicPrincipal(member) !== undefined }, report)
        : wrongGrants(props, { role: (role) => can(role, "impersonate"), member: () => true }, report),
      report,
      () => (onAccount ? "is public" : "gets a role that can impersonate"),
      onAccount
        ? "anybody could act as this service account; name who may"
        : "it could act as every service account below, also those to come; grant the role on the one account",
    );
    if (onAccount) reportUnreadable(props, report);
  },
};
