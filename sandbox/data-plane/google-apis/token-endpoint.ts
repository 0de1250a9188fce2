/** Google's OAuth token endpoint: an access token for a refresh token, and a token for what a service account signed. */
import { createHash, createPublicKey, verify } from "node:crypto";
import type { Subject } from "../identity/directory";
import { LIFETIME_SECONDS } from "../identity/issuer";
import { firstAccessToken } from "../identity/logins";
import { DEFAULT_CREDENTIALS_CLIENT, userClaims } from "../identity/user-tokens";
import { workforceIdentity } from "../identity/workforce";
import { type ApiAnswer, type Call, oauthFailure, type Route, textOf } from "./api";

/**
 * All that are in use. `www.googleapis.com/oauth2/v4/token` is what google-auth for Python has for the credentials of
 * compute_engine.
 */
const ENDPOINTS: readonly string[] = [
  "oauth2.googleapis.com/token",
  "www.googleapis.com/oauth2/v4/token",
  "accounts.google.com/o/oauth2/token",
];

export const TOKEN_ENDPOINT: readonly Route[] = [
  {
    method: "POST",
    target: new RegExp(`^(?:${ENDPOINTS.map((one) => one.replaceAll(".", "\\.")).join("|")})$`),
    answer: exchange,
  },
];

async function exchange(call: Call): Promise<ApiAnswer> {
  const form = new URLSearchParams(await textOf(call.request));
  const grant = form.get("grant_type");
  if (grant === "refresh_token") return refresh(form, call);
  if (grant === "urn:ietf:params:oauth:grant-type:jwt-bearer") return assert(form.get("assertion") ?? "", call);
  throw oauthFailure("unsupported_grant_type", `Invalid grant_type: ${grant ?? ""}`);
}

/**
 * Whether the client is the one that the person signed in with is not looked at; the ID token is for it, whatever
 * `target_audience` says. People of a workforce pool have no Google account to be signed in with: they go to the Security
 * Token Service, which gives no ID tokens.
 * Source: https://developers.google.com/identity/protocols/oauth2/web-server#offline, errors: RFC 6749 section 5.2
 */
async function refresh(form: URLSearchParams, { identities: { issuer, directory } }: Call): Promise<ApiAnswer> {
  const first = firstAccessToken(form.get("refresh_token") ?? "");
  const { email, signedIn } = (first !== undefined && issuer.signedInWith(first)) || {};
  const isAccount = email !== undefined && !signedIn && !workforceIdentity(directory.person(email));
  if (!isAccount) throw oauthFailure("invalid_grant", "Bad Request");
  const token = accessToken(email, issuer);
  const client = form.get("client_id") ?? DEFAULT_CREDENTIALS_CLIENT;
  const claims = { ...userClaims(email, client), at_hash: hashOf(token.access_token) };
  const idToken = await issuer.idToken(directory.subjectOf(email), client, { claims });
  return { json: { ...token, scope: SCOPES, id_token: idToken } };
}

/** What `gcloud auth application-default login` asks people for. */
const SCOPES = [
  "openid",
  ...["userinfo.email", "cloud-platform", "sqlservice.login"].map((one) => `https://www.googleapis.com/auth/${one}`),
].join(" ");

/** Source: OpenID Connect Core 1.0, section 3.1.3.6 */
function hashOf(token: string): string {
  return createHash("sha256").update(token).digest().subarray(0, 16).toString("base64url");
}

/**
 * An ID token for the audience that a service account's assertion names, or an access token for its scope.
 * Source: https://developers.google.com/identity/protocols/oauth2/service-account; the texts of the errors were seen in
 * public reports. Delegation to people of a domain (`sub`) is not played.
 */
async function assert(assertion: string, call: Call): Promise<ApiAnswer> {
  const { directory, issuer } = call.identities;
  const claims = claimsIn(assertion);
  const account = accountOf(claims, call);
  if (!(await isSigned(assertion, account, call))) throw oauthFailure("invalid_grant", "Invalid JWT Signature.");
  const now = call.clock().getTime() / 1000;
  const { iat, exp, aud, sub, scope, target_audience: audience } = claims;
  if (typeof iat !== "number" || typeof exp !== "number" || exp <= now || iat > now + SKEW || exp - iat > LONGEST) {
    throw oauthFailure("invalid_grant", UNREASONABLE);
  }
  const endpoint = String(aud).replace(/^https:\/\//, "");
  if (!ENDPOINTS.includes(endpoint)) {
    throw oauthFailure(
      "invalid_grant",
      `Invalid JWT: Failed audience check. The right audience is https://${ENDPOINTS[0]}`,
    );
  }
  if (sub !== undefined && directory.accountNamed(String(sub)) !== account.email) {
    const description = "Client is unauthorized to retrieve access tokens using this method.";
    throw oauthFailure("unauthorized_client", description);
  }
  if (typeof audience === "string" && audience !== "") {
    return { json: { id_token: await issuer.idToken(account, audience, { claims: { azp: account.email } }) } };
  }
  if (typeof scope === "string" && scope.trim() !== "") return { json: accessToken(account.email, issuer) };
  throw oauthFailure("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
}

const LONGEST = 3600;

/** Assumed: how far Google lets clocks differ was not found in writing. */
const SKEW = 300;

const UNREASONABLE =
  "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. " +
  "Check your iat and exp values in the JWT claim.";

function accountOf({ iss }: Readonly<Record<string, unknown>>, { identities: { directory } }: Call): Subject {
  const email = directory.accountNamed(String(iss));
  const account = directory.account(email);
  if (!account || directory.isGone(email)) throw oauthFailure("invalid_grant", "Invalid grant: account not found");
  return directory.subjectOf(email);
}

/** Only the key that Google manages for the account is looked at; keys that people make are not played. */
async function isSigned(assertion: string, { sub }: Subject, { identities }: Call): Promise<boolean> {
  const { jwk } = await identities.accountKeys.of(sub);
  const [header = "", body = "", signed = ""] = assertion.split(".");
  const key = createPublicKey({ key: jwk as Record<string, unknown>, format: "jwk" });
  return verify("RSA-SHA256", Buffer.from(`${header}.${body}`), key, Buffer.from(signed, "base64url"));
}

function claimsIn(assertion: string): Readonly<Record<string, unknown>> {
  const [header, claims] = assertion.split(".").map((part) => {
    try {
      return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as unknown;
    } catch {
      return undefined;
    }
  });
  const isToken = (header as { alg?: unknown } | undefined)?.alg === "RS256";
  if (!isToken || typeof claims !== "object" || claims === null) {
    throw oauthFailure("invalid_grant", "Bad Request");
  }
  return claims as Record<string, unknown>;
}

function accessToken(email: string, issuer: Call["identities"]["issuer"]) {
  return { access_token: issuer.accessToken(email).token, expires_in: LIFETIME_SECONDS - 1, token_type: "Bearer" };
}
