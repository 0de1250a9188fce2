import { NETWORK_ENDPOINT_GROUP } from "../../facts/tokens";
import { isExternal, ownProxyOf, proxyOf, serverlessBackends, workloadsBehind } from "../../inputs/load-balancer";
import { read } from "../../inputs/read";
import { textOf } from "../../inputs/stack";
import type { StackResource, StackRule } from "../../rule";

/**
 * A load balancer opens to the internet what its ingress keeps closed; on a backend service Identity-Aware Proxy is what
 * asks who comes. That the service still checks its invokers is a second guard, and one that a browser does not pass.
 * Callers that bring tokens of their own are the exception, which the policy config names. No OAuth client is asked for:
 * Google manages one, and a workforce pool has its own. API Gateway, internal load balancers, and services that have the
 * proxy themselves are left alone.
 */
export const noUnproxiedBackends: StackRule = {
  name: "no-unproxied-backends",
  family: "no unauthenticated ingress",
  description:
    "Backend services that lead from the internet to Cloud Run, functions or App Engine have Identity-Aware Proxy switched on.",
  severity: "high",
  page: "https://docs.cloud.google.com/iap/docs/enabling-cloud-run",
  remediation:
    "Set iap to { enabled: true }, grant roles/iap.httpsResourceAccessor on the backend service to the people who may come, and roles/run.invoker on the service to the agent of Identity-Aware Proxy. If callers bring ID tokens of their own instead, name the backend service in the policy config.",
  config: {
    openBackends: {
      type: "array",
      items: { type: "string" },
      description:
        "Names of backend services, in the program or in Google Cloud, whose callers bring tokens that the workload itself checks.",
    },
  },
  needs: NETWORK_ENDPOINT_GROUP,
  check(resources, report, config) {
    const open = new Set(config["openBackends"] as readonly string[] | undefined);
    for (const { resource, groups } of serverlessBackends(resources)) {
      if (!isExternal(resource) || proxyOf(resource) !== "off" || isNamed(resource, open)) continue;
      const behind = groups.map((group) => workloadsBehind(group, resources));
      const proxied = behind.every(
        (workloads) => workloads.length > 0 && workloads.every((workload) => ownProxyOf(workload.resource) !== "off"),
      );
      if (proxied) continue;
      const got = read(resource.props, "iap").state === "known" ? "iap.enabled is off" : "iap is not set";
      report.violation(
        resource,
        "iap",
        `${got}: the internet reaches ${groups
          .map(({ name }) => name)
          .join(", ")
          .slice(
            0,
            NAMES,
          )} through it, and nobody is asked to sign in; set iap to { enabled: true }, or name it in openBackends of the policy config`,
      );
    }
  },
};

/** How many characters of names a message holds. */
const NAMES = 80;

function isNamed({ name, props }: StackResource, names: ReadonlySet<string>): boolean {
  return names.has(name) || names.has(textOf(read(props, "name")) ?? "");
}
