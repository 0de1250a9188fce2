import { SERVICE, SERVICE_V1 } from "../../facts/tokens";
import { isFalse, pathOf, read, shapeOf } from "../../inputs/read";
import type { Rule } from "../../rule";

/** The second is the annotation of https://docs.cloud.google.com/run/docs/reference/rest/v1/ObjectMeta */
const SWITCH_AT: ReadonlyMap<string, readonly string[]> = new Map([
  [SERVICE, ["invokerIamDisabled"]],
  [SERVICE_V1, ["metadata", "annotations", "run.googleapis.com/invoker-iam-disabled"]],
]);

/** Google names this switch as the way to make a service public where domain restricted sharing forbids allUsers. */
export const noDisabledInvokerCheck: Rule = {
  name: "no-disabled-invoker-check",
  family: "no unauthenticated ingress",
  description: "Cloud Run services keep the invoker IAM check on, whatever their ingress.",
  severity: "critical",
  page: "https://docs.cloud.google.com/run/docs/securing/managing-access#invoker_check",
  framework: {
    name: "Google Cloud organization policy",
    version: "2",
    specification: "run.managed.requireInvokerIam",
    reference: "https://docs.cloud.google.com/run/docs/securing/managing-access#invoker_check",
  },
  remediation:
    "Remove invokerIamDisabled, or the annotation run.googleapis.com/invoker-iam-disabled, and grant roles/run.invoker on the service to each principal that calls it.",
  types: [...SWITCH_AT.keys()],
  check(props, report, { type }) {
    const keys = SWITCH_AT.get(type) ?? [];
    const disabled = read(props, ...keys);
    if (disabled.state === "unknown") report.unknown(disabled.at);
    if (disabled.state !== "known" || isFalse(disabled.value)) return;
    const path = keys.reduce(pathOf, "");
    const got = isTrue(disabled.value) ? "true" : `${shapeOf(disabled.value)}, not false`;
    report.violation(
      path,
      `${path} is ${got}: Cloud Run would let in every request that reaches the service, with no token; ` +
        "remove it and grant roles/run.invoker to each caller",
    );
  },
};

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === "string" && value.trim().toLowerCase() === "true");
}
