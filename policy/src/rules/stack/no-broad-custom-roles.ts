import { grantedRoles, powersOf } from "../../inputs/custom-roles";
import type { StackRule } from "../../rule";

/** A custom role hides the permission from a reader of the grant, and from every rule that reads roles by name. */
export const noBroadCustomRoles: StackRule = {
  name: "no-broad-custom-roles",
  family: "no broad grants",
  description:
    "Custom roles that can invoke or impersonate are granted on the one service or account, not on a project, folder or organization.",
  severity: "high",
  page: "https://docs.cloud.google.com/iam/docs/roles-overview#custom",
  remediation:
    "Take run.routes.invoke, run.jobs.run and the iam.serviceAccounts permissions out of the role, and grant roles/run.invoker or an impersonation role on the one resource.",
  check(resources, report) {
    for (const { resource, made } of grantedRoles(resources)) {
      if (made === undefined) continue;
      const powers = powersOf(made);
      if (powers.size === 0) continue;
      const what = [
        ...(powers.has("invoke") ? ["invoke every service and function"] : []),
        ...(powers.has("impersonate") ? ["act as every service account"] : []),
      ].join(" and ");
      report.violation(
        resource,
        "role",
        `role is the custom role ${made.name}, which lets its holder ${what} below: more than its name tells; grant such permissions on the one resource`,
      );
    }
  },
};
