import { createHash, verify } from "node:crypto";
import { type Clock, ServiceError } from "../../runtime/index";
import type { KeySource } from "./keys";

/** Who sent a request, as Identity-Aware Proxy says. */
export interface UserIdentity {
  /**
   * Stable: `sub` of a Google account, `accounts.google.com:1234`; the principal of somebody in a workforce pool,
   * `principal://iam.googleapis.com/…`, whose `sub` is an opaque text.
   */
  readonly user: string;
  /** Absent for a workforce pool that maps none. */
  readonly email?: string;
}

export interface VerifierOptions {
  /** What `aud` must be one of; never empty. */
  readonly audiences: readonly string[];
  readonly keys: KeySource;
  readonly clock: Clock;
}

const ISSUER = "https://cloud.google.com/iap";
const LEEWAY_SECONDS = 30;
/** Longest life that Google gives an assertion. Source: https://cloud.google.com/iap/docs/signed-headers-howto */
const LONGEST_LIFE_SECONDS = 600;
/** Same bytes, same answer: IAP may repeat an assertion, and a signature costs more to check than a request to forward. */
const REMEMBERED = 1_000;

/**
 * Checks assertions of IAP: ES256 with one of Google's keys, issuer, audience, `iat` and `exp` with 30 s of leeway.
 *
 * @returns throws ServiceError `identity-missing`, `identity-invalid`, `identity-keys-unavailable`
 */
export function createVerifier({ audiences, keys, clock }: VerifierOptions) {
  const remembered = new Map<string, { identity: UserIdentity; untilMs: number }>();

  return async (assertion: string | undefined): Promise<UserIdentity> => {
    if (assertion === undefined) {
      throw new ServiceError("identity-missing", "the request carries no assertion of IAP; open this through IAP");
    }
    if (assertion.length > 8_192) throw invalid("it is too long");
    const digest = createHash("sha256").update(assertion).digest("base64");
    const found = remembered.get(digest);
    if (found && clock.now() < found.untilMs) return found.identity;
    const claims = await verified(assertion, keys);
    const identity = identityIn(claims, audiences, clock.now() / 1000);
    remembered.set(digest, { identity, untilMs: ((claims["exp"] as number) + LEEWAY_SECONDS) * 1000 });
    if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value!);
    return identity;
  };
}

async function verified(assertion: string, keys: KeySource): Promise<Record<string, unknown>> {
  const parts = assertion.split(".");
  const [head, payload, signature] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) throw invalid("it is no JWT");
  const header = parse(head!);
  if (header["alg"] !== "ES256" || header["crit"] !== undefined) throw invalid("it is not signed with ES256");
  if (typeof header["kid"] !== "string") throw invalid("it names no key");
  const key = await keys.get(header["kid"]);
  if (!key) throw invalid("its key is none of IAP's");
  const good = verify(
    "sha256",
    Buffer.from(`${head}.${payload}`),
    { key, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature!, "base64url"),
  );
  if (!good) throw invalid("its signature does not fit");
  return parse(payload!);
}

function identityIn(claims: Record<string, unknown>, audiences: readonly string[], nowSeconds: number): UserIdentity {
  const { iss, aud, exp, iat, sub, email } = claims;
  if (iss !== ISSUER) throw invalid("its issuer is not IAP");
  if (typeof aud !== "string" || !audiences.includes(aud)) throw invalid("it is meant for another audience");
  if (typeof exp !== "number" || typeof iat !== "number") throw invalid('it has no "exp" and "iat"');
  if (exp + LEEWAY_SECONDS <= nowSeconds) throw invalid("it has expired");
  if (iat - LEEWAY_SECONDS > nowSeconds) throw invalid("it is from the future");
  if (exp - iat > LONGEST_LIFE_SECONDS + 2 * LEEWAY_SECONDS) throw invalid("it lives longer than IAP's do");
  if (typeof sub !== "string" || !isHeaderValue(sub)) throw invalid('it has no "sub"');
  return { user: principalIn(claims) ?? sub, ...(typeof email === "string" && isHeaderValue(email) && { email }) };
}

/** Source: captured assertions; sources differ in the form of `sub`, and agree in this. */
function principalIn({ workforce_identity: identity }: Record<string, unknown>): string | undefined {
  if (identity === undefined) return undefined;
  const principal = (identity as { iam_principal?: unknown } | null)?.iam_principal;
  if (typeof principal === "string" && isHeaderValue(principal)) return principal;
  throw invalid('its "workforce_identity" names no principal');
}

function parse(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, as for JSON of another kind.
  }
  throw invalid("it is no JWT");
}

function isHeaderValue(text: string): boolean {
  return /^[!-~]+$/.test(text);
}

function invalid(what: string): ServiceError {
  return new ServiceError("identity-invalid", `the assertion of IAP does not hold: ${what}`);
}
