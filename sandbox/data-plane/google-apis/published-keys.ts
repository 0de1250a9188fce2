/** The public keys with which anybody verifies what Google signs, in the formats in which Google publishes them. */
import { createPublicKey } from "node:crypto";
import { selfSignedCertificate } from "../certificate";
import { ISSUER } from "../identity/issuer";
import type { SigningKey } from "../identity/signing-key";
import { type ApiAnswer, type Call, failure, type Route } from "./api";

const headers = { "Cache-Control": "public, max-age=3600" };

export const PUBLISHED_KEYS: readonly Route[] = [
  {
    method: "GET",
    target: /^accounts\.google\.com\/\.well-known\/openid-configuration$/,
    answer: () => ({ json: DISCOVERY, headers }),
  },
  {
    method: "GET",
    target: /^www\.googleapis\.com\/oauth2\/v3\/certs$/,
    answer: async ({ identities }) => ({ json: await identities.issuer.keySet(), headers }),
  },
  {
    method: "GET",
    target: /^www\.googleapis\.com\/oauth2\/v1\/certs$/,
    answer: async ({ identities }) => certificate(await identities.issuer.signingKey(), SIGN_ON),
  },
  {
    method: "GET",
    target: /^www\.gstatic\.com\/iap\/verify\/public_key-jwk$/,
    answer: async ({ identities }) => ({ json: await identities.assertions.keySet(), headers }),
  },
  {
    method: "GET",
    target: /^www\.gstatic\.com\/iap\/verify\/public_key$/,
    answer: async ({ identities }) => {
      const { keys } = await identities.assertions.keySet();
      const pems = keys.map((jwk) => [
        jwk.kid,
        createPublicKey({ key: jwk as Record<string, unknown>, format: "jwk" }).export({ type: "spki", format: "pem" }),
      ]);
      return { json: Object.fromEntries(pems), headers };
    },
  },
  // The older place under robot/, the other is named in the reference of signBlob.
  {
    method: "GET",
    target: /^www\.googleapis\.com\/(?:robot|service_accounts)\/v1\/(?:metadata\/)?jwk\/([^/]+)$/,
    answer: (call) => ofAccount(call, ({ jwk }) => ({ json: { keys: [jwk] }, headers })),
  },
  {
    method: "GET",
    target: /^www\.googleapis\.com\/(?:robot|service_accounts)\/v1\/metadata\/x509\/([^/]+)$/,
    answer: (call) => ofAccount(call, certificate),
  },
];

/** The subject of the certificates at `oauth2/v1/certs`. */
const SIGN_ON = "federated-signon.system.gserviceaccount.com";

async function certificate(key: SigningKey, subject: string): Promise<ApiAnswer> {
  return { json: { [key.id]: await selfSignedCertificate(subject, key) }, headers };
}

async function ofAccount(
  { parts, identities: { directory, accountKeys } }: Call,
  answer: (key: SigningKey, name: string) => ApiAnswer | Promise<ApiAnswer>,
): Promise<ApiAnswer> {
  const email = directory.accountNamed(parts[0] ?? "");
  if (!directory.account(email)) return failure(404, "NOT_FOUND", "Requested entity was not found.");
  return answer(await accountKeys.of(directory.subjectOf(email).sub), email.replace("@", "."));
}

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
