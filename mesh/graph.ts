import { accessName, callName, iapAccessName } from "./names";
import type { MeshSpec, ServiceSpec } from "./spec";

/** The role that lets a principal call a service. Source: https://cloud.google.com/run/docs/reference/iam/roles */
export const INVOKER_ROLE = "roles/run.invoker" as const;

/** The role that lets a principal through Identity-Aware Proxy. Source: https://cloud.google.com/iap/docs/managing-access */
export const IAP_ACCESSOR_ROLE = "roles/iap.httpsResourceAccessor" as const;

/** One permission: this caller may call that service. It yields the grant, the URL that the caller is told, and the probe. */
export interface Edge {
  /** Logical name of the grant, stable when lists are reordered. */
  readonly name: string;
  readonly from: Caller;
  /** Key of the receiving service. */
  readonly to: string;
  /** What is granted: calling it oneself, or coming through the Identity-Aware Proxy on it. */
  readonly role: typeof INVOKER_ROLE | typeof IAP_ACCESSOR_ROLE;
  /** Last day, UTC, the day included. */
  readonly until?: string;
  /** Where the config declares it. */
  readonly reason: string;
}

export type Caller = { readonly service: string } | { readonly member: string };

/** Who may call what, and why. */
export interface AccessGraph {
  readonly services: readonly ServiceSpec[];
  readonly edges: readonly Edge[];
}

/** Every permission of a mesh, in the order of the config: a service's calls, then who else may call it or come through its proxy. */
export function accessGraph(spec: MeshSpec): AccessGraph {
  const services = Object.values(spec.services);
  const edges = services.flatMap((service): Edge[] => [
    ...service.calls.map(({ service: to, until }, i) => ({
      name: callName(service.key, to),
      from: { service: service.key },
      to,
      role: INVOKER_ROLE,
      ...(until && { until }),
      reason: `services.${service.key}.calls[${i}]`,
    })),
    ...service.access.map(({ member, until }, i) => ({
      name: accessName(member, service.key),
      from: { member },
      to: service.key,
      role: INVOKER_ROLE,
      ...(until && { until }),
      reason: `services.${service.key}.access[${i}]`,
    })),
    ...(service.iap?.access ?? []).map(({ member, until }, i) => ({
      name: iapAccessName(member, service.key),
      from: { member },
      to: service.key,
      role: IAP_ACCESSOR_ROLE,
      ...(until && { until }),
      reason: `services.${service.key}.iap.access[${i}]`,
    })),
  ]);
  return { services, edges };
}

/** Who a caller is, for people. */
export function callerName(from: Caller): string {
  return "service" in from ? from.service : from.member;
}
