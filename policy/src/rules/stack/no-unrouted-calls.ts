import { isClosed } from "../../inputs/ingress";
import { leadsIntoOwnNetwork, resolvesPrivately, routeOf, wayPath } from "../../inputs/routes";
import { calleesOf, stackOf, type Workload } from "../../inputs/stack";
import type { StackRule } from "../../rule";

/**
 * From Cloud Run and functions, only what comes through a VPC network counts as internal:
 * https://docs.cloud.google.com/run/docs/securing/ingress. Another way answers 404, which reads like a wrong URL, and
 * invites to open the service. With private ranges only, run.app must be a private address:
 * https://docs.cloud.google.com/run/docs/securing/private-networking.
 */
export const noUnroutedCalls: StackRule = {
  name: "no-unrouted-calls",
  family: "no broken calls",
  description:
    "A workload that is told the URL of an internal service of its stack has a way to it through a VPC network.",
  severity: "medium",
  page: "https://docs.cloud.google.com/run/docs/securing/private-networking",
  remediation:
    "Give the calling workload Direct VPC egress or a connector and send all traffic that way, into a subnetwork with Private Google Access. To send private addresses only, make a private zone for run.app in that network which leads to private.googleapis.com.",
  check(resources, report) {
    const stack = stackOf(resources);
    const isPrivate = resolvesPrivately(resources);
    const isMissed = (caller: Workload): boolean => {
      const route = routeOf(caller);
      if (route !== "private") return route === "none";
      return !isPrivate && leadsIntoOwnNetwork(caller, resources);
    };
    for (const caller of stack.workloads) {
      for (const callee of calleesOf(stack, caller)) {
        if (!isClosed(callee.resource.props, callee.resource.type) || !isMissed(caller)) continue;
        const missing =
          routeOf(caller) === "none"
            ? `has no ${wayPath(caller)} or other way into one`
            : "sends only private addresses into it, and no zone of this stack makes run.app one";
        report.violation(
          caller.resource,
          "",
          `is told the URL of ${callee.resource.name}, which only a VPC network reaches, but ${missing}: each call gets 404; send all traffic of the caller into the network`,
        );
      }
    }
  },
};
