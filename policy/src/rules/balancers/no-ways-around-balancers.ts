import { NETWORK_ENDPOINT_GROUP, SERVICE, SERVICE_V1 } from "../../facts/tokens";
import { readGiven } from "../../inputs/given";
import { INGRESS_AT } from "../../inputs/ingress";
import { frontsOf, isExternal, ownProxyOf } from "../../inputs/load-balancer";
import { isFalse, pathOf } from "../../inputs/read";
import type { StackResource, StackRule } from "../../rule";

/**
 * Identity-Aware Proxy and Cloud Armor guard what comes through the load balancer. A service behind one whose ingress
 * takes all has a run.app URL as well, on which neither stands; a reason for the ingress does not change that. Where the
 * ingress is internal, an external load balancer does not get in at all:
 * https://docs.cloud.google.com/run/docs/securing/ingress
 */
export const noWaysAroundBalancers: StackRule = {
  name: "no-ways-around-balancers",
  family: "no unauthenticated ingress",
  description:
    "A service or function behind an external load balancer is reached through it, and not on a URL of its own beside it.",
  severity: "high",
  page: "https://docs.cloud.google.com/load-balancing/docs/https/setup-global-ext-https-serverless",
  remediation:
    "Set the ingress to INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER; in a v1 service to internal-and-cloud-load-balancing, in a function to ALLOW_INTERNAL_AND_GCLB. Where all may come in but on that URL, switch the URL off with defaultUriDisabled.",
  needs: NETWORK_ENDPOINT_GROUP,
  check(resources, report) {
    for (const [{ resource }, backends] of frontsOf(resources)) {
      const place = INGRESS_AT.get(resource.type);
      const backend = backends.find(isExternal);
      if (place === undefined || backend === undefined || place.unreachable?.(resource.props)) continue;
      const ingress = readGiven(resource, ...place.keys);
      if (ingress.state === "unknown") continue;
      const value = ingress.state === "known" ? ingress.value : undefined;
      if (value === place.balanced) continue;
      const path = place.keys.reduce(pathOf, "");
      if (value === place.internal) {
        report.violation(
          resource,
          path,
          `${path} is ${place.internal}, which keeps out the external load balancer that leads here through ${backend.name}: nobody gets in that way; set ${place.balanced}`,
        );
      } else if (!hasNoUrl(resource) && ownProxyOf(resource) === "off") {
        report.violation(
          resource,
          path,
          `${path} lets the internet in beside the load balancer that leads here through ${backend.name}: on its own URL this ${place.what} is reached past Identity-Aware Proxy and Cloud Armor; set ${place.balanced}`,
        );
      }
    }
  },
};

const NO_URL_AT: ReadonlyMap<string, readonly [string, ...string[]]> = new Map([
  [SERVICE, ["defaultUriDisabled"]],
  [SERVICE_V1, ["metadata", "annotations", "run.googleapis.com/default-url-disabled"]],
]);

/** Whether its URL is switched off, or may be: https://docs.cloud.google.com/run/docs/securing/ingress#disable-url */
function hasNoUrl(service: StackResource): boolean {
  const keys = NO_URL_AT.get(service.type);
  const disabled = keys === undefined ? undefined : readGiven(service, ...keys);
  return disabled?.state === "unknown" || (disabled?.state === "known" && !isFalse(disabled.value));
}
