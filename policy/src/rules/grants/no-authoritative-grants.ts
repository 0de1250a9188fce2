import { WORKLOAD_GRANTS } from "../../facts/tokens";
import { read } from "../../inputs/read";
import type { Rule } from "../../rule";

/**
 * The provider's documentation of each resource: a Policy replaces the whole IAM policy, a Binding all members of its
 * role. What another stack or Google itself has granted, as for Identity-Aware Proxy's agent, goes away without a diff.
 */
export const noAuthoritativeGrants: Rule = {
  name: "no-authoritative-grants",
  family: "no broad grants",
  description:
    "Access to a workload is granted member by member, so that no stack takes away what another has granted.",
  severity: "medium",
  page: "https://www.pulumi.com/registry/packages/gcp/api-docs/cloudrunv2/serviceiammember/",
  remediation:
    "Write one IamMember for each member and role. Remove the Binding or Policy from the state before, or its deletion takes the access away with it.",
  types: WORKLOAD_GRANTS.filter((type) => /(?:Binding|Policy)$/.test(type)),
  check(props, report, { type }) {
    const [path, form, takes] = /Policy$/.test(type)
      ? ["policyData", "a Policy", "every other grant on this resource"]
      : ["members", "a Binding", "every other member of this role"];
    const given = read(props, path).state === "absent" ? "left out here" : "granted here";
    report.violation(
      path,
      `${path} is ${given} by ${form}: it takes away ${takes}; write one IamMember for each member`,
    );
  },
};
