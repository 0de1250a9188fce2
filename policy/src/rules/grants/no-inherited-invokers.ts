import { can } from "../../facts/roles";
import { INHERITED_GRANTS } from "../../facts/tokens";
import { reportGrants, wrongGrants } from "../../inputs/grants";
import type { Rule } from "../../rule";

/** A grant on the project also opens the services that do not exist yet. */
export const noInheritedInvokers: Rule = {
  name: "no-inherited-invokers",
  family: "no broad grants",
  description:
    "Roles that can invoke are granted on the service, job or function that is called, not on a project, folder or organization.",
  severity: "high",
  page: "https://docs.cloud.google.com/run/docs/securing/managing-access",
  remediation:
    "Grant roles/run.invoker on each receiving service with gcp.cloudrunv2.ServiceIamMember. A pipeline that deploys gets its role from outside of the stack, or the level of this rule is set in the policy config.",
  types: INHERITED_GRANTS,
  check(props, report) {
    reportGrants(
      wrongGrants(props, { role: (role) => can(role, "invoke"), member: () => true }, report),
      report,
      () => "gets a role that can invoke",
      "it reaches every service and function below, also those to come; grant roles/run.invoker on the service that is called",
    );
  },
};
