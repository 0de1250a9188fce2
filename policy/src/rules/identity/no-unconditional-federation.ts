import { WORKFORCE_POOL_PROVIDER, WORKLOAD_POOL_PROVIDER } from "../../facts/tokens";
import { read, shapeOf } from "../../inputs/read";
import type { Rule } from "../../rule";

/** GitHub, GitLab and others issue tokens to all their customers: without a condition the provider takes any of them. */
export const noUnconditionalFederation: Rule = {
  name: "no-unconditional-federation",
  family: "no borrowed identities",
  description: "Providers of workload identity and workforce pools say in a condition whose tokens they take.",
  severity: "high",
  page: "https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions",
  remediation:
    'Set attributeCondition, as in assertion.repository_owner_id == "NUMBER" for a workload pool, or a test of a group or a mail domain for a workforce pool.',
  types: [WORKLOAD_POOL_PROVIDER, WORKFORCE_POOL_PROVIDER],
  check(props, report) {
    const condition = read(props, "attributeCondition");
    if (condition.state === "unknown") return report.unknown(condition.at);
    const value = condition.state === "known" ? condition.value : undefined;
    if (typeof value === "string" && !/^[\s()]*(?:true[\s()]*)?$/i.test(value)) return;
    const got = value === undefined ? "not set" : typeof value === "string" ? "always true" : shapeOf(value);
    report.violation(
      "attributeCondition",
      `attributeCondition is ${got}: every token of this issuer is taken, also those of its other customers; compare an assertion that only your own tokens have`,
    );
  },
};
