import { isCustomRole, isKnownRole } from "../../facts/roles";
import { grantedRoles } from "../../inputs/custom-roles";
import type { StackRule } from "../../rule";

/**
 * Advisory: a role that the table does not list may be quite harmless. It is said, so that a reviewer looks once; what
 * is made in the stack itself is read by no-broad-custom-roles.
 */
export const noUnknownRoles: StackRule = {
  name: "no-unknown-roles",
  family: "nothing unseen",
  description: "Roles on a project, folder or organization are such that this pack knows what they can do.",
  severity: "low",
  level: "advisory",
  page: "https://docs.cloud.google.com/iam/docs/roles-permissions",
  remediation:
    "Look up whether the role holds run.routes.invoke, run.jobs.run or a permission of iam.serviceAccounts. If so, grant it on one resource; if not, grant it and leave the line.",
  check(resources, report) {
    for (const { resource, role, made } of grantedRoles(resources)) {
      if (role === undefined || made !== undefined || isKnownRole(role)) continue;
      const what = isCustomRole(role) ? "a custom role of another stack" : "a role that this pack does not know";
      report.violation(
        resource,
        "role",
        `role is ${what}, so whether it can invoke or impersonate cannot be told; look up its permissions, or grant it on one resource`,
      );
    }
  },
};
