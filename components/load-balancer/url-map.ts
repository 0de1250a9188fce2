/** Which backend service answers what, and what is sent elsewhere. */
import * as compute from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";

export interface UrlMapArgs {
  /** Project id. */
  readonly project: pulumi.Input<string>;
  /** Host names; the first answers, and whatever comes by another name is sent on to it. */
  readonly domains: readonly string[];
  /** Backend services by path: `/`, and others by whole segments. */
  readonly routes: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * The longest path wins whatever the order, and a service sees it whole.
 * Source: https://cloud.google.com/load-balancing/docs/url-map-concepts
 */
export function urlMap(
  name: string,
  { project, domains: [canonical = "", ...others], routes }: UrlMapArgs,
  opts: pulumi.CustomResourceOptions,
): compute.URLMap {
  const { "/": rest, ...paths } = routes;
  const elsewhere = { ...MOVED, hostRedirect: canonical };
  return new compute.URLMap(
    name,
    {
      project,
      // No service is asked under a name that is none of the domains, e.g. the bare address.
      defaultUrlRedirect: elsewhere,
      hostRules: [
        { hosts: [canonical], pathMatcher: "routes" },
        ...(others.length > 0 ? [{ hosts: others, pathMatcher: "to-first" }] : []),
      ],
      pathMatchers: [
        {
          name: "routes",
          defaultService: rest!,
          pathRules: Object.entries(paths).map(([path, service]) => ({ paths: [path, `${path}/*`], service })),
        },
        ...(others.length > 0 ? [{ name: "to-first", defaultUrlRedirect: elsewhere }] : []),
      ],
    },
    opts,
  );
}

/** Sends every request on to HTTPS, to the same host, path and query. */
export function redirectToHttps(
  name: string,
  project: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): compute.URLMap {
  return new compute.URLMap(name, { project, defaultUrlRedirect: { ...MOVED, httpsRedirect: true } }, opts);
}

const MOVED = { redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT", stripQuery: false };
