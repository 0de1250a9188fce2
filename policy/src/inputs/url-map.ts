/** What a URL map does with a request: sends it to HTTPS, or something else. */

import { BACKEND_BUCKETS, BACKEND_SERVICES } from "../facts/tokens";
import type { StackResource } from "../rule";
import { oncePerStack } from "./per-stack";
import { type Place, placeAt, placesAt } from "./places";
import { isFalse } from "./read";

/** Where a URL map decides, and what the properties are called there. */
const DECISIONS = [
  ...["", "pathMatchers.*"].map((holder) => ({
    holder,
    service: "defaultService",
    redirect: "defaultUrlRedirect",
    action: "defaultRouteAction",
  })),
  ...["pathMatchers.*.pathRules.*", "pathMatchers.*.routeRules.*"].map((holder) => ({
    holder,
    service: "service",
    redirect: "urlRedirect",
    action: "routeAction",
  })),
];

export interface NoRedirect {
  readonly path: string;
  readonly does: "serves" | "redirects, but not to HTTPS";
}

/**
 * The first place at which a URL map is certain to do something else than to redirect to HTTPS. A bucket is no matter of
 * it: it is public, and asks for no cookie and no token.
 */
export function firstWithoutRedirect(map: StackResource, resources: readonly StackResource[]): NoRedirect | undefined {
  const below = ({ keys }: Place, key: string) => placeAt(map.props, ...keys, key);
  for (const { holder, service, redirect, action } of DECISIONS) {
    for (const place of placesAt(map.props, holder)) {
      const redirects = below(place, redirect);
      if (redirects.reading.state === "known") {
        const { reading } = below(redirects, "httpsRedirect");
        const isPlain = reading.state === "absent" || (reading.state === "known" && isFalse(reading.value));
        if (isPlain) return { path: redirects.path, does: "redirects, but not to HTTPS" };
      }
      if (redirects.reading.state !== "absent") continue;
      const weighted = `${[...place.keys, action].join(".")}.weightedBackendServices.*.backendService`;
      const serving = [below(place, service), ...placesAt(map.props, weighted)].find((target) =>
        isBackendService(target, map, resources),
      );
      if (serving !== undefined) return { path: serving.path, does: "serves" };
    }
  }
  return undefined;
}

/** A link that is not known yet is one to a backend service where the property takes values from no bucket. */
function isBackendService({ reading, keys }: Place, map: StackResource, resources: readonly StackResource[]): boolean {
  if (reading.state === "known") return typeof reading.value === "string" && !/\/backendBuckets\//i.test(reading.value);
  if (reading.state === "absent") return false;
  const types = typesByUrn(resources);
  const sources = (map.sources?.[String(keys[0])] ?? []).map((urn) => types.get(urn) ?? "");
  return (
    sources.some((type) => BACKEND_SERVICES.includes(type)) && !sources.some((type) => BACKEND_BUCKETS.includes(type))
  );
}

const typesByUrn = oncePerStack((resources) => new Map(resources.map(({ urn, type }) => [urn, type])));
