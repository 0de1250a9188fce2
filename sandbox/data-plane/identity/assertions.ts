/**
 * Signs assertions as Identity-Aware Proxy does. Sources: https://cloud.google.com/iap/docs/signed-headers-howto; for a
 * service's audience and a workforce identity, captured tokens in public READMEs (veggiemonk/cloud-run-auth, CruGlobal/cru-iap).
 */
import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from "node:crypto";
import { promisify } from "node:util";
import { exportJWK, type JWK } from "jose";
import type { Subject } from "./directory";
import { hostedDomain } from "./user-tokens";
import type { WorkforceIdentity } from "./workforce";

const ISSUER = "https://cloud.google.com/iap";

/** The longest life that Google's page allows without its tolerance for clocks. */
const LIFETIME_SECONDS = 600;

/**
 * What is wrong with an assertion that somebody asked for to test an application.
 * Source: https://cloud.google.com/iap/docs/query-parameters-and-headers-howto#testing_jwt_verification
 */
export type AssertionFlaw = "FUTURE_ISSUE" | "PAST_EXPIRATION" | "ISSUER" | "AUDIENCE" | "SIGNATURE";

/** Assumed: how far; more than the 30 s that clocks may differ. */
const SHIFTED_SECONDS: Partial<Record<AssertionFlaw, number>> = {
  FUTURE_ISSUE: 300,
  PAST_EXPIRATION: -LIFETIME_SECONDS - 300,
};

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly jwk: JWK & { readonly kid: string };
}

export class AssertionSigner {
  #made: Promise<SigningKey> | undefined;

  constructor(private readonly clock: () => Date) {}

  /** The value of `X-Goog-IAP-JWT-Assertion`. */
  async assertion(identity: IdentityClaims, audience: string, flaw?: AssertionFlaw): Promise<string> {
    const { privateKey, jwk } = await this.#key();
    const iat = Math.floor(this.clock().getTime() / 1000) + (flaw === undefined ? 0 : (SHIFTED_SECONDS[flaw] ?? 0));
    const aud = flaw === "AUDIENCE" ? `${audience}-wrong` : audience;
    const iss = flaw === "ISSUER" ? `${ISSUER}-wrong` : ISSUER;
    const body = [
      { alg: "ES256", typ: "JWT", kid: jwk.kid },
      { iss, aud, azp: aud, iat, exp: iat + LIFETIME_SECONDS, ...identity },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const signature = sign("SHA256", Buffer.from(body), { key: privateKey, dsaEncoding: "ieee-p1363" });
    if (flaw === "SIGNATURE") signature[0]! ^= 1;
    return `${body}.${signature.toString("base64url")}`;
  }

  /** What `https://www.gstatic.com/iap/verify/public_key-jwk` answers. */
  async keySet(): Promise<{ keys: JWK[] }> {
    return { keys: [(await this.#key()).jwk] };
  }

  #key(): Promise<SigningKey> {
    this.#made ??= makeKey();
    return this.#made;
  }
}

/** What an assertion says of whom it is for. */
export interface IdentityClaims {
  /** Namespace and id, with a colon between. */
  readonly sub: string;
  /** Not there for people of a workforce pool whose provider maps nothing to `google.email`. */
  readonly email?: string;
}

/**
 * Google accounts are in the namespace `accounts.google.com`, by their number; people of a workforce pool in
 * `sts.google.com`, by a text that means nothing, and by their principal.
 */
export function identityClaims(
  { email, sub }: Subject,
  workforce: WorkforceIdentity | undefined,
  verifiedEmail: string | undefined,
): IdentityClaims {
  if (workforce === undefined) {
    const hd = hostedDomain(email);
    return { sub: `accounts.google.com:${sub}`, email, ...{ identity_source: "GOOGLE", ...(hd && { hd }) } };
  }
  const { principal, pool } = workforce;
  const opaque = createHash("sha256").update(principal).digest("base64url");
  return {
    sub: `sts.google.com:AAFTZ${opaque}`,
    ...(verifiedEmail !== undefined && { email: verifiedEmail }),
    ...{ identity_source: "WORKFORCE_IDENTITY" },
    ...{ workforce_identity: { iam_principal: principal, workforce_pool_name: pool } },
  };
}

/**
 * The unsigned headers beside the assertion; they name the same person in the same namespace. Source for Google accounts:
 * https://cloud.google.com/iap/docs/identity-howto. Seen for a workforce pool: the namespace of the address, in a captured
 * request (CruGlobal/cru-iap, e2e/README.md). Source for an address that is empty:
 * https://cloud.google.com/iap/docs/use-workforce-identity-federation. Assumed: the id of a workforce pool's people.
 */
export function identityHeaders({ sub, email }: IdentityClaims): string[] {
  const [namespace] = sub.split(":", 1);
  const address = email === undefined ? "" : `${namespace}:${email}`;
  return [...["X-Goog-Authenticated-User-Email", address], ...["X-Goog-Authenticated-User-Id", sub]];
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  const kid = randomBytes(5).toString("base64url").slice(0, 6);
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" } };
}
