import { ACCOUNT_KEY } from "../../facts/tokens";
import type { Rule } from "../../rule";

/** The resource is the mistake: the key stands in the state, and works for whoever reads it there. */
export const noUserManagedKeys: Rule = {
  name: "no-user-managed-keys",
  family: "no borrowed identities",
  description: "Service accounts have no keys that people keep.",
  severity: "high",
  page: "https://docs.cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
  framework: {
    name: "CIS Google Cloud Foundations",
    version: "4.0",
    specification: "1.4",
    reference: "https://www.cisecurity.org/benchmark/google_cloud_computing_platform",
  },
  remediation:
    "Remove the key. A workload on Google Cloud gets tokens from the metadata server; one elsewhere from workload identity federation; a person by impersonation.",
  types: [ACCOUNT_KEY],
  check(_props, report) {
    report.violation(
      "",
      "a key of a service account: it stands in the state and works for whoever has it, until somebody deletes it; use the metadata server, workload identity federation or impersonation",
    );
  },
};
