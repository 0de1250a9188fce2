/**
 * Finds what a URL map says about a request: the host rule, then in its path matcher the longest path that matches.
 * Source: https://cloud.google.com/load-balancing/docs/url-map-concepts
 */
import { at, listAt, objectAt, type Properties, type PropertyValue, textAt } from "../../control-plane/properties";

/** What a URL map leads a request to. */
export type Destination =
  | { readonly kind: "service" /** Name, id or link of a backend service. */; readonly service: string }
  | { readonly kind: "redirect"; readonly redirect: Properties }
  | { readonly kind: "not-played"; readonly what: string };

export interface Match {
  /** Host and path as the URL map has them, for the log: `ailab.example/a/*`; `default` where no rule matches. */
  readonly route: string;
  readonly destination: Destination;
}

/**
 * What a URL map says about a host and a path.
 *
 * @param host in lower case, without a port
 * @param path without its query; letters in another case are another path
 */
export function matchUrl(urlMap: Properties, host: string, path: string): Match {
  const rule = hostRule(urlMap, host);
  if (rule === undefined) return { route: "default", destination: destinationOf(urlMap, "default") };
  const matcher = listAt(urlMap, "pathMatchers").find((one) => at(one, "name") === at(rule.rule, "pathMatcher"));
  const found = listAt(matcher, "pathRules")
    .flatMap((pathRule) => listAt(pathRule, "paths").map((pattern) => ({ pathRule, pattern: String(pattern) })))
    .filter(({ pattern }) => matchesPath(pattern, path))
    .sort((a, b) => b.pattern.length - a.pattern.length)[0];
  if (found) return { route: `${rule.host}${found.pattern}`, destination: destinationOf(found.pathRule, "") };
  if (listAt(matcher, "routeRules").length > 0) {
    return { route: rule.host, destination: { kind: "not-played", what: "the route rules of a URL map" } };
  }
  return { route: `${rule.host} default`, destination: destinationOf(matcher, "default") };
}

/** Where a redirect of a URL map leads. Source: https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps (HttpRedirectAction) */
export function redirectTo(redirect: Properties, scheme: string, host: string, target: string) {
  const [path = "/", query] = target.split(/\?(.*)/s, 2);
  const newPath = textAt(redirect, "pathRedirect") ?? path;
  const kept = redirect["stripQuery"] === true || query === undefined ? "" : `?${query}`;
  const newScheme = redirect["httpsRedirect"] === true ? "https" : scheme;
  const code = REDIRECT_CODES[textAt(redirect, "redirectResponseCode") ?? ""] ?? 301;
  return { code, location: `${newScheme}://${textAt(redirect, "hostRedirect") ?? host}${newPath}${kept}` };
}

const REDIRECT_CODES: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** `*` stands for any left part of a name and is taken where no name fits better. */
function hostRule(urlMap: Properties, host: string) {
  const rules = listAt(urlMap, "hostRules").flatMap((rule) =>
    listAt(rule, "hosts").map((pattern) => ({ rule, host: String(pattern).toLowerCase() })),
  );
  const fits = (pattern: string) =>
    pattern === host || (pattern.startsWith("*") && host.endsWith(pattern.slice(1)) && host.length >= pattern.length);
  return rules
    .filter((one) => fits(one.host))
    .sort(
      (a, b) => Number(a.host.startsWith("*")) - Number(b.host.startsWith("*")) || b.host.length - a.host.length,
    )[0];
}

/** `/a/*` takes `/a/` and all below, not `/a`; a star stands nowhere else. */
function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

function destinationOf(owner: PropertyValue | undefined, prefix: "" | "default"): Destination {
  const name = (key: string) => (prefix === "" ? key[0]!.toLowerCase() + key.slice(1) : `${prefix}${key}`);
  const redirect = objectAt(owner, name("UrlRedirect"));
  if (Object.keys(redirect).length > 0) return { kind: "redirect", redirect };
  const service = textAt(owner, name("Service"));
  if (service !== undefined) return { kind: "service", service };
  return { kind: "not-played", what: "a URL map's route without a service and without a redirect" };
}
