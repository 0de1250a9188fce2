import { read, shapeOf } from "../read";
import type { Rule } from "../rule";
import { SERVICE } from "../tokens";

/** Google names this switch as the way to make a service public where domain restricted sharing forbids allUsers. */
export const noDisabledInvokerCheck: Rule = {
  name: "no-disabled-invoker-check",
  family: "no unauthenticated ingress",
  description: "Cloud Run services keep the invoker IAM check on, whatever their ingress.",
  severity: "critical",
  framework: {
    specification: "run.managed.requireInvokerIam",
    reference: "https://docs.cloud.google.com/run/docs/securing/managing-access#invoker_check",
  },
  remediation: "Remove invokerIamDisabled and grant roles/run.invoker on the service to each principal that calls it.",
  types: [SERVICE],
  check(props, report) {
    const disabled = read(props, "invokerIamDisabled");
    if (disabled.state === "unknown") report.unknown(disabled.at);
    if (disabled.state !== "known" || isFalse(disabled.value)) return;
    const got = isTrue(disabled.value) ? "true" : `${shapeOf(disabled.value)}, not false`;
    report.violation(
      "invokerIamDisabled",
      `invokerIamDisabled is ${got}: Cloud Run would let in every request that reaches the service, with no token; ` +
        "remove it and grant roles/run.invoker to each caller",
    );
  },
};

/** The provider turns text into booleans (https://pkg.go.dev/strconv#ParseBool); what is not clearly false is refused. */
function isFalse(value: unknown): boolean {
  return value === false || (typeof value === "string" && /^(?:|0|f|false)$/i.test(value.trim()));
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === "string" && value.trim().toLowerCase() === "true");
}
