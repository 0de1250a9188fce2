/** Verifies ID tokens as Cloud Run does: signature, issuer, audience and time. */
import { compactVerify, createLocalJWKSet, errors, type JWTPayload } from "jose";
import type { ReasonCode } from "../decisions";
import { ISSUER, type TokenIssuer } from "../identity/issuer";
import { DEFAULT_CREDENTIALS_CLIENT, GCLOUD_CLIENT } from "../identity/user-tokens";

export type Verified = { readonly claims: JWTPayload } | { readonly refused: ReasonCode; readonly message: string };

export interface Expectation {
  /** @default any */
  readonly audiences?: readonly string[];
  readonly now: Date;
  /** Takes the audiences as they are and no others, as Identity-Aware Proxy does. @default false */
  readonly isExact?: boolean;
}

/** Both forms are in Google's documentation of `iss`: https://developers.google.com/identity/openid-connect/openid-connect */
const ISSUERS: readonly unknown[] = [ISSUER, "accounts.google.com"];

/** Cloud Run takes the clients of Google's own tools for an audience, and those of nobody else's. */
const GCLOUD_CLIENTS: readonly string[] = [GCLOUD_CLIENT, DEFAULT_CREDENTIALS_CLIENT];

const REMEMBERED = 5_000;

/** Assumed: how far Cloud Run lets clocks differ was not found in writing. */
const CLOCK_TOLERANCE_SECONDS = 0;

export class TokenVerifier {
  #keys: Promise<ReturnType<typeof createLocalJWKSet>> | undefined;
  /** Tokens that Google signed: the same bytes have the same signature, only time and audience are looked at again. */
  readonly #seen = new Map<string, Verified>();

  constructor(private readonly issuer: TokenIssuer) {}

  async verify(token: string, { audiences, now, isExact }: Expectation): Promise<Verified> {
    const signed = await this.#signature(token);
    if ("refused" in signed) return signed;
    const { claims } = signed;
    const seconds = now.getTime() / 1000;
    if (!ISSUERS.includes(claims.iss)) return refused("token-issuer", `its issuer is ${claims.iss}, not ${ISSUER}`);
    const audience = [claims.aud ?? []].flat();
    if (audiences && !audience.some((one) => (isExact ? audiences.includes(one) : accepts(audiences, one)))) {
      return refused("token-audience", `its audience is ${audience.join(", ")}; accepted: ${audiences.join(", ")}`);
    }
    if (typeof claims.exp !== "number") return refused("token-expired", "it has no end (exp)");
    if (claims.exp + CLOCK_TOLERANCE_SECONDS <= seconds) {
      return refused("token-expired", `it expired at ${instant(claims.exp)}, now is ${now.toISOString()}`);
    }
    const begins = Math.max(Number(claims.iat ?? Number.NaN), Number(claims.nbf ?? 0));
    if (Number.isNaN(begins)) return refused("token-not-yet-valid", "it has no beginning (iat)");
    if (begins - CLOCK_TOLERANCE_SECONDS > seconds) {
      return refused("token-not-yet-valid", `it is valid from ${instant(begins)} on, now is ${now.toISOString()}`);
    }
    return signed;
  }

  async #signature(token: string): Promise<Verified> {
    const known = this.#seen.get(token);
    if (known) return known;
    const result = await this.#check(token);
    if ("refused" in result) return result;
    if (this.#seen.size >= REMEMBERED) this.#seen.delete(this.#seen.keys().next().value!);
    this.#seen.set(token, result);
    return result;
  }

  async #check(token: string): Promise<Verified> {
    if (token.startsWith("ya29.")) {
      return refused("token-is-access-token", "it is an access token; Cloud Run takes ID tokens for its audience");
    }
    this.#keys ??= this.issuer.keySet().then((keys) => createLocalJWKSet(keys));
    try {
      const { payload } = await compactVerify(token, await this.#keys, { algorithms: ["RS256"] });
      return { claims: JSON.parse(Buffer.from(payload).toString("utf8")) as JWTPayload };
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) {
        return refused("token-signature", "its signature is not Google's");
      }
      if (error instanceof errors.JWKSNoMatchingKey) return refused("token-signature", "Google has no key of its id");
      if (error instanceof errors.JOSEAlgNotAllowed) return refused("token-signature", "it is not signed with RS256");
      return refused("token-malformed", "it is not a signed token");
    }
  }
}

/**
 * A URL is accepted with a path behind it, which is the audience that Scheduler, Tasks and Pub/Sub send where none is set,
 * and not with a query or a fragment. Seen in laravel-google-cloud-tasks-queue issue 113 and
 * googleapis/python-tasks issue 137; for the slash alone, in the tests of e6qu/sockerless-cloud.
 */
function accepts(audiences: readonly string[], audience: string): boolean {
  const [, origin = audience] = /^(https:\/\/[^/?#]+\.run\.app)\/[^?#]*$/.exec(audience) ?? [];
  const forms = [audience, audience.replace(/\/$/, ""), origin];
  return GCLOUD_CLIENTS.includes(audience) || forms.some((one) => audiences.includes(one));
}

function refused(reason: ReasonCode, message: string): Verified {
  return { refused: reason, message: `the token is refused: ${message}` };
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
