/**
 * What a request asks of Identity-Aware Proxy itself, by `gcp-iap-mode` in its query or by an older address.
 * Sources: https://cloud.google.com/iap/docs/query-parameters-and-headers-howto and, of 2018 to 2020,
 * https://cloud.google.com/iap/docs/special-urls-howto
 */
import type { AssertionFlaw } from "../identity/assertions";

const MODES = [
  "AUTHENTICATING",
  "IDENTITY",
  "CLEAR_LOGIN_COOKIE",
  "DO_SESSION_REFRESH",
  "SESSION_REFRESHER",
  "SECURE_TOKEN_TEST",
] as const;
export type Mode = (typeof MODES)[number];

const FLAWS: readonly string[] = ["FUTURE_ISSUE", "PAST_EXPIRATION", "ISSUER", "AUDIENCE", "SIGNATURE"];

const ADDRESS = /^\/_gcp_iap\/(identity|clear_login_cookie|do_session_refresh|session_refresher)$/;

export interface Asked {
  /** Undefined for everything that is the application's. */
  readonly mode: Mode | undefined;
  /** How the assertion is to be wrong; undefined for one that is good. */
  readonly flaw: AssertionFlaw | undefined;
  /** The application's own address: without what is the proxy's. */
  readonly withoutMode: string;
}

export function modeOf(target: string): Asked {
  const [path = "/", query = ""] = target.split(/\?(.*)/s, 2);
  const [, address] = ADDRESS.exec(path) ?? [];
  const parameters = new URLSearchParams(query);
  const named = parameters.get("gcp-iap-mode") ?? address?.toUpperCase();
  const mode = MODES.find((one) => one === named);
  const flaw = parameters.get("iap-secure-token-test-type") ?? "";
  const rest = query.split("&").filter((pair) => pair !== "" && !new URLSearchParams(pair).has("gcp-iap-mode"));
  return {
    mode,
    flaw: mode === "SECURE_TOKEN_TEST" && FLAWS.includes(flaw) ? (flaw as AssertionFlaw) : undefined,
    withoutMode: address === undefined ? `${path}${rest.length > 0 ? `?${rest.join("&")}` : ""}` : "/",
  };
}
