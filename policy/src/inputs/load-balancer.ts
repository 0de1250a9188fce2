/** How the load balancers of a stack lead to what is serverless, as far as its resources tell. */

import {
  BACKEND_SERVICES,
  FUNCTION_V1,
  FUNCTION_V2,
  NETWORK_ENDPOINT_GROUP,
  REGION_BACKEND_SERVICE,
  SERVICE,
  SERVICE_V1,
} from "../facts/tokens";
import type { StackResource } from "../rule";
import { readGiven } from "./given";
import { groupedBy, oncePerStack } from "./per-stack";
import { isFalse, type Reading, read } from "./read";
import { stackOf, textOf, type Workload } from "./stack";

/** A backend service, and the serverless network endpoint groups of the stack among its backends; at least one. */
export interface ServerlessBackend {
  readonly resource: StackResource;
  readonly groups: readonly StackResource[];
}

export const serverlessBackends = oncePerStack((resources): readonly ServerlessBackend[] => {
  const groups = resources.filter(isServerless);
  if (groups.length === 0) return [];
  const byUrn = new Map(groups.map((group) => [group.urn, group]));
  const byName = groupedBy(groups, ({ props }) => textsOf(read(props, "name")));
  return resources.flatMap((resource) => {
    if (!BACKEND.has(resource.type)) return [];
    const list = read(resource.props, "backends");
    const length = list.state === "known" && Array.isArray(list.value) ? list.value.length : 0;
    const links = Array.from({ length }, (_, i) => textOf(read(resource.props, "backends", i, "group")));
    const own = new Set([
      ...(resource.sources?.["backends"] ?? []).flatMap((urn) => byUrn.get(urn) ?? []),
      ...links.flatMap((link) => (link && byName.get(lastSegment(link))) || []),
    ]);
    return own.size === 0 ? [] : [{ resource, groups: [...own] }];
  });
});

const BACKEND: ReadonlySet<string> = new Set(BACKEND_SERVICES);

/** What a serverless group leads to; API Gateway, the one thing more, authenticates by its own configuration. */
const LEADS_TO = ["cloudRun", "cloudFunction", "appEngine"] as const;

function isServerless({ type, props, sources }: StackResource): boolean {
  if (type !== NETWORK_ENDPOINT_GROUP) return false;
  const kind = read(props, "networkEndpointType");
  const other = kind.state === "known" && kind.value !== "SERVERLESS";
  return !other && LEADS_TO.some((block) => sources?.[block] !== undefined || read(props, block).state !== "absent");
}

/** Default schemes: google_compute_backend_service, google_compute_region_backend_service and both forwarding rules. */
const INTERNAL_BY_DEFAULT: ReadonlySet<string> = new Set([REGION_BACKEND_SERVICE]);

/** Whether a backend service or a forwarding rule is certain to be reached from the internet. */
export function isExternal({ type, props }: Pick<StackResource, "type" | "props">): boolean {
  const scheme = read(props, "loadBalancingScheme");
  if (scheme.state === "absent") return !INTERNAL_BY_DEFAULT.has(type);
  return scheme.state === "known" && !textOf(scheme)?.startsWith("INTERNAL");
}

/**
 * Whether Identity-Aware Proxy guards a backend service. Up to version 6 the provider switched it on by an OAuth client
 * alone and knew no `enabled`.
 */
export function proxyOf(backend: StackResource): "on" | "off" | "unknown" {
  const iap = readGiven(backend, "iap");
  if (iap.state !== "known") return iap.state === "absent" ? "off" : "unknown";
  const enabled = readGiven(backend, "iap", "enabled");
  if (enabled.state === "absent") return textOf(readGiven(backend, "iap", "oauth2ClientId")) ? "on" : "off";
  return enabled.state === "unknown" ? "unknown" : isFalse(enabled.value) ? "off" : "on";
}

/** Whether a service has Identity-Aware Proxy itself, which then guards every way to it. */
export function ownProxyOf(service: StackResource): "on" | "off" | "unknown" {
  const keys = OWN_PROXY_AT.get(service.type);
  const enabled = keys === undefined ? undefined : readGiven(service, ...keys);
  if (enabled?.state !== "known") return enabled?.state === "unknown" ? "unknown" : "off";
  return isFalse(enabled.value) ? "off" : "on";
}

const OWN_PROXY_AT: ReadonlyMap<string, readonly [string, ...string[]]> = new Map([
  [SERVICE, ["iapEnabled"]],
  [SERVICE_V1, ["metadata", "annotations", "run.googleapis.com/iap-enabled"]],
]);

/** The backend services in front of each workload that one leads to, in the order of the stack. */
export const frontsOf = oncePerStack((resources): ReadonlyMap<Workload, readonly StackResource[]> => {
  const found = new Map<Workload, StackResource[]>();
  for (const { resource, groups } of serverlessBackends(resources)) {
    for (const workload of new Set(groups.flatMap((group) => workloadsBehind(group, resources)))) {
      found.set(workload, [...(found.get(workload) ?? []), resource]);
    }
  }
  return found;
});

/** By the name of a group's target; a Cloud Run function is a service of its own name, too. */
const TARGETS = [
  { keys: ["cloudRun", "service"], types: new Set([SERVICE, SERVICE_V1, FUNCTION_V2]) },
  { keys: ["cloudFunction", "function"], types: new Set([FUNCTION_V1, FUNCTION_V2]) },
] as const;

/** By name and by URN, which are never alike. */
const workloadIndex = oncePerStack((resources) => {
  const { workloads } = stackOf(resources);
  return groupedBy(workloads, ({ name, resource }) => [resource.urn, ...(name === undefined ? [] : [name])]);
});

/** The workloads of the stack that a serverless group names; one with a URL mask names none. */
export function workloadsBehind(group: StackResource, resources: readonly StackResource[]): readonly Workload[] {
  const index = workloadIndex(resources);
  const found = TARGETS.flatMap(({ keys, types }) => {
    const target = textOf(read(group.props, ...keys));
    const names = target === undefined ? (group.sources?.[keys[0]] ?? []) : [lastSegment(target)];
    return names.flatMap((name) => index.get(name) ?? []).filter(({ resource }) => types.has(resource.type));
  });
  // The same name in two regions is two services.
  const region = textOf(read(group.props, "region"));
  const near = found.filter(({ location }) => location !== undefined && location === region);
  return near.length > 0 ? near : found;
}

export function lastSegment(link: string): string {
  return link.slice(link.lastIndexOf("/") + 1);
}

const textsOf = (reading: Reading): readonly string[] => {
  const text = textOf(reading);
  return text === undefined ? [] : [text];
};
