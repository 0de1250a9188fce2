/** The few Google APIs that tokens need: public keys, discovery, and minting for somebody else. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ControlPlane } from "../../control-plane";
import { accountPath } from "../../control-plane/handlers/service-account";
import { projectOfEmail } from "../../control-plane/rules/members";
import { grantsOn, inForce } from "../front-end/invokers";
import type { Identities } from "./identities";
import { ISSUER, LIFETIME_SECONDS } from "./issuer";
import { firstAccessToken } from "./logins";

export const GOOGLE_HOSTS: readonly string[] = [
  "www.googleapis.com",
  "accounts.google.com",
  "oauth2.googleapis.com",
  "iamcredentials.googleapis.com",
  "www.gstatic.com",
];

/** Source: https://cloud.google.com/iam/docs/service-account-permissions */
const TOKEN_CREATOR = "roles/iam.serviceAccountTokenCreator";
const OPEN_ID_CREATOR = "roles/iam.serviceAccountOpenIdTokenCreator";

interface Options {
  readonly controlPlane: ControlPlane;
  readonly identities: Identities;
  readonly clock: () => Date;
}

interface Answer {
  readonly status?: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const cached = { "Cache-Control": "public, max-age=3600" };

/** Answers for a Google host, and returns the status. */
export type GoogleApis = (host: string, request: IncomingMessage, response: ServerResponse) => Promise<number>;

/** What is not played is a 404 that says so. */
export function googleApis(options: Options): GoogleApis {
  return async (host, request, response) => {
    const { pathname } = new URL(request.url ?? "/", `https://${host}`);
    const answer = await answerFor(`${host}${pathname}`, request, options).catch((thrown: Error) =>
      failure(400, "INVALID_ARGUMENT", thrown.message),
    );
    response.writeHead(answer.status ?? 200, { "Content-Type": "application/json; charset=UTF-8", ...answer.headers });
    response.end(`${JSON.stringify(answer.json, undefined, 2)}\n`);
    return answer.status ?? 200;
  };
}

async function answerFor(target: string, request: IncomingMessage, options: Options): Promise<Answer> {
  if (target === "www.googleapis.com/oauth2/v3/certs")
    return { json: await options.identities.issuer.keySet(), headers: cached };
  if (target === "www.gstatic.com/iap/verify/public_key-jwk")
    return { json: await options.identities.assertions.keySet(), headers: cached };
  if (target === "accounts.google.com/.well-known/openid-configuration") return { json: DISCOVERY, headers: cached };
  if (target === "oauth2.googleapis.com/token") return refresh(request, options);
  const minting = /^iamcredentials\.googleapis\.com\/v1\/projects\/-\/serviceAccounts\/([^/:]+):(generate\w+)$/;
  const [, account, call] = minting.exec(target) ?? [];
  if (account !== undefined && (call === "generateIdToken" || call === "generateAccessToken")) {
    return mint(decodeURIComponent(account), call, request, options);
  }
  return failure(404, "NOT_FOUND", `the sandbox does not play ${target}`);
}

/** Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken */
async function mint(account: string, call: string, request: IncomingMessage, options: Options): Promise<Answer> {
  const { controlPlane, clock } = options;
  const { directory, issuer } = options.identities;
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const caller = bearer === undefined ? undefined : issuer.holderOf(bearer);
  if (caller === undefined) {
    return failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
  }
  const body = JSON.parse((await text(request)) || "{}") as { audience?: string; includeEmail?: boolean };
  const roles = call === "generateIdToken" ? [TOKEN_CREATOR, OPEN_ID_CREATOR] : [TOKEN_CREATOR];
  const permission = call === "generateIdToken" ? "getOpenIdToken" : "getAccessToken";
  const project = projectOfEmail(account) ?? "-";
  const { members } = directory.identify(directory.subjectOf(caller));
  const mayMint = [accountPath(account, project), project]
    .flatMap((target) => grantsOn(controlPlane, target))
    .some((grant) => roles.includes(grant.role) && members.has(grant.member) && inForce(grant, clock()) !== false);
  if (!mayMint || directory.isGone(account)) {
    const denied = `Permission 'iam.serviceAccounts.${permission}' denied on resource (or it may not exist).`;
    return failure(403, "PERMISSION_DENIED", denied);
  }
  if (call === "generateAccessToken") {
    const { token, expiresAtMs } = issuer.accessToken(account);
    return { json: { accessToken: token, expireTime: new Date(expiresAtMs).toISOString() } };
  }
  if (!body.audience) return failure(400, "INVALID_ARGUMENT", "audience is required");
  const claims = body.includeEmail ? {} : { email: undefined, email_verified: undefined };
  return { json: { token: await issuer.idToken(directory.subjectOf(account), body.audience, { claims }) } };
}

/**
 * An access token for a refresh token; which client asks is not looked at.
 * Source: https://developers.google.com/identity/protocols/oauth2/web-server#offline, errors: RFC 6749 section 5.2
 */
async function refresh(request: IncomingMessage, { identities: { issuer } }: Options): Promise<Answer> {
  const form = new URLSearchParams(await text(request));
  if (form.get("grant_type") !== "refresh_token") return { status: 400, json: { error: "unsupported_grant_type" } };
  const first = firstAccessToken(form.get("refresh_token") ?? "");
  const email = first === undefined ? undefined : issuer.signedInWith(first);
  if (email === undefined) return { status: 400, json: { error: "invalid_grant", error_description: "Bad Request" } };
  const { token } = issuer.accessToken(email);
  return { json: { access_token: token, expires_in: LIFETIME_SECONDS - 1, scope: SCOPE, token_type: "Bearer" } };
}

/** What `gcloud auth application-default login` asks people for. */
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/** As Google publishes it, with what a verifier of ID tokens reads. */
const DISCOVERY = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/o/oauth2/v2/auth`,
  token_endpoint: "https://oauth2.googleapis.com/token",
  jwks_uri: "https://www.googleapis.com/oauth2/v3/certs",
  response_types_supported: ["code", "token", "id_token"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  claims_supported: ["aud", "email", "email_verified", "exp", "iat", "iss", "sub"],
};

function failure(code: number, status: string, message: string): Answer {
  return { status: code, json: { error: { code, message, status } } };
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > 100_000) throw new Error("the request is too large");
  }
  return body;
}
