/**
 * The Service Account Credentials API: tokens and signatures in the name of a service account.
 * Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts
 */
import type { Subject } from "../identity/directory";
import type { Holder } from "../identity/issuer";
import { signature, signedToken } from "../identity/signing-key";
import { type AccountPermission, refusedUse } from "./account-permissions";
import { type ApiAnswer, ApiFailure, type Call, failure, fieldsOf, invalidArgument, type Route } from "./api";

type Fields = Readonly<Record<string, unknown>>;

interface Method {
  readonly permission: AccountPermission;
  answer(account: Subject, fields: Fields, call: Call): unknown;
}

const METHODS: Readonly<Record<string, Method>> = {
  generateAccessToken: { permission: "getAccessToken", answer: generateAccessToken },
  generateIdToken: { permission: "getOpenIdToken", answer: generateIdToken },
  signBlob: { permission: "signBlob", answer: signBlob },
  signJwt: { permission: "signJwt", answer: signJwt },
};

/** Google takes `-` alone for the project. */
const ACCOUNTS = /^iamcredentials\.googleapis\.com\/v1\/projects\/-\/serviceAccounts\/([^/:]+)/;

export const CREDENTIALS: readonly Route[] = [
  ...Object.entries(METHODS).map(
    ([name, method]): Route => ({
      method: "POST",
      target: new RegExp(`${ACCOUNTS.source}:${name}$`),
      answer: (call) => use(method, call),
    }),
  ),
  {
    method: "GET",
    target: new RegExp(`${ACCOUNTS.source}/allowedLocations$`),
    answer: (call) => allowedLocations(call),
  },
];

/** Whoever the request's access token is for. @throws ApiFailure */
function callerOf({ request, identities: { issuer } }: Call): Holder {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const caller = bearer === undefined ? undefined : issuer.holderOf(bearer);
  if (caller !== undefined) return caller;
  throw new ApiFailure(failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."));
}

/**
 * No account has a boundary here. Libraries look one up beside their first token.
 * Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/getAllowedLocations;
 * assumed: that an account may ask for itself without a grant.
 */
function allowedLocations(call: Call): ApiAnswer {
  callerOf(call);
  return { json: { locations: [], encodedLocations: "0x0" } };
}

async function use({ permission, answer }: Method, call: Call): Promise<ApiAnswer> {
  const { request, parts, controlPlane, clock } = call;
  const { directory } = call.identities;
  const caller = callerOf(call);
  const fields = await fieldsOf(request);
  const account = directory.accountNamed(parts[0] ?? "");
  const judges = { controlPlane, directory, now: clock() };
  let user = caller;
  for (const delegate of delegatesIn(fields).map((name) => directory.accountNamed(name))) {
    const refused = refusedUse({ user, permission: "implicitDelegation", account: delegate }, judges);
    if (refused !== undefined) throw denied("implicitDelegation", refused);
    user = { email: delegate };
  }
  const refused = refusedUse({ user, permission, account }, judges);
  if (refused !== undefined) throw denied(permission, refused);
  return { json: await answer(directory.subjectOf(account), fields, call) };
}

function generateAccessToken({ email }: Subject, _: Fields, { identities }: Call) {
  const { token, expiresAtMs } = identities.issuer.accessToken(email);
  return { accessToken: token, expireTime: new Date(expiresAtMs).toISOString() };
}

async function generateIdToken(account: Subject, fields: Fields, { identities }: Call) {
  const { audience } = fields;
  if (typeof audience !== "string" || audience === "") throw invalidArgument("audience is required");
  const claims = {
    ...(isTrue(fields["useEmailAzp"]) && { azp: account.email }),
    ...(!isTrue(fields["includeEmail"]) && { email: undefined, email_verified: undefined }),
  };
  return { token: await identities.issuer.idToken(account, audience, { claims }) };
}

async function signBlob({ sub }: Subject, { payload }: Fields, { identities }: Call) {
  if (typeof payload !== "string" || !/^[\w+/-]+={0,2}$/.test(payload)) {
    throw invalidArgument("payload is required: the bytes to sign, in base64");
  }
  const key = await identities.accountKeys.of(sub);
  return { keyId: key.id, signedBlob: signature(Buffer.from(payload, "base64"), key).toString("base64") };
}

/** Source of the twelve hours: the reference of `signJwt`. */
const LONGEST_JWT_SECONDS = 12 * 3600;

async function signJwt({ sub }: Subject, { payload }: Fields, { identities, clock }: Call) {
  const claims = claimsIn(payload);
  const { exp } = claims;
  const latest = clock().getTime() / 1000 + LONGEST_JWT_SECONDS;
  if (exp !== undefined && !(typeof exp === "number" && Number.isInteger(exp) && exp <= latest)) {
    throw invalidArgument("payload: exp is no integer, or more than 12 hours from now");
  }
  const key = await identities.accountKeys.of(sub);
  return { keyId: key.id, signedJwt: signedToken(claims, key) };
}

function claimsIn(payload: unknown): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(String(payload));
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) {
      return claims as Record<string, unknown>;
    }
  } catch {
    // Said below, as for JSON of another kind.
  }
  throw invalidArgument("payload is required: the claims to sign, as JSON in a string");
}

/** `projects/-/serviceAccounts/NAME` each. JSON of protocol buffers takes null for nothing; google-auth for Python sends it. */
function delegatesIn({ delegates }: Fields): string[] {
  const named = Array.isArray(delegates) ? delegates : [delegates ?? []].flat();
  return named.map((one) => {
    const name = /^projects\/-\/serviceAccounts\/([^/:]+)$/.exec(String(one))?.[1];
    if (name === undefined) throw invalidArgument("delegates: each is projects/-/serviceAccounts/ACCOUNT");
    return name;
  });
}

/** JSON of protocol buffers takes the text for the value; google-auth for Python sends it. */
function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** Seen: the words and the details, in many reports of a missing `roles/iam.serviceAccountTokenCreator`. */
function denied(permission: AccountPermission, reason: string): ApiFailure {
  const name = `iam.serviceAccounts.${permission}`;
  const message = `Permission '${name}' denied on resource (or it may not exist).`;
  const details = [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "IAM_PERMISSION_DENIED",
      domain: "iam.googleapis.com",
      metadata: { permission: name },
    },
  ];
  const json = { error: { code: 403, message, status: "PERMISSION_DENIED", details } };
  return new ApiFailure({ status: 403, json, reason });
}
