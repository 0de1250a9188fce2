import { JOB, SERVICE, WORKER_POOL } from "../../facts/tokens";
import { read, shapeOf } from "../../inputs/read";
import { isListed, stacksKey } from "../../inputs/stack-names";
import type { Rule } from "../../rule";

/**
 * A wrong update that replaces or removes a service takes its IAM policy along. Silent until the policy config names
 * the stacks; left out, the provider protects.
 */
export const noUnprotectedProduction: Rule = {
  name: "no-unprotected-production",
  family: "protected production",
  description:
    "In the stacks that the policy config calls production, services, jobs and worker pools keep deletion protection on.",
  severity: "medium",
  page: "https://www.pulumi.com/registry/packages/gcp/api-docs/cloudrunv2/service/#deletionprotection_nodejs",
  remediation:
    "Remove deletionProtection, or set it to true. To destroy a service on purpose, switch it off in an update before.",
  config: { productionStacks: stacksKey("that are production") },
  types: [SERVICE, JOB, WORKER_POOL],
  check(props, report, { urn, config }) {
    if (!isListed(config["productionStacks"], urn)) return;
    const protection = read(props, "deletionProtection");
    if (protection.state === "unknown") return report.unknown(protection.at);
    if (protection.state === "absent" || isTrue(protection.value)) return;
    const got = protection.value === false ? "false" : shapeOf(protection.value);
    report.violation(
      "deletionProtection",
      `deletionProtection is ${got}: in production one wrong update deletes this and its IAM policy; remove it, or set it to true`,
    );
  },
};

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === "string" && /^(?:1|t|true)$/i.test(value.trim()));
}
