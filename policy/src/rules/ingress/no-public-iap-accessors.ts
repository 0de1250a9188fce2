import { IAP_GRANTS } from "../../facts/tokens";
import type { Rule } from "../../rule";
import { refusePublic } from "./no-public-principals";

/** An accessor whom anybody can be makes the proxy a door that is never shut. */
export const noPublicIapAccessors: Rule = {
  name: "no-public-iap-accessors",
  family: "no unauthenticated ingress",
  description:
    "Identity-Aware Proxy lets in named people and groups: never allUsers or allAuthenticatedUsers, in any role.",
  severity: "critical",
  page: "https://docs.cloud.google.com/iap/docs/managing-access",
  framework: {
    name: "Google Cloud organization policy",
    version: "2",
    specification: "iam.managed.allowedPolicyMembers",
    reference: "https://docs.cloud.google.com/organization-policy/restrict-domains",
  },
  remediation: "Grant roles/iap.httpsResourceAccessor to the groups or workforce principals who use the application.",
  types: IAP_GRANTS,
  check(props, report) {
    refusePublic(props, report, "passes Identity-Aware Proxy");
  },
};
