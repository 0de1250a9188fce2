/** What Google tells of a token to whoever shows it. */
import { decodeProtectedHeader } from "jose";
import { TokenVerifier } from "../front-end/id-token";
import { DEFAULT_CREDENTIALS_CLIENT } from "../identity/user-tokens";
import { type ApiAnswer, type Call, failure, type Route, textOf } from "./api";

/**
 * Seen: the two endpoints' answers to a token that does not hold, in googlearchive/gplus-verifytoken-java pull request 4
 * and pulkitjalan/google-apiclient issue 38.
 */
const INVALID = { error: "invalid_token", error_description: "Invalid Value" };

const TARGET = /^(?:oauth2\.googleapis\.com\/tokeninfo|www\.googleapis\.com\/oauth2\/(v[123])\/tokeninfo)$/;

export const TOKEN_INFO: readonly Route[] = [
  { method: "GET", target: TARGET, answer: tokenInfo },
  { method: "POST", target: TARGET, answer: tokenInfo },
  {
    method: "GET",
    target: /^(?:www\.googleapis\.com\/oauth2\/v[123]|openidconnect\.googleapis\.com\/v1)\/userinfo$/,
    answer: userInfo,
  },
];

async function tokenInfo(call: Call): Promise<ApiAnswer> {
  const { request, parts, identities, clock } = call;
  const given = new URL(request.url ?? "/", "https://host.invalid").searchParams;
  if (request.method === "POST")
    for (const [name, value] of new URLSearchParams(await textOf(request))) given.set(name, value);
  const idToken = given.get("id_token");
  const told =
    idToken === null
      ? accessTokenInfo(given.get("access_token") ?? bearerOf(call) ?? "", call)
      : await idTokenInfo(idToken, new TokenVerifier(identities.issuer), clock());
  if (told) return { json: told };
  const { error_description } = INVALID;
  return { status: 400, json: parts[0] === "v2" || parts[0] === "v3" ? { error_description } : INVALID };
}

/** Every claim as text, and the header. Source: https://developers.google.com/identity/sign-in/web/backend-auth */
async function idTokenInfo(token: string, verifier: TokenVerifier, now: Date) {
  const verified = await verifier.verify(token, { now });
  if ("refused" in verified) return undefined;
  const { alg, kid, typ = "JWT" } = decodeProtectedHeader(token);
  const claims = Object.entries(verified.claims).map(([name, value]) => [name, String(value)]);
  return { ...Object.fromEntries(claims), alg, kid, typ };
}

/** Source: https://cloud.google.com/docs/authentication/token-types#access-contents. Assumed: the client of an account's token, which is its id. */
function accessTokenInfo(token: string, { identities: { issuer, directory }, clock }: Call) {
  const held = issuer.holderOf(token);
  if (!held) return undefined;
  const { email, expiresAtMs } = held;
  const { sub } = directory.subjectOf(email);
  const client = directory.isServiceAccount(email) ? sub : DEFAULT_CREDENTIALS_CLIENT;
  return {
    azp: client,
    aud: client,
    sub,
    scope: "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email openid",
    exp: String(Math.floor(expiresAtMs / 1000)),
    expires_in: String(Math.floor((expiresAtMs - clock().getTime()) / 1000)),
    email,
    email_verified: "true",
    access_type: "online",
  };
}

/** Source: https://developers.google.com/identity/openid-connect/openid-connect#obtaininguserprofileinformation */
function userInfo(call: Call): ApiAnswer {
  const { issuer, directory } = call.identities;
  const held = issuer.holderOf(bearerOf(call) ?? "");
  if (!held) return failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
  return { json: { sub: directory.subjectOf(held.email).sub, email: held.email, email_verified: true } };
}

function bearerOf({ request }: Call): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
}
