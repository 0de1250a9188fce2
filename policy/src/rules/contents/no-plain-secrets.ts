import { isSecretName, looksSecret } from "../../facts/secrets";
import type { Reading } from "../../inputs/read";
import { variables, WORKLOADS } from "../../inputs/workloads";
import type { Rule } from "../../rule";

/** Who may see a service may see its variables, in each revision that is kept. */
export const noPlainSecrets: Rule = {
  name: "no-plain-secrets",
  family: "no leaked secrets",
  description: "Secrets reach containers and functions from Secret Manager, never as the text of a variable.",
  severity: "high",
  page: "https://docs.cloud.google.com/run/docs/configuring/services/secrets",
  framework: {
    name: "CIS Google Cloud Foundations",
    version: "4.0",
    specification: "1.17",
    reference: "https://www.cisecurity.org/benchmark/google_cloud_computing_platform",
  },
  remediation:
    "Keep the value in Secret Manager and name it in valueSource.secretKeyRef, or in secretEnvironmentVariables of a function. Replace a value that stood in a variable: old revisions still show it.",
  types: [...WORKLOADS.keys()],
  check(props, report, { type }) {
    const found: string[] = [];
    for (const { path, name, value } of variables(props, type)) {
      if (value.state === "absent") continue;
      if (value.state === "unknown") {
        if (name.state === "known" && isSecretName(name.value)) found.push(`${path} has the name of a secret`);
        else report.unknown(value.at);
      } else if (looksSecret(value.value)) found.push(`${path} has the form of a secret`);
      else if (isHarmless(value)) continue;
      else if (name.state === "unknown") report.unknown(name.at);
      else if (name.state === "known" && isSecretName(name.value)) found.push(`${path} has the name of a secret`);
    }
    const [first] = found;
    if (first === undefined) return;
    const more = found.length > PLACES ? [`${found.length - PLACES} more`] : [];
    report.violation(
      first.slice(0, first.indexOf(" has the ")),
      `${[...found.slice(0, PLACES), ...more].join(", ")}: whoever may view the workload reads it, in old revisions too; keep it in Secret Manager and refer to it`,
    );
  },
};

/** How many places one line names. */
const PLACES = 3;

/** Blank text, a switch, or the name of a secret in Secret Manager. */
function isHarmless(reading: Reading): boolean {
  if (reading.state !== "known" || typeof reading.value !== "string") return false;
  return /^\s*(?:|true|false|projects\/[^/\s]+\/secrets\/\S+)\s*$/i.test(reading.value.slice(0, 1_000));
}
