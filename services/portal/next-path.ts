/** Paths that would lead round in a circle, or that Identity-Aware Proxy takes for its own. */
const NEVER = /^\/(login|logout|_gcp_iap)(\/|$)/i;

/** Any origin does: what is left of it has to be the same. */
const HERE = "https://here.invalid";

/**
 * Where somebody goes after the sign-in: a path of this origin, as a browser reads it, and nothing else. Browsers take a
 * backslash for a slash, drop tabs and line ends, and read what begins with two slashes as another host; a path with dots
 * may begin so once they are resolved.
 *
 * @param wanted `next` of the query, as it was sent
 * @returns the path with its query and fragment; "/" where `wanted` is absent or leads anywhere else
 */
export function nextPath(wanted: string | null): string {
  if (wanted === null || !/^\/[^\\\p{Cc}]*$/u.test(wanted) || !URL.canParse(wanted, HERE)) return "/";
  const { origin, pathname, search, hash, searchParams } = new URL(wanted, HERE);
  const isElsewhere = origin !== HERE || pathname.startsWith("//");
  if (isElsewhere || NEVER.test(pathname) || searchParams.has("gcp-iap-mode")) return "/";
  return pathname + search + hash;
}
