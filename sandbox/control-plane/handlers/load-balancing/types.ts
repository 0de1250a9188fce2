export const ADDRESS = "gcp:compute/globalAddress:GlobalAddress";
export const BACKEND_SERVICE = "gcp:compute/backendService:BackendService";
export const FORWARDING_RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule";
export const HTTP_PROXY = "gcp:compute/targetHttpProxy:TargetHttpProxy";
export const HTTPS_PROXY = "gcp:compute/targetHttpsProxy:TargetHttpsProxy";
export const NEG = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup";
export const SECURITY_POLICY = "gcp:compute/securityPolicy:SecurityPolicy";
export const SSL_POLICY = "gcp:compute/sSLPolicy:SSLPolicy";
export const URL_MAP = "gcp:compute/uRLMap:URLMap";

/** A collection of Compute Engine that other parts refer to. */
export interface Collection {
  readonly type: string;
  /** Google's word for a resource in it. */
  readonly word: string;
}

/** The collections by their names in paths. */
export const COLLECTIONS: Readonly<Record<string, Collection>> = {
  addresses: { type: ADDRESS, word: "address" },
  backendServices: { type: BACKEND_SERVICE, word: "backend_service" },
  networkEndpointGroups: { type: NEG, word: "network_endpoint_group" },
  securityPolicies: { type: SECURITY_POLICY, word: "security_policy" },
  sslPolicies: { type: SSL_POLICY, word: "ssl_policy" },
  targetHttpProxies: { type: HTTP_PROXY, word: "target_http_proxy" },
  targetHttpsProxies: { type: HTTPS_PROXY, word: "target_https_proxy" },
  urlMaps: { type: URL_MAP, word: "url_map" },
};
