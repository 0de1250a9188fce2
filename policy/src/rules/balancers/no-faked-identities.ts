import {
  BACKEND_SERVICES,
  ORGANIZATION_SECURITY_POLICY_RULE,
  SECURITY_POLICY,
  SECURITY_POLICY_RULE,
  URL_MAPS,
} from "../../facts/tokens";
import { placesAt } from "../../inputs/places";
import type { Rule } from "../../rule";

const ADDED = "headerAction.requestHeadersToAdds.*.headerName";
const WEIGHTED = `weightedBackendServices.*.${ADDED}`;

/** `NAME: VALUE` on a backend service; elsewhere the name stands by itself. */
const HEADERS_AT: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...BACKEND_SERVICES.map((type) => [type, ["customRequestHeaders.*"]] as const),
  ...URL_MAPS.map(
    (type) =>
      [
        type,
        [
          ADDED,
          `defaultRouteAction.${WEIGHTED}`,
          `pathMatchers.*.${ADDED}`,
          `pathMatchers.*.defaultRouteAction.${WEIGHTED}`,
          `pathMatchers.*.pathRules.*.routeAction.${WEIGHTED}`,
          `pathMatchers.*.routeRules.*.${ADDED}`,
          `pathMatchers.*.routeRules.*.routeAction.${WEIGHTED}`,
        ],
      ] as const,
  ),
  [SECURITY_POLICY, [`rules.*.${ADDED}`]],
  [SECURITY_POLICY_RULE, [ADDED]],
  [ORGANIZATION_SECURITY_POLICY_RULE, [ADDED]],
]);

/**
 * Identity-Aware Proxy takes these headers off what comes from outside and sets them anew. One that the load balancer
 * itself sets tells the application of somebody who never signed in. Underscores count as hyphens, for many web servers
 * read both alike: https://docs.cloud.google.com/iap/docs/identity-howto. Attributes of people go under a prefix of their
 * own: https://docs.cloud.google.com/iap/docs/reference/rest/v1/IapSettings#outputcredentials
 */
export const noFakedIdentities: Rule = {
  name: "no-faked-identities",
  family: "no borrowed identities",
  description:
    "No load balancer and no security policy sets a header in which Identity-Aware Proxy says who has signed in.",
  severity: "high",
  page: "https://docs.cloud.google.com/iap/docs/signed-headers-howto",
  remediation:
    "Take the header out. An application learns who has signed in from the assertion that Identity-Aware Proxy signs, and verifies it; what else a load balancer has to tell it goes under a name of your own.",
  types: [...HEADERS_AT.keys()],
  check(props, report, { type }) {
    for (const { path, reading } of (HEADERS_AT.get(type) ?? []).flatMap((pattern) => placesAt(props, pattern))) {
      if (reading.state === "unknown") report.unknown(reading.at);
      if (reading.state !== "known" || !isIdentity(reading.value)) continue;
      report.violation(
        path,
        `${path} is a header of Identity-Aware Proxy: an application takes it for who has signed in, and nobody has; take it out, or call it otherwise`,
      );
    }
  },
};

function isIdentity(header: unknown): boolean {
  if (typeof header !== "string") return false;
  const name = header.split(":", 1)[0]?.trim().toLowerCase().replaceAll("_", "-") ?? "";
  return /^x-goog-(?:authenticated-user-.*|iap-jwt-assertion|iap-attr-.*)$/.test(name);
}
