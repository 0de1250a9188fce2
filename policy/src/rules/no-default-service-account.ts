import { read, shapeOf } from "../read";
import type { Rule } from "../rule";
import { defaultAccount } from "../service-accounts";
import { JOB, SERVICE, WORKER_POOL } from "../tokens";

/** Where the account stands; a job nests one template more: the execution's, and in it the task's. */
const ACCOUNT_AT: ReadonlyMap<string, readonly string[]> = new Map([
  [SERVICE, ["template", "serviceAccount"]],
  [JOB, ["template", "template", "serviceAccount"]],
  [WORKER_POOL, ["template", "serviceAccount"]],
]);

/** The account is shared by all workloads of the project, and is an Editor of it unless the organization says no. */
export const noDefaultServiceAccount: Rule = {
  name: "no-default-service-account",
  family: "no default service account",
  description:
    "Cloud Run services, jobs and worker pools run as a service account of their own, not as one that Google Cloud made for the project.",
  severity: "high",
  framework: {
    specification: "iam.automaticIamGrantsForDefaultServiceAccounts",
    reference: "https://docs.cloud.google.com/run/docs/securing/service-identity",
  },
  remediation:
    "Create a gcp.serviceaccount.Account for the workload, grant it only what it needs, and name its email as the serviceAccount of the template.",
  types: [...ACCOUNT_AT.keys()],
  check(props, report, type) {
    const keys = ACCOUNT_AT.get(type) ?? [];
    const path = keys.join(".");
    const account = read(props, ...keys);
    if (account.state === "unknown") return report.unknown(account.at);
    const refuse = (got: string, consequence: string) =>
      report.violation(
        path,
        `${path} is ${got}: ${consequence}; create a gcp.serviceaccount.Account for this workload and name its email here`,
      );
    const shared = "an identity that every workload of the project shares, often as Editor";
    if (account.state === "absent")
      return refuse("not set", `Cloud Run takes the project's default account, ${shared}`);
    const value = account.value;
    if (typeof value !== "string") return refuse(shapeOf(value), "no service account can be read from it");
    if (value.trim() === "") return refuse("empty", `Cloud Run takes the project's default account, ${shared}`);
    const named = defaultAccount(value);
    if (named !== undefined) refuse(`the ${named} service account`, shared);
  },
};
