import { defaultAccount } from "../../facts/service-accounts";
import { pathOf, read, shapeOf } from "../../inputs/read";
import { WORKLOADS } from "../../inputs/workloads";
import type { Rule } from "../../rule";

/** The account is shared by all workloads of the project, and is an Editor of it unless the organization says no. */
export const noDefaultServiceAccount: Rule = {
  name: "no-default-service-account",
  family: "no default service account",
  description:
    "Services, jobs, worker pools and functions run as a service account of their own, and functions are built and triggered by one, not by one that Google Cloud made for the project.",
  severity: "high",
  page: "https://docs.cloud.google.com/run/docs/securing/service-identity",
  framework: {
    name: "Google Cloud organization policy",
    version: "2",
    specification: "iam.automaticIamGrantsForDefaultServiceAccounts",
    reference: "https://docs.cloud.google.com/run/docs/securing/service-identity",
  },
  remediation:
    "Create a gcp.serviceaccount.Account for the workload, grant it only what it needs, and name its email as the workload's service account; for a function, also as that of its build and its trigger.",
  types: [...WORKLOADS.keys()],
  check(props, report, { type }) {
    for (const { keys, onlyWith, who } of WORKLOADS.get(type)?.identities ?? []) {
      if (onlyWith !== undefined && read(props, onlyWith).state === "absent") continue;
      const path = keys.reduce(pathOf, "");
      const account = read(props, ...keys);
      if (account.state === "unknown") {
        report.unknown(account.at);
        continue;
      }
      const refuse = (got: string, consequence: string) =>
        report.violation(
          path,
          `${path} is ${got}: ${consequence}; create a gcp.serviceaccount.Account for this workload and name its email here`,
        );
      const shared = "an identity that every workload of the project shares, often as Editor";
      const taken = `${who} takes the project's default account, ${shared}`;
      const value = account.state === "known" ? account.value : undefined;
      if (value === undefined) refuse("not set", taken);
      else if (typeof value !== "string") refuse(shapeOf(value), "no service account can be read from it");
      else if (value.trim() === "") refuse("empty", taken);
      else {
        const named = defaultAccount(value);
        if (named !== undefined) refuse(`the ${named} service account`, shared);
      }
    }
  },
};
