/** The load balancer's resources, as the control plane's state has them. */
import type { ControlPlane, StoredResource } from "../../control-plane";
import { textAt } from "../../control-plane/properties";
import { shortName, withoutHost } from "../../control-plane/rules/identifiers";

export const TYPES = {
  forwardingRule: "gcp:compute/globalForwardingRule:GlobalForwardingRule",
  address: "gcp:compute/globalAddress:GlobalAddress",
  httpsProxy: "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
  httpProxy: "gcp:compute/targetHttpProxy:TargetHttpProxy",
  urlMap: "gcp:compute/uRLMap:URLMap",
  backendService: "gcp:compute/backendService:BackendService",
  endpointGroup: "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
  securityPolicy: "gcp:compute/securityPolicy:SecurityPolicy",
  managedCertificate: "gcp:compute/managedSslCertificate:ManagedSslCertificate",
  certificate: "gcp:certificatemanager/certificate:Certificate",
  certificateMap: "gcp:certificatemanager/certificateMap:CertificateMap",
  certificateMapEntry: "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
} as const;

/**
 * The resource that a reference means: an id, a link, a name of the Certificate Manager API
 * (`//certificatemanager.googleapis.com/projects/…`), or the name alone.
 */
export function referred(
  controlPlane: ControlPlane,
  type: string,
  reference: string | undefined,
): StoredResource | undefined {
  if (reference === undefined) return undefined;
  const path = withoutHost(reference);
  const known = controlPlane.get(type, path);
  if (known) return known;
  const [, project] = /^projects\/([^/]+)\//.exec(path) ?? [];
  const [, region] = /\/regions\/([^/]+)\//.exec(path) ?? [];
  return controlPlane.list({ type }).find(({ state }) => {
    const isThere = project === undefined || textAt(state, "project") === project;
    return nameOf(state) === shortName(path) && isThere && (region === undefined || textAt(state, "region") === region);
  });
}

/** The name of a resource of Compute Engine or Certificate Manager. */
export function nameOf(state: StoredResource["state"]): string {
  return textAt(state, "name") ?? "";
}
