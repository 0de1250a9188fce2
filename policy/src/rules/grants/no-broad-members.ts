import { broadPrincipal } from "../../facts/principals";
import { ALL_GRANTS } from "../../facts/tokens";
import { reportGrants, wrongGrants } from "../../inputs/grants";
import type { Rule } from "../../rule";

/** Who gets the role must be readable from the grant: not from a domain's directory or another grant. */
export const noBroadMembers: Rule = {
  name: "no-broad-members",
  family: "no broad grants",
  description:
    "Grants name service accounts, people, groups or identities: no whole domains, project roles, deleted principals, default service accounts, no whole cluster, and no whole workload identity or workforce pool.",
  severity: "high",
  page: "https://docs.cloud.google.com/iam/docs/principal-identifiers",
  framework: {
    name: "Google Cloud organization policy",
    version: "2",
    specification: "iam.managed.allowedPolicyMembers",
    reference: "https://docs.cloud.google.com/organization-policy/restrict-domains",
  },
  remediation:
    "Name a service account of its own for each workload, a group for people, a group of a workforce pool, and a subject or an attribute of a workload identity pool instead of the whole pool. Remove grants to deleted principals.",
  types: ALL_GRANTS,
  check(props, report) {
    reportGrants(
      wrongGrants(props, { member: (member) => broadPrincipal(member) !== undefined }, report),
      report,
      (member) => `is ${broadPrincipal(member)}`,
      'more gets this role than is named; name who needs it, as in "group:NAME@DOMAIN"',
    );
  },
};
