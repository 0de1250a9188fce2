import { isFalse, read } from "../../inputs/read";
import { calleesOf, isPublic, mayInvoke, stackOf } from "../../inputs/stack";
import type { StackRule } from "../../rule";

/** A URL in a variable is a call that is meant; without a grant it fails with 403 on the first day, and invites allUsers. */
export const noUnpermittedCalls: StackRule = {
  name: "no-unpermitted-calls",
  family: "no broken calls",
  description: "A workload that is told the URL of a service of its stack may also invoke it.",
  severity: "medium",
  page: "https://docs.cloud.google.com/run/docs/authenticating/service-to-service",
  remediation:
    "Grant roles/run.invoker on the receiving service to the calling service's account, or remove the URL from its variables.",
  check(resources, report) {
    const stack = stackOf(resources);
    for (const caller of stack.workloads) {
      for (const callee of calleesOf(stack, caller)) {
        if (checkIsOff(callee.resource.props) || isPublic(stack, callee)) continue;
        if (mayInvoke(stack, caller, callee) !== "no") continue;
        report.violation(
          caller.resource,
          "",
          `is told the URL of ${callee.resource.name}, but its service account may not invoke it: each call gets 403; grant roles/run.invoker on ${callee.resource.name} to that account`,
        );
      }
    }
  },
};

function checkIsOff(props: Readonly<Record<string, unknown>>): boolean {
  const disabled = read(props, "invokerIamDisabled");
  return disabled.state === "known" && !isFalse(disabled.value);
}
