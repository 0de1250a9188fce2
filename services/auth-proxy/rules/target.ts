import { ServiceError } from "../../runtime/index";

/** Nothing here has to be decoded or looked at segment by segment. */
const PLAIN = /^\/[A-Za-z0-9!$&'()*+,.:=@_~/-]*$/;
const ALLOWED = /^[!-~]+$/;

/**
 * The path of a request's target, if every server on the way reads it alike: origin form, no dot segments, no empty
 * segments, no backslashes, encoded or not. Where a path has two readings, what is allowed here and what the backend
 * sees can differ. The target itself is passed on as it came.
 *
 * @throws ServiceError `path-ambiguous`, `request-malformed`
 */
export function pathOf(target: string): string {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  if (target.includes("#")) {
    throw new ServiceError("request-malformed", 'the target holds a "#"; a fragment is not sent');
  }
  if (query !== -1 && !ALLOWED.test(target)) throw notAscii();
  if (isPlain(path)) return path;
  if (!path.startsWith("/")) {
    throw new ServiceError("request-malformed", "the target is no path; allowed: /PATH, with the host in Host");
  }
  if (!ALLOWED.test(path)) throw notAscii();
  const read = decoded(path);
  const what = ambiguity(path, read);
  if (what) throw new ServiceError("path-ambiguous", `the path holds ${what}`);
  return path;
}

/** Whether a path lies under a prefix, by whole segments: `/chat` holds `/chat` and `/chat/1`, not `/chatter`. */
export function isUnder(path: string, prefix: string): boolean {
  if (prefix === "/") return true;
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/");
}

/** Finds the backend of a path: the longest prefix wins. */
export function createRoutes<T>(routes: ReadonlyMap<string, T>): (path: string) => T | undefined {
  const byLength = [...routes].sort(([a], [b]) => b.length - a.length);
  return (path) => {
    for (const [prefix, to] of byLength) if (isUnder(path, prefix)) return to;
    return undefined;
  };
}

function isPlain(path: string): boolean {
  return !path.includes("/.") && !path.includes("//") && PLAIN.test(path);
}

function ambiguity(path: string, read: string | undefined): string | undefined {
  if (read === undefined) return 'a "%" that encodes nothing';
  if (path.includes("//")) return "an empty segment (//)";
  if (read.includes("\\")) return "a backslash";
  if ([...read].some((character) => character < " " || character === "\u007f")) return "a control character";
  const segments = read.split("/").map((segment) => segment.split(";")[0]);
  if (segments.includes(".") || segments.includes("..")) return 'a "." or ".." segment';
  return undefined;
}

function decoded(path: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(path)) return undefined;
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function notAscii(): ServiceError {
  return new ServiceError("request-malformed", "the target holds a character that must be percent-encoded");
}
