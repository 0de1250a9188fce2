/** The load balancer's resources, as the control plane's state has them. */
import type { ControlPlane, StoredResource } from "../../control-plane";
import * as certificates from "../../control-plane/handlers/certificates/names";
import * as parts from "../../control-plane/handlers/load-balancing/types";
import { textAt } from "../../control-plane/properties";
import { shortName, withoutHost } from "../../control-plane/rules/identifiers";

export const TYPES = {
  forwardingRule: parts.FORWARDING_RULE,
  address: parts.ADDRESS,
  httpsProxy: parts.HTTPS_PROXY,
  httpProxy: parts.HTTP_PROXY,
  urlMap: parts.URL_MAP,
  backendService: parts.BACKEND_SERVICE,
  endpointGroup: parts.NEG,
  securityPolicy: parts.SECURITY_POLICY,
  managedCertificate: "gcp:compute/managedSslCertificate:ManagedSslCertificate",
  certificate: certificates.CERTIFICATE,
  certificateMap: certificates.CERTIFICATE_MAP,
  certificateMapEntry: certificates.CERTIFICATE_MAP_ENTRY,
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
