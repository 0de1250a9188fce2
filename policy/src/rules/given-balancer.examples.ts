/** A load balancer with which no rule finds fault: people sign in and come to one service, and port 80 sends them on. */

import {
  BACKEND_SERVICE,
  FORWARDING_RULES,
  NETWORK_ENDPOINT_GROUP,
  REGION_BACKEND_SERVICE,
  REGION_TARGET_HTTP_PROXY,
  REGION_TARGET_HTTPS_PROXY,
  REGION_URL_MAP,
  SSL_POLICIES,
  TARGET_HTTP_PROXY,
  TARGET_HTTPS_PROXY,
  URL_MAP,
} from "../facts/tokens";
import { type Given, service } from "./given-stack.examples";

const [GLOBAL_RULE = "", REGIONAL_RULE = ""] = FORWARDING_RULES;
const [SSL_POLICY = ""] = SSL_POLICIES;
const LINKS = "projects/acme-dev";
export const linkTo = (collection: string, name: string) => `${LINKS}/global/${collection}/${name}`;
const groupLink = (name: string) => `${LINKS}/regions/europe-west9/networkEndpointGroups/${name}`;

export const BALANCED = { ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" };
export const web = (change: object = BALANCED): Given => service("web", [], change);

export const group = (change: object = { cloudRun: { service: "web" } }): Given => ({
  type: NETWORK_ENDPOINT_GROUP,
  name: "group",
  props: { name: "web-group", region: "europe-west9", networkEndpointType: "SERVERLESS", ...change },
});
export const backend = (change: object = {}): Given => ({
  type: BACKEND_SERVICE,
  name: "backend",
  props: {
    name: "web-backend",
    loadBalancingScheme: "EXTERNAL_MANAGED",
    protocol: "HTTPS",
    backends: [{ group: groupLink("web-group") }],
    iap: { enabled: true },
    ...change,
  },
});
export const regionBackend = (change: object = {}): Given => ({ ...backend(change), type: REGION_BACKEND_SERVICE });

export const urlMap = (props: object, name = "url-map"): Given => ({
  type: URL_MAP,
  name,
  props: { name, ...props },
});
export const SERVES = { defaultService: linkTo("backendServices", "web-backend") };
export const REDIRECTS = { defaultUrlRedirect: { httpsRedirect: true, stripQuery: false } };

export const httpProxy = (map = "url-map"): Given => ({
  type: TARGET_HTTP_PROXY,
  name: "http",
  props: { name: "http", urlMap: linkTo("urlMaps", map) },
});
export const httpsProxy = (change: object = { sslPolicy: linkTo("sslPolicies", "tls") }): Given => ({
  type: TARGET_HTTPS_PROXY,
  name: "https",
  props: { name: "https", urlMap: linkTo("urlMaps", "url-map"), ...change },
});
export const forwardingRule = (collection: string, proxy: string, change: object = {}): Given => ({
  type: GLOBAL_RULE,
  name: `to-${proxy}`,
  props: {
    target: linkTo(collection, proxy),
    portRange: proxy === "http" ? "80" : "443",
    loadBalancingScheme: "EXTERNAL_MANAGED",
    ...change,
  },
});
export const regional = (given: Given): Given => ({ ...given, type: REGIONAL.get(given.type) ?? given.type });
const REGIONAL: ReadonlyMap<string, string> = new Map([
  [BACKEND_SERVICE, REGION_BACKEND_SERVICE],
  [URL_MAP, REGION_URL_MAP],
  [TARGET_HTTP_PROXY, REGION_TARGET_HTTP_PROXY],
  [TARGET_HTTPS_PROXY, REGION_TARGET_HTTPS_PROXY],
  [GLOBAL_RULE, REGIONAL_RULE],
]);

export const sslPolicy: Given = {
  type: SSL_POLICY,
  name: "tls",
  props: { name: "tls", profile: "MODERN", minTlsVersion: "TLS_1_2" },
};

export const gateway = (): Given[] => [
  web(),
  group(),
  backend(),
  urlMap(SERVES),
  sslPolicy,
  httpsProxy(),
  forwardingRule("targetHttpsProxies", "https"),
  urlMap(REDIRECTS, "redirect"),
  httpProxy("redirect"),
  forwardingRule("targetHttpProxies", "http"),
];
