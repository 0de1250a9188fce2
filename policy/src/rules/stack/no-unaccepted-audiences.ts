import { refusesAudience, sentTokens } from "../../inputs/audiences";
import { isFalse, read } from "../../inputs/read";
import { isPublic, stackOf } from "../../inputs/stack";
import type { StackResource, StackRule } from "../../rule";

/** A token for another audience is as good as none: the call fails with 401, whatever its sender is granted. */
export const noUnacceptedAudiences: StackRule = {
  name: "no-unaccepted-audiences",
  family: "no broken calls",
  description: "Tokens that are sent to a workload of the stack are made for an audience that it accepts.",
  severity: "medium",
  page: "https://docs.cloud.google.com/run/docs/configuring/custom-audiences",
  remediation:
    "Use the URL of the receiving service, without a path, as the audience; or list the audience in its customAudiences, which a v1 service has as an annotation.",
  check(resources, report) {
    const stack = stackOf(resources);
    for (const { sender, path, audience, callee } of sentTokens(stack, resources)) {
      if (isOpen(callee.resource) || isPublic(stack, callee) || !refusesAudience(callee, audience)) continue;
      report.violation(
        sender,
        path,
        `${path} is no audience that ${callee.resource.name} accepts: each call gets 401; use that service's URL, or list the audience in its custom audiences`,
      );
    }
  },
};

/** Where no invoker check is made, or Identity-Aware Proxy comes before it, others decide which audiences are good. */
function isOpen({ props }: StackResource): boolean {
  return ELSEWHERE.some((keys) => {
    const setting = read(props, ...keys);
    return setting.state === "unknown" || (setting.state === "known" && !isFalse(setting.value));
  });
}

const ELSEWHERE = [
  ["invokerIamDisabled"],
  ["iapEnabled"],
  ["metadata", "annotations", "run.googleapis.com/invoker-iam-disabled"],
  ["metadata", "annotations", "run.googleapis.com/iap-enabled"],
];
