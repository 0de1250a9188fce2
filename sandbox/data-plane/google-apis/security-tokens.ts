/**
 * The Security Token Service: access tokens for people of workforce pools. It gives no ID tokens, as no Google account is
 * behind one of them. Sources: https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token and
 * https://cloud.google.com/iam/docs/workforce-manage-oauth-app; RFC 8693. Seen: the sentence about the audience.
 */
import { firstAccessToken, refreshTokenFor } from "../identity/logins";
import { workforceIdentity } from "../identity/workforce";
import { type SignedIn, SignInError } from "../sign-in/sign-in";
import { type ApiAnswer, type Call, oauthFailure, type Route, textOf } from "./api";

export const SECURITY_TOKENS: readonly Route[] = [
  { method: "POST", target: /^sts\.googleapis\.com\/v1\/token$/, answer: (call) => told(exchange, call) },
  { method: "POST", target: /^sts\.googleapis\.com\/v1\/oauthtoken$/, answer: (call) => told(forCode, call) },
  { method: "POST", target: /^sts\.googleapis\.com\/v1\/introspect$/, answer: (call) => told(introspect, call) },
];

const TOKEN_TYPE = "urn:ietf:params:oauth:token-type:";
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const AUDIENCE = /^\/\/iam\.googleapis\.com\/(locations\/global\/workforcePools\/[a-z0-9-]+\/providers\/[a-z0-9-]+)$/;

const NO_AUDIENCE =
  'Invalid value for "audience". This value should be the full resource name of the Identity Provider. ' +
  "See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.";

async function told(answer: (form: URLSearchParams, call: Call) => Promise<ApiAnswer>, call: Call): Promise<ApiAnswer> {
  try {
    return await answer(new URLSearchParams(await textOf(call.request)), call);
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    throw oauthFailure(error.error, error.message, error.error === "invalid_client" ? 401 : 400);
  }
}

/** An access token for what a provider of a workforce pool has signed. */
async function exchange(form: URLSearchParams, call: Call): Promise<ApiAnswer> {
  if (form.get("grant_type") !== EXCHANGE) {
    throw oauthFailure("unsupported_grant_type", `Invalid value for "grantType": it should be ${EXCHANGE}`);
  }
  const provider = AUDIENCE.exec(form.get("audience") ?? "")?.[1];
  if (provider === undefined) throw oauthFailure("invalid_request", NO_AUDIENCE);
  if (form.get("requested_token_type") !== `${TOKEN_TYPE}access_token`) {
    throw oauthFailure(
      "invalid_request",
      `Invalid value for "requestedTokenType": it should be ${TOKEN_TYPE}access_token`,
    );
  }
  const types = [`${TOKEN_TYPE}id_token`, `${TOKEN_TYPE}jwt`];
  if (!types.includes(form.get("subject_token_type") ?? "")) {
    const description = `Invalid value for "subjectTokenType": the sandbox takes ${types.join(" and ")}`;
    throw oauthFailure("invalid_request", description);
  }
  const signedIn = await call.workforce.exchange(provider, form.get("subject_token") ?? "");
  const issued = { issued_token_type: `${TOKEN_TYPE}access_token`, ...accessToken(signedIn, call) };
  return { json: issued, reason: `token for ${signedIn.principal}` };
}

/** An access token for a code, or for a refresh token that came with one; for OAuth clients of IAM. */
async function forCode(form: URLSearchParams, call: Call): Promise<ApiAnswer> {
  const { clientId, clientSecret } = clientOf(form, call);
  const grant = form.get("grant_type");
  if (grant === "authorization_code") {
    const [code, redirectUri] = [form.get("code") ?? "", form.get("redirect_uri") ?? ""];
    const codeVerifier = form.get("code_verifier") ?? undefined;
    const signedIn = await call.workforce.redeem({ code, redirectUri, clientId, clientSecret, codeVerifier });
    if (signedIn.source !== "workforce") throw oauthFailure("invalid_grant", "the code is another endpoint's");
    const token = accessToken(signedIn, call);
    return { json: { ...token, refresh_token: refreshTokenFor(token.access_token), scope: SCOPE } };
  }
  if (grant !== "refresh_token") throw oauthFailure("unsupported_grant_type", `Invalid grant_type: ${grant ?? ""}`);
  call.workforce.authenticate(clientId, clientSecret);
  const { issuer, directory } = call.identities;
  const first = firstAccessToken(form.get("refresh_token") ?? "");
  const { email, signedIn } = (first !== undefined && issuer.signedInWith(first)) || {};
  const isOfPool = email !== undefined && (signedIn ?? workforceIdentity(directory.person(email))) !== undefined;
  if (!isOfPool) throw oauthFailure("invalid_grant", "the session has ended, or there was none");
  const { token, expiresAtMs } = issuer.accessToken(email, signedIn);
  return {
    json: { access_token: token, expires_in: secondsUntil(expiresAtMs, call), token_type: "Bearer", scope: SCOPE },
  };
}

/** Source: https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/introspect; assumed: which fields it has. */
async function introspect(form: URLSearchParams, call: Call): Promise<ApiAnswer> {
  const { clientId, clientSecret } = clientOf(form, call);
  call.workforce.authenticate(clientId, clientSecret);
  const { signedIn } = call.identities.issuer.holderOf(form.get("token") ?? "") ?? {};
  if (!signedIn) return { json: { active: false } };
  return { json: { active: true, username: signedIn.principal, iss: "https://sts.googleapis.com/", scope: SCOPE } };
}

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

function accessToken(signedIn: SignedIn, call: Call) {
  const { token, expiresAtMs } = call.identities.issuer.accessToken(signedIn.email, signedIn);
  return { access_token: token, token_type: "Bearer", expires_in: secondsUntil(expiresAtMs, call) };
}

function secondsUntil(expiresAtMs: number, { clock }: Call): number {
  return Math.floor((expiresAtMs - clock().getTime()) / 1000);
}

/** By header or by form. Source: RFC 6749, section 2.3.1 */
function clientOf(form: URLSearchParams, { request }: Call) {
  const encoded = /^Basic ([\w+/=-]+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (encoded === undefined)
    return { clientId: form.get("client_id") ?? "", clientSecret: form.get("client_secret") ?? "" };
  const [clientId = "", clientSecret = ""] = Buffer.from(encoded, "base64").toString("utf8").split(/:(.*)/s);
  return { clientId, clientSecret };
}
