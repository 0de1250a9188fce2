import { FUNCTION_V1, REGION_TARGET_HTTP_PROXY, TARGET_HTTP_PROXY } from "../../facts/tokens";
import { isInternalOnly, urlMapOf } from "../../inputs/front-ends";
import { readGiven } from "../../inputs/given";
import { firstWithoutRedirect } from "../../inputs/url-map";
import type { StackRule } from "../../rule";

const PROXIES: ReadonlySet<string> = new Set([TARGET_HTTP_PROXY, REGION_TARGET_HTTP_PROXY]);

/**
 * What comes in clear text has crossed the internet readable: cookies, tokens, and whatever people typed. Port 80 is there
 * to send browsers on to HTTPS, in the URL map's default and in each of its rules. Internal load balancers and buckets are
 * left alone.
 */
export const noClearText: StackRule = {
  name: "no-clear-text",
  family: "no eavesdropping",
  description:
    "What the internet reaches over plain HTTP redirects to HTTPS and serves nothing: URL maps of HTTP proxies, and functions of the first generation.",
  severity: "medium",
  page: "https://docs.cloud.google.com/load-balancing/docs/https/setup-global-ext-https-serverless",
  remediation:
    "Give the HTTP proxy a URL map of its own that holds nothing but defaultUrlRedirect, with httpsRedirect: true and stripQuery: false. In a function of the first generation set httpsTriggerSecurityLevel to SECURE_ALWAYS.",
  check(resources, report) {
    for (const resource of resources) {
      if (PROXIES.has(resource.type)) {
        const map = urlMapOf(resource, resources);
        const found = map && firstWithoutRedirect(map, resources);
        if (found === undefined || isInternalOnly(resource, resources)) continue;
        report.violation(
          resource,
          "urlMap",
          `urlMap ${map?.name} ${found.does} at ${found.path}: over plain HTTP cookies and tokens cross the internet readable; give this proxy a URL map with nothing but a defaultUrlRedirect whose httpsRedirect is true`,
        );
      } else if (resource.type === FUNCTION_V1) {
        const level = readGiven(resource, "httpsTriggerSecurityLevel");
        if (level.state !== "known" || level.value !== "SECURE_OPTIONAL") continue;
        report.violation(
          resource,
          "httpsTriggerSecurityLevel",
          "httpsTriggerSecurityLevel is SECURE_OPTIONAL: the function answers plain HTTP, over which tokens cross the internet readable; set SECURE_ALWAYS",
        );
      }
    }
  },
};
