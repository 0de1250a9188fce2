/** Identity-Aware Proxy's own answers. `seen`: found in what is named; `assumed`: not. */
import type { Answer } from "../front-end/answers";

/** Marks every answer of the proxy's own. Source: https://cloud.google.com/iap/docs/query-parameters-and-headers-howto */
const GENERATED = { "X-Goog-IAP-Generated-Response": "true" };
const HTML = "text/html; charset=UTF-8";

/** Seen: `empty token`, under 302 and 401, in public transcripts. */
export const EMPTY_TOKEN = "empty token";

/** Seen: the form, the code and the type, in public transcripts of `Invalid IAP credentials: …`. */
export function invalidCredentials(what: string): Answer {
  return { code: 401, type: HTML, body: `Invalid IAP credentials: ${what}`, headers: GENERATED };
}

/** Seen: the body, the location and the cookie, in public transcripts of a request without a session. */
export function toSignIn(location: string, cookie: string): Answer {
  return {
    code: 302,
    type: HTML,
    body: `Invalid IAP credentials: ${EMPTY_TOKEN}`,
    headers: { ...GENERATED, Location: location, "Set-Cookie": cookie, ...UNCACHED },
  };
}

/** Seen: the code and the sentence, for a request that comes back from sign-in and does not hold. */
export function errorCode(number: number): Answer {
  const body = `There was a problem with your request. Please reference https://cloud.google.com/iap/docs/faq#error_codes. Error code ${number}`;
  return { code: 400, type: HTML, body, headers: GENERATED };
}

/** Seen: the sentence, in public reports of IAP without an OAuth client. Assumed: the code. */
export function noClient(): Answer {
  return { code: 400, type: HTML, body: "Empty Google Account OAuth client ID(s)/secret(s).", headers: GENERATED };
}

/** Assumed: the words; https://cloud.google.com/iap/docs/faq says that a detailed message is shown at iap.googleapis.com. */
export function redirectRefused(message: string): Answer {
  return { code: 400, type: "text/plain; charset=UTF-8", body: `${message}\n` };
}

/** Assumed: no body. */
export function found(location: string, cookies: readonly string[] = []): Answer {
  return {
    code: 302,
    type: HTML,
    body: "",
    headers: { ...GENERATED, Location: location, "Set-Cookie": cookies, ...UNCACHED },
  };
}

/**
 * Seen: the code and the sentence. That whoever is signed in to the wrong place finds a way to sign out there, in an
 * older https://cloud.google.com/iap/docs/special-urls-howto. Assumed: the rest of the page.
 */
export function noAccess(): Answer {
  const body = `<html><head><title>Error: Access Denied</title></head><body><h1>You don't have access</h1>
<p><a href="?gcp-iap-mode=CLEAR_LOGIN_COOKIE">Sign in as somebody else</a></p></body></html>
`;
  return { code: 403, type: HTML, body, headers: GENERATED };
}

/** Seen: that the body stays and the address is sent as it is, in CruGlobal/cru-iap, README.md. */
export function accessDeniedPage(location: string): Answer {
  return { ...noAccess(), code: 302, headers: { ...GENERATED, Location: location } };
}

/** Seen: the two keys. Source: https://cloud.google.com/iap/docs/query-parameters-and-headers-howto#passing_user_identity */
export function identity(email: string | undefined, sub: string): Answer {
  const body = `${JSON.stringify({ ...(email !== undefined && { email }), sub })}\n`;
  return { code: 200, type: "application/json; charset=UTF-8", body, headers: { ...GENERATED, ...UNCACHED } };
}

/** Seen: what it does and after how long. Source: https://cloud.google.com/iap/docs/sessions-howto. Assumed: the page. */
export function sessionRefresher(): Answer {
  const body = `<html><head><title>Session refresher</title><meta http-equiv="refresh" content="2700;url=?gcp-iap-mode=DO_SESSION_REFRESH"></head><body>This page keeps your session.</body></html>\n`;
  return { code: 200, type: HTML, body, headers: { ...GENERATED, ...UNCACHED } };
}

/** Assumed. */
const UNCACHED = { "Cache-Control": "private, no-cache, no-store, max-age=0" };
