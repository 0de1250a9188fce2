import { isIP } from "node:net";
import { asNamed, byLink, byName, linked } from "./names";
import type { ReadBack, ReadBackArguments } from "./read-back";

const set: ReadBack = { unordered: true };
const service = byLink("global/backendServices");

/** A reserved address is read back as its number; a number is no difference to whatever it was said by. */
const address: ReadBack = {
  as: (sent) => sent,
  suppresses: (read, said) => isIP(read) !== 0 && isIP(said) === 0,
};

/** One port is a range. Source: `PortRangeDiffSuppress` in the provider. */
const portRange: ReadBack = {
  as: (sent) => asRange(String(sent)),
  suppresses: (read, said) => asRange(read) === asRange(said),
};

function asRange(ports: string): string {
  return ports.includes("-") ? ports : `${ports}-${ports}`;
}

function pathMatcher(path: string): ReadBackArguments {
  return {
    [`${path}.defaultService`]: service,
    [`${path}.pathRules[].service`]: service,
    [`${path}.pathRules[].paths`]: set,
    [`${path}.routeRules[].service`]: service,
  };
}

/** Sources: compute/resource_compute_backend_service.go, …_url_map.go and so on, named after the types. */
export const LOAD_BALANCING: Readonly<Record<string, ReadBackArguments>> = {
  "gcp:compute/globalAddress:GlobalAddress": {},
  "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": { region: byName },
  "gcp:compute/backendService:BackendService": {
    "backends[].group": linked,
    backends: set,
    customRequestHeaders: set,
    customResponseHeaders: set,
    securityPolicy: byLink("global/securityPolicies"),
    edgeSecurityPolicy: byLink("global/securityPolicies"),
  },
  "gcp:compute/uRLMap:URLMap": {
    defaultService: service,
    "hostRules[].hosts": set,
    hostRules: set,
    ...pathMatcher("pathMatchers[]"),
  },
  "gcp:compute/sSLPolicy:SSLPolicy": { customFeatures: set },
  "gcp:compute/securityPolicy:SecurityPolicy": { "rules[].match.config.srcIpRanges": set, rules: set },
  "gcp:compute/targetHttpProxy:TargetHttpProxy": { urlMap: byLink("global/urlMaps") },
  "gcp:compute/targetHttpsProxy:TargetHttpsProxy": {
    urlMap: byLink("global/urlMaps"),
    sslPolicy: byLink("global/sslPolicies"),
  },
  "gcp:compute/globalForwardingRule:GlobalForwardingRule": {
    target: linked,
    ipAddress: address,
    portRange,
    network: asNamed,
  },
};
