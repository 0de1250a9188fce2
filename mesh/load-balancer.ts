/** Decides every default of the load balancer, and what each service behind it is given. */
import type { LoadBalancerConfig, LoadBalancerSpec, Routed } from "./spec/load-balancer";
import { poolId } from "./workforce";

/** Source: https://cloud.google.com/armor/docs/rate-limiting-overview; the figure is ours. */
const RATE_LIMIT = { requests: 600, perSeconds: 60 } as const;

/** Id of the OAuth client that is made where people of a workforce pool sign in. */
export const OAUTH_CLIENT = "iap-gateway";

/** What is written may be a sound part of a config that is not. */
export type Written = Partial<LoadBalancerConfig>;

/** The load balancer as filled in; paths that are none are left out. */
export function fillLoadBalancer(written: Written, project: string): LoadBalancerSpec {
  const { domains = [], dnsZone, routes = {}, protection, order } = written;
  const { workforcePool, oauthClient, reauth } = written.iap ?? {};
  const { off, rules, rateLimit } = protection ?? {};
  return {
    domains: domains.map((domain) => domain.toLowerCase()),
    ...(dnsZone !== undefined && { dnsZone: zoneOf(dnsZone, project) }),
    routes: byLength(Object.keys(routes)).map((path) => ({ path: normalPath(path), service: routes[path]! })),
    iap: {
      ...(workforcePool !== undefined && { workforce: workforce(workforcePool, oauthClient) }),
      ...(reauth && { reauth: { ...reauth, method: reauth.method ?? "LOGIN" } }),
    },
    ...(off === undefined && {
      protection: { rateLimit: { ...RATE_LIMIT, ...rateLimit }, preview: rules === "preview" },
    }),
    servicesFirst: order === "services-first",
  };
}

/** What a load balancer as written leads to, by the key of the service. */
export function routedServices({ routes = {}, iap = {} }: Written): Map<string, Routed> {
  const everywhere = (iap.access ?? []).map((one, i) => ({ ...one, reason: `loadBalancer.iap.access[${i}]` }));
  const byService = new Map<string, string[]>();
  for (const path of byLength(Object.keys(routes))) {
    byService.set(routes[path]!, [...(byService.get(routes[path]!) ?? []), normalPath(path)]);
  }
  const byPath = new Map<string, Routed["access"]>();
  for (const [path, list] of Object.entries(iap.routes ?? {})) {
    const own = list.map((one, i) => ({ ...one, reason: `loadBalancer.iap.routes.${path}[${i}]` }));
    byPath.set(normalPath(path), [...(byPath.get(normalPath(path)) ?? []), ...own]);
  }
  return new Map(
    [...byService].map(([service, paths]) => {
      const own = paths.flatMap((path) => byPath.get(path) ?? []);
      return [service, { paths, access: [...everywhere, ...own] }];
    }),
  );
}

/** A path without a slash at its end. */
export function normalPath(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** The pool that people sign in with, and the client. */
export function workforce(pool: string, oauthClient = OAUTH_CLIENT) {
  return { pool: poolId(pool), oauthClient };
}

/** A zone by itself is the project's own. */
function zoneOf(written: string, own: string): { project: string; name: string } {
  const [, project = own, name = written] = /^projects\/([^/]+)\/managedZones\/([^/]+)$/.exec(written) ?? [];
  return { project, name };
}

function byLength(paths: readonly string[]): string[] {
  return paths.toSorted((a, b) => normalPath(b).length - normalPath(a).length || (a < b ? -1 : 1));
}
