/** A load balancer in front of one service, part by part, as a program makes it. */
import type { ControlPlane, CreateResult, Properties } from "../../../sandbox/control-plane";
import { cloud, make, PROJECT, REGION, refusal } from "./cloud";

export const GLOBAL = `projects/${PROJECT}/global`;
export const LINK = "https://www.googleapis.com/compute/v1";

/** The parts by their short names, in the order in which they can be made. */
export const PARTS = {
  address: "gcp:compute/globalAddress:GlobalAddress",
  authorization: "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
  certificate: "gcp:certificatemanager/certificate:Certificate",
  certificates: "gcp:certificatemanager/certificateMap:CertificateMap",
  entry: "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
  group: "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
  armor: "gcp:compute/securityPolicy:SecurityPolicy",
  backend: "gcp:compute/backendService:BackendService",
  map: "gcp:compute/uRLMap:URLMap",
  redirect: "gcp:compute/uRLMap:URLMap",
  tls: "gcp:compute/sSLPolicy:SSLPolicy",
  https: "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
  http: "gcp:compute/targetHttpProxy:TargetHttpProxy",
  rule443: "gcp:compute/globalForwardingRule:GlobalForwardingRule",
  rule80: "gcp:compute/globalForwardingRule:GlobalForwardingRule",
} as const;

export type Part = keyof typeof PARTS;

export const CERTIFICATES = `projects/${PROJECT}/locations/global`;
export const CERTIFICATE_MAP = `//certificatemanager.googleapis.com/${CERTIFICATES}/certificateMaps/entrance`;
export const EVERYONE: Properties = { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } };

/** What a program says of each part. */
export const SAID: Readonly<Record<Part, Properties>> = {
  address: { name: "entrance" },
  authorization: { name: "entrance", domain: "ailab.example" },
  certificate: {
    name: "entrance",
    managed: { domains: ["ailab.example"], dnsAuthorizations: [`${CERTIFICATES}/dnsAuthorizations/entrance`] },
  },
  certificates: { name: "entrance" },
  entry: {
    name: "entrance",
    map: "entrance",
    hostname: "ailab.example",
    certificates: [`${CERTIFICATES}/certificates/entrance`],
  },
  group: { name: "portal", region: REGION, networkEndpointType: "SERVERLESS", cloudRun: { service: "portal" } },
  armor: {
    name: "entrance",
    rules: [
      {
        priority: 1000,
        action: "throttle",
        match: EVERYONE,
        rateLimitOptions: {
          conformAction: "allow",
          exceedAction: "deny(429)",
          enforceOnKey: "IP",
          rateLimitThreshold: { count: 600, intervalSec: 60 },
        },
      },
      {
        priority: 900,
        action: "deny(403)",
        match: { expr: { expression: "evaluatePreconfiguredWaf('sqli-v33-stable')" } },
      },
      { priority: 2147483647, action: "allow", match: EVERYONE },
    ],
  },
  backend: {
    name: "portal",
    loadBalancingScheme: "EXTERNAL_MANAGED",
    protocol: "HTTPS",
    backends: [{ group: `projects/${PROJECT}/regions/${REGION}/networkEndpointGroups/portal` }],
    securityPolicy: `${GLOBAL}/securityPolicies/entrance`,
    iap: { enabled: true },
    logConfig: { enable: true, sampleRate: 1 },
  },
  map: {
    name: "entrance",
    defaultService: `${GLOBAL}/backendServices/portal`,
    hostRules: [{ hosts: ["ailab.example"], pathMatcher: "routes" }],
    pathMatchers: [
      {
        name: "routes",
        defaultService: `${GLOBAL}/backendServices/portal`,
        pathRules: [{ paths: ["/desk", "/desk/*"], service: `${GLOBAL}/backendServices/portal` }],
      },
    ],
  },
  redirect: {
    name: "to-https",
    defaultUrlRedirect: { httpsRedirect: true, stripQuery: false, redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT" },
  },
  tls: { name: "entrance", profile: "RESTRICTED", minTlsVersion: "TLS_1_2" },
  https: {
    name: "entrance",
    urlMap: `${GLOBAL}/urlMaps/entrance`,
    certificateMap: CERTIFICATE_MAP,
    sslPolicy: `${GLOBAL}/sslPolicies/entrance`,
  },
  http: { name: "to-https", urlMap: `${GLOBAL}/urlMaps/to-https` },
  rule443: {
    name: "entrance-443",
    loadBalancingScheme: "EXTERNAL_MANAGED",
    target: `${GLOBAL}/targetHttpsProxies/entrance`,
    ipAddress: `${GLOBAL}/addresses/entrance`,
    portRange: "443",
  },
  rule80: {
    name: "entrance-80",
    loadBalancingScheme: "EXTERNAL_MANAGED",
    target: `${GLOBAL}/targetHttpProxies/to-https`,
    ipAddress: `${GLOBAL}/addresses/entrance`,
    portRange: "80",
  },
};

/** The provider's words for the parts. */
export const KINDS: Readonly<Record<Part, string>> = {
  address: "GlobalAddress",
  authorization: "DnsAuthorization",
  certificate: "Certificate",
  certificates: "CertificateMap",
  entry: "CertificateMapEntry",
  group: "RegionNetworkEndpointGroup",
  armor: "SecurityPolicy",
  backend: "BackendService",
  map: "UrlMap",
  redirect: "UrlMap",
  tls: "SslPolicy",
  https: "TargetHttpsProxy",
  http: "TargetHttpProxy",
  rule443: "GlobalForwardingRule",
  rule80: "GlobalForwardingRule",
};

const ORDER = Object.keys(PARTS) as Part[];

/** Makes one part, with other arguments where they are given. */
export function part(controlPlane: ControlPlane, name: Part, more: Properties = {}): CreateResult {
  return make(controlPlane, PARTS[name], name, { ...SAID[name], ...more });
}

/** Makes the parts in order, all or the ones before the given one. */
export function balancer(controlPlane: ControlPlane, until?: Part): Record<Part, CreateResult> {
  const before = until === undefined ? ORDER : ORDER.slice(0, ORDER.indexOf(until));
  return Object.fromEntries(before.map((name) => [name, part(controlPlane, name)])) as Record<Part, CreateResult>;
}

/** Why a part with these arguments is refused, with everything there that comes before it. */
export function why(name: Part, more: Properties, before: (controlPlane: ControlPlane) => void = () => {}): string {
  const controlPlane = cloud();
  balancer(controlPlane, name);
  before(controlPlane);
  return refusal(() => part(controlPlane, name, more));
}

/** What is refused of a part before Google is asked. */
export function failures(name: Part, more: Properties) {
  return cloud().check({ type: PARTS[name], name, news: { ...SAID[name], ...more } }).failures;
}

/** The whole message about one field of a part. */
export function invalidField(name: Part, detail: string): string {
  const start = `Error creating ${KINDS[name]}: googleapi: Error 400: Invalid value for field 'resource.`;
  return `${start}${detail}, invalid`;
}
