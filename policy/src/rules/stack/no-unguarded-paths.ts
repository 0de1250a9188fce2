import { SERVICE, SERVICE_V1 } from "../../facts/tokens";
import { readGiven } from "../../inputs/given";
import { INGRESS_AT } from "../../inputs/ingress";
import { frontsOf, ownProxyOf, proxyOf } from "../../inputs/load-balancer";
import { isFalse } from "../../inputs/read";
import { isPublic, stackOf, textOf } from "../../inputs/stack";
import type { StackRule } from "../../rule";

/**
 * The invoker check and Identity-Aware Proxy each suffice; this is about a container behind neither. IAP on a load
 * balancer guards only what comes through it, so a service that is also reached directly counts as open:
 * https://docs.cloud.google.com/iap/docs/enabling-cloud-run
 */
export const noUnguardedPaths: StackRule = {
  name: "no-unguarded-paths",
  family: "no unauthenticated ingress",
  description: "Every path from the internet to a container passes Identity-Aware Proxy or the invoker check.",
  severity: "critical",
  page: "https://docs.cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run",
  remediation:
    "Keep the invoker check on and grant roles/run.invoker to whom calls. For people, switch on Identity-Aware Proxy on the service or on each backend service in front of it, with an ingress that leaves no way around.",
  check(resources, report) {
    const stack = stackOf(resources);
    const fronts = frontsOf(resources);
    for (const service of stack.workloads) {
      const { resource } = service;
      const disabledAt = DISABLED_AT.get(resource.type);
      const place = INGRESS_AT.get(resource.type);
      if (disabledAt === undefined || place === undefined || ownProxyOf(resource) !== "off") continue;
      const disabled = readGiven(resource, ...disabledAt);
      const open = (disabled.state === "known" && !isFalse(disabled.value)) || isPublic(stack, service);
      const ingress = readGiven(resource, ...place.keys);
      if (!open || ingress.state === "unknown" || textOf(ingress) === place.internal) continue;
      const way =
        textOf(ingress) === place.balanced
          ? fronts.get(service)?.find((backend) => proxyOf(backend) === "off")?.name
          : "its own URL";
      if (way === undefined) continue;
      report.violation(
        resource,
        "",
        `is reached from the internet through ${way}, past no Identity-Aware Proxy and no invoker check: anybody can call; keep the check on, or put Identity-Aware Proxy on that way`,
      );
    }
  },
};

const DISABLED_AT: ReadonlyMap<string, readonly [string, ...string[]]> = new Map([
  [SERVICE, ["invokerIamDisabled"]],
  [SERVICE_V1, ["metadata", "annotations", "run.googleapis.com/invoker-iam-disabled"]],
]);
