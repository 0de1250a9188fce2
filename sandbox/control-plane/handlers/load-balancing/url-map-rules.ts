import { isObject, listAt, type Properties, type PropertyValue, textAt } from "../../properties";
import { invalidField } from "./parts";

/** Source: https://cloud.google.com/load-balancing/docs/url-map-concepts#pm-constraints */
const PATH = /^\/([^?#*]*\/)?(\*|[^?#*]*)$/;
const PATH_MAX = 1024;
const HOST = /^(\*|(\*[-.])?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)(:\d+)?$/;
const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Refuses hosts and paths that no request could be told apart by. Assumed: the words.
 * Source: https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps
 */
export function admitRouting(inputs: Properties): void {
  const matchers = listAt(inputs, "pathMatchers");
  admitHosts(listAt(inputs, "hostRules"), new Set(matchers.map((matcher) => textAt(matcher, "name"))));
  const names = new Set<string>();
  for (const [i, matcher] of matchers.entries()) {
    const name = textAt(matcher, "name") ?? "";
    const field = `pathMatchers[${i}]`;
    if (!NAME.test(name)) {
      throw invalidField(`${field}.name`, name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'");
    }
    if (names.has(name)) throw invalidField(`${field}.name`, name, "The name of a path matcher must be unique.");
    names.add(name);
    admitPaths(field, matcher);
    admitRedirect(`${field}.defaultUrlRedirect`, isObject(matcher) ? matcher["defaultUrlRedirect"] : undefined);
  }
  admitRedirect("defaultUrlRedirect", inputs["defaultUrlRedirect"]);
}

function admitHosts(rules: readonly PropertyValue[], matchers: ReadonlySet<string | undefined>): void {
  const seen = new Set<string>();
  for (const [i, rule] of rules.entries()) {
    const matcher = textAt(rule, "pathMatcher");
    if (!matchers.has(matcher)) {
      throw invalidField(`hostRules[${i}].pathMatcher`, matcher, "There is no path matcher of this name.");
    }
    for (const [j, host] of listAt(rule, "hosts").map(String).entries()) {
      const field = `hostRules[${i}].hosts[${j}]`;
      if (!HOST.test(host)) throw invalidField(field, host, "Must be a host name, '*', or begin with '*.' or '*-'.");
      if (seen.has(host)) throw invalidField(field, host, "A host may be in one host rule only.");
      seen.add(host);
    }
  }
}

function admitPaths(field: string, matcher: PropertyValue): void {
  const rules = listAt(matcher, "pathRules");
  if (rules.length > 0 && listAt(matcher, "routeRules").length > 0) {
    throw invalidField(field, "", "Only one of pathRules and routeRules may be set.");
  }
  const seen = new Set<string>();
  for (const [i, rule] of rules.entries()) {
    for (const [j, path] of listAt(rule, "paths").map(String).entries()) {
      const place = `${field}.pathRules[${i}].paths[${j}]`;
      if (!PATH.test(path) || path.length > PATH_MAX) {
        throw invalidField(place, path, "Must start with '/', and have '*' only at the end, after a '/'.");
      }
      if (seen.has(path)) throw invalidField(place, path, "A path may be in one path rule of a path matcher only.");
      seen.add(path);
    }
    admitRedirect(`${field}.pathRules[${i}].urlRedirect`, isObject(rule) ? rule["urlRedirect"] : undefined);
  }
}

function admitRedirect(field: string, redirect: PropertyValue | undefined): void {
  if (textAt(redirect, "pathRedirect") === undefined || textAt(redirect, "prefixRedirect") === undefined) return;
  throw invalidField(field, "", "Only one of pathRedirect and prefixRedirect may be set.");
}
