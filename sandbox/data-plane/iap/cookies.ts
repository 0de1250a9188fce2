/**
 * Identity-Aware Proxy's cookies. Seen in public transcripts: the names, the value and the attributes of the nonce, that
 * the nonce lasts ten minutes. Assumed: what the number in the session's name is of, and the attributes of the others.
 */
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { IapResource } from "./resource";

const NONCE_PREFIX = "GCP_IAP_XSRF_NONCE_";
const SESSION_PREFIX = "__Host-GCP_IAP_AUTH_TOKEN_";
const USER = "GCP_IAP_UID";

const ATTRIBUTES = "path=/; Secure; HttpOnly";

/** The value of a cookie that a request carries. */
export function cookieIn(headers: IncomingHttpHeaders, name: string): string | undefined {
  return cookiesIn(headers).find((cookie) => cookie.name === name)?.value;
}

/** Says that a sign-in began in this browser, until it is over. */
export function nonceCookie(nonce: string, expires: Date): string {
  return `${NONCE_PREFIX}${nonce}=1; expires=${expires.toUTCString()}; ${ATTRIBUTES}`;
}

export function nonceName(nonce: string): string {
  return `${NONCE_PREFIX}${nonce}`;
}

/** Each guarded resource has a cookie of its own: a session counts for one, whatever the others on its host. */
export function sessionName({ audience }: IapResource): string {
  return SESSION_PREFIX + createHash("sha256").update(audience).digest("hex").slice(0, 16).toUpperCase();
}

/** What a browser gets that has signed in: the session, and who it is. The nonce has done its duty. */
export function signedInCookies(resource: IapResource, session: string, subject: string, nonce: string): string[] {
  return [
    `${sessionName(resource)}=${session}; ${ATTRIBUTES}`,
    `${USER}=${subject.replace(/^accounts\.google\.com:/, "")}; ${ATTRIBUTES}`,
    cleared(nonceName(nonce)),
  ];
}

/** Takes back every cookie of the proxy's that a request carries. */
export function clearedCookies(headers: IncomingHttpHeaders): string[] {
  const own = cookiesIn(headers).filter(({ name }) => {
    return name === USER || name.startsWith(SESSION_PREFIX) || name.startsWith(NONCE_PREFIX);
  });
  return own.map(({ name }) => cleared(name));
}

function cleared(name: string): string {
  return `${name}=; expires=Thu, 01 Jan 1970 00:00:00 GMT; ${ATTRIBUTES}`;
}

function cookiesIn({ cookie = "" }: IncomingHttpHeaders): { name: string; value: string }[] {
  return cookie.split(/;\s*/).flatMap((pair) => {
    const end = pair.indexOf("=");
    return end > 0 ? { name: pair.slice(0, end), value: pair.slice(end + 1) } : [];
  });
}
