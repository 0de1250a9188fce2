/** Stacks with a load balancer, and whether it leads to services that answer. */
import type { ControlPlane, Properties } from "../../sandbox/control-plane";
import type { PulumiFound } from "../../sandbox/engine";
import { type MeshSettings, openStack, SERVICE, type Stack } from "./support";

const POOL = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/";
export const STAFF = `${POOL}6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10`;

const URL_MAP = "gcp:compute/uRLMap:URLMap";
export const BACKEND = "gcp:compute/backendService:BackendService";
const NEG = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup";
const GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";

/** Services, none protected, behind a load balancer that people of a workforce pool come through. */
export function front(services: object, routes: object, more: object = {}): MeshSettings {
  return {
    deletionProtection: false,
    services,
    loadBalancer: {
      domains: ["ailab.example"],
      dnsZone: "ailab-example",
      routes,
      iap: { workforcePool: "acme-staff", access: [{ member: STAFF }] },
      ...more,
    },
  };
}

/** A stack for one, with what has to be there before: the zone of the domains, and the organization's workforce pool. */
export async function openFront(cli: PulumiFound): Promise<Stack> {
  const stack = await openStack(cli);
  stack.controlPlane.seed("gcp:dns/managedZone:ManagedZone", {
    name: "ailab-example",
    dnsName: "example.",
    project: "acme-dev",
  });
  stack.controlPlane.seed("gcp:iam/workforcePool:WorkforcePool", {
    workforcePoolId: "acme-staff",
    parent: "organizations/123456789012",
    location: "global",
  });
  return stack;
}

/**
 * Looks after every operation whether all that the URL map leads to is a service that IAP's agent may call.
 *
 * @returns what it saw since it was asked last
 */
export function deadEnds(controlPlane: ControlPlane): () => readonly string[] {
  let seen: string[] = [];
  for (const operation of ["create", "update", "delete"] as const) {
    const perform = controlPlane[operation].bind(controlPlane) as (request: { type: string; name?: string }) => unknown;
    Object.assign(controlPlane, {
      [operation]: (request: { type: string; name?: string }) => {
        const result = perform(request);
        const found = deadEndsNow(controlPlane);
        seen.push(...found.map((what) => `${what}, after: ${operation} ${request.type} ${request.name}`));
        return result;
      },
    });
  }
  return () => {
    const found = seen;
    seen = [];
    return found;
  };
}

interface PathMatcher {
  readonly defaultService?: string;
  readonly pathRules?: readonly { readonly service: string }[];
}

function deadEndsNow(controlPlane: ControlPlane): string[] {
  const get = (type: string, link: unknown) => controlPlane.get(type, String(link).replace(/^https:\/\/.*\/v1\//, ""));
  const matchers = controlPlane
    .list({ type: URL_MAP })
    .flatMap(({ state }) => (state["pathMatchers"] as unknown as PathMatcher[] | undefined) ?? []);
  const links = matchers.flatMap(({ defaultService, pathRules = [] }) => [
    ...(defaultService === undefined ? [] : [defaultService]),
    ...pathRules.map(({ service }) => service),
  ]);
  return links.flatMap((link) => {
    const [backend] = (get(BACKEND, link)?.state["backends"] as Properties[] | undefined) ?? [];
    const group = get(NEG, backend?.["group"])?.state;
    const { service } = (group?.["cloudRun"] ?? {}) as { service?: string };
    const id = `projects/acme-dev/locations/${group?.["region"]}/services/${service}`;
    if (!controlPlane.get(SERVICE, id)) return [`${link} leads to no service`];
    const grants = controlPlane.list({ type: GRANT }).filter((grant) => grant.id.startsWith(`${id}/`));
    return grants.some((grant) => grant.id.includes("gcp-sa-iap")) ? [] : [`${link} leads where IAP may not call`];
  });
}
