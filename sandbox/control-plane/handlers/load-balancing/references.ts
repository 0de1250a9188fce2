import { isIP } from "node:net";
import { listAt, type Properties, textAt } from "../../properties";
import { BACKEND_SERVICE, FORWARDING_RULE, HTTP_PROXY, HTTPS_PROXY, URL_MAP } from "./types";

/** One place where a part names another one. */
export interface Reference {
  /** As Google's API spells it: `backends[0].group`. */
  readonly field: string;
  readonly said: string;
  /** What may stand there. A name alone is one of the first. */
  readonly collections: readonly string[];
}

const SERVICES = ["backendServices", "backendBuckets"];
const PROXIES = ["targetHttpsProxies", "targetHttpProxies"];

/**
 * What the parts of a load balancer refer to, by type. Everything here has to exist, and cannot be deleted as long as it
 * is referred to.
 */
export const REFERENCES: Readonly<Record<string, (part: Properties) => Reference[]>> = {
  [BACKEND_SERVICE]: (part) => [
    ...listAt(part, "backends").flatMap((backend, i) =>
      reference(`backends[${i}].group`, textAt(backend, "group"), ["networkEndpointGroups", "instanceGroups"]),
    ),
    ...reference("securityPolicy", textAt(part, "securityPolicy"), ["securityPolicies"]),
    ...reference("edgeSecurityPolicy", textAt(part, "edgeSecurityPolicy"), ["securityPolicies"]),
  ],
  [URL_MAP]: (part) => [
    ...reference("defaultService", textAt(part, "defaultService"), SERVICES),
    ...listAt(part, "pathMatchers").flatMap((matcher, i) => [
      ...reference(`pathMatchers[${i}].defaultService`, textAt(matcher, "defaultService"), SERVICES),
      ...listAt(matcher, "pathRules").flatMap((rule, j) =>
        reference(`pathMatchers[${i}].pathRules[${j}].service`, textAt(rule, "service"), SERVICES),
      ),
      ...listAt(matcher, "routeRules").flatMap((rule, j) =>
        reference(`pathMatchers[${i}].routeRules[${j}].service`, textAt(rule, "service"), SERVICES),
      ),
    ]),
  ],
  [HTTPS_PROXY]: (part) => [
    ...reference("urlMap", textAt(part, "urlMap"), ["urlMaps"]),
    ...reference("sslPolicy", textAt(part, "sslPolicy"), ["sslPolicies"]),
  ],
  [HTTP_PROXY]: (part) => reference("urlMap", textAt(part, "urlMap"), ["urlMaps"]),
  [FORWARDING_RULE]: (part) => {
    const address = textAt(part, "ipAddress");
    return [
      ...reference("target", textAt(part, "target"), PROXIES),
      ...(address !== undefined && isIP(address) === 0 ? reference("IPAddress", address, ["addresses"]) : []),
    ];
  },
};

function reference(field: string, said: string | undefined, collections: readonly string[]): Reference[] {
  return said === undefined ? [] : [{ field, said, collections }];
}
