import { stackOf, type Workload } from "../../inputs/stack";
import type { StackRule } from "../../rule";

/** What one of them may call, all may; and a grant no longer says who calls. The same service elsewhere is one caller. */
export const noSharedServiceAccount: StackRule = {
  name: "no-shared-service-account",
  family: "no borrowed identities",
  description: "Each workload of a stack runs as a service account that no other runs as.",
  severity: "high",
  page: "https://docs.cloud.google.com/iam/docs/best-practices-service-accounts#single-purpose",
  remediation:
    "Create one gcp.serviceaccount.Account for each workload, and grant each what it needs. Copies of one service in several regions may share theirs if they have the same name.",
  check(resources, report) {
    const first = new Map<string, Workload>();
    for (const workload of stackOf(resources).workloads) {
      if (workload.account === undefined) continue;
      const other = first.get(workload.account);
      if (other === undefined) first.set(workload.account, workload);
      else if (!isCopy(workload, other)) {
        report.violation(
          workload.resource,
          "",
          `runs as the same service account as ${other.resource.name}: what one may call and read, the other may; create an account for each`,
        );
      }
    }
  },
};

function isCopy(a: Workload, b: Workload): boolean {
  return a.name !== undefined && a.name === b.name && a.resource.type === b.resource.type && a.location !== b.location;
}
