import { isRuntimeAccount } from "../../facts/principals";
import { administers, can } from "../../facts/roles";
import { ACCOUNT_GRANTS, IAM_GRANTS } from "../../facts/tokens";
import { reportGrants, wrongGrants } from "../../inputs/grants";
import type { Rule } from "../../rule";

/** Whoever takes over a container holds the roles of its account. */
export const noPrivilegedServiceAccounts: Rule = {
  name: "no-privileged-service-accounts",
  family: "no borrowed identities",
  description: "Service accounts hold neither basic roles nor roles that administer a service.",
  severity: "high",
  page: "https://docs.cloud.google.com/iam/docs/best-practices-service-accounts",
  framework: {
    name: "CIS Google Cloud Foundations",
    version: "4.0",
    specification: "1.5",
    reference: "https://www.cisecurity.org/benchmark/google_cloud_computing_platform",
  },
  remediation:
    "Grant the predefined role that the workload needs, on the resource that it uses. A pipeline that deploys gets its role from outside of the stack.",
  types: [...IAM_GRANTS, ...ACCOUNT_GRANTS],
  check(props, report) {
    reportGrants(
      wrongGrants(props, { role: (role) => can(role, "basic") || administers(role), member: isRuntimeAccount }, report),
      report,
      (_member, role) => `gets ${can(role, "basic") ? "a basic role" : "an admin role"}`,
      "whoever takes over a workload of this service account holds it; grant only what the workload uses",
    );
  },
};
