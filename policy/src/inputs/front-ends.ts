/** The part of a load balancer that clients meet: forwarding rules, the proxies that they lead to, and their URL maps. */

import {
  FORWARDING_RULES,
  REGION_TARGET_HTTP_PROXY,
  REGION_TARGET_HTTPS_PROXY,
  REGION_URL_MAP,
  TARGET_HTTP_PROXY,
  TARGET_HTTPS_PROXY,
  URL_MAP,
} from "../facts/tokens";
import type { StackResource } from "../rule";
import { isExternal, lastSegment } from "./load-balancer";
import { groupedBy, oncePerStack } from "./per-stack";
import { read } from "./read";
import { textOf } from "./stack";

/** What stands before the name in a link to a proxy that may be internal: projects/PROJECT/global/targetHttpProxies/NAME. */
const COLLECTIONS: ReadonlyMap<string, string> = new Map([
  [TARGET_HTTP_PROXY, "targethttpproxies"],
  [REGION_TARGET_HTTP_PROXY, "targethttpproxies"],
  [TARGET_HTTPS_PROXY, "targethttpsproxies"],
  [REGION_TARGET_HTTPS_PROXY, "targethttpsproxies"],
]);

const FORWARDS: ReadonlySet<string> = new Set(FORWARDING_RULES);

/** Forwarding rules by what they lead to: by its URN, or by the end of the link. */
const rulesByTarget = oncePerStack((resources) =>
  groupedBy(
    resources.filter(({ type }) => FORWARDS.has(type)),
    ({ props, sources }) => {
      const target = textOf(read(props, "target"));
      const end = target === undefined ? [] : [target.split("/").slice(-2).join("/").toLowerCase()];
      return [...(sources?.["target"] ?? []), ...end];
    },
  ),
);

/** Whether every forwarding rule of the stack that leads to a proxy is internal, or may be; false where none leads there. */
export function isInternalOnly(proxy: StackResource, resources: readonly StackResource[]): boolean {
  const byTarget = rulesByTarget(resources);
  const name = textOf(read(proxy.props, "name"));
  const link = name && `${COLLECTIONS.get(proxy.type)}/${name}`;
  const rules = [...(byTarget.get(proxy.urn) ?? []), ...((link && byTarget.get(link)) || [])];
  return rules.length > 0 && !rules.some(isExternal);
}

const URL_MAP_OF: ReadonlyMap<string, string> = new Map([
  [TARGET_HTTP_PROXY, URL_MAP],
  [REGION_TARGET_HTTP_PROXY, REGION_URL_MAP],
]);

const urlMaps = oncePerStack((resources) =>
  groupedBy(
    resources.filter(({ type }) => type === URL_MAP || type === REGION_URL_MAP),
    ({ type, urn, props }) => {
      const name = textOf(read(props, "name"));
      return [urn, ...(name === undefined ? [] : [`${type} ${name}`])];
    },
  ),
);

/** Undefined where no URL map of the stack is told to be it. */
export function urlMapOf(proxy: StackResource, resources: readonly StackResource[]): StackResource | undefined {
  const maps = urlMaps(resources);
  const link = textOf(read(proxy.props, "urlMap"));
  const named = link === undefined ? [] : maps.get(`${URL_MAP_OF.get(proxy.type)} ${lastSegment(link)}`);
  return named?.[0] ?? proxy.sources?.["urlMap"]?.flatMap((urn) => maps.get(urn) ?? [])[0];
}
