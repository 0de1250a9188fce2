/** Signs tokens as Google does. Source of the claims: https://cloud.google.com/docs/authentication/token-types#id */
import { createHmac, randomBytes } from "node:crypto";
import type { JWK } from "jose";
import type { SignedIn } from "../sign-in/sign-in";
import type { Subject } from "./directory";
import { encoded, makeSigningKey, type SigningKey, signedToken } from "./signing-key";

export const ISSUER = "https://accounts.google.com";

/** Source: https://cloud.google.com/docs/authentication/token-types (one hour) */
export const LIFETIME_SECONDS = 3600;

/** What a probe may make wrong in an ID token. */
export interface TokenOverrides {
  /** Put over the usual claims; `undefined` takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** From now until it ends; negative for one that has ended. @default 3600 */
  readonly expiresInSeconds?: number;
  /** From now until it begins. @default 0 */
  readonly validInSeconds?: number;
  /**
   * `another-key`: signed with a key that is not Google's, under the id of Google's. `unknown-key`: under an id of its
   * own. `altered`: the claims were changed after signing. `none`: not signed, and says so. `public-key-as-secret`:
   * HS256 with Google's public key as the secret. @default a good signature
   */
  readonly signature?: "another-key" | "unknown-key" | "altered" | "none" | "public-key-as-secret";
}

/** Whose an access token is. */
export interface Holder {
  readonly email: string;
  /** How they signed in to a workforce pool. @default - they did not: the directory alone knows of them */
  readonly signedIn?: SignedIn;
}

export class TokenIssuer {
  /** Made in the background: it takes longer than everything else here, and nobody needs it at once. */
  readonly #key: Promise<SigningKey>;
  #other: Promise<SigningKey> | undefined;
  readonly #accessTokens = new Map<string, Holder & { readonly expiresAtMs: number }>();

  constructor(private readonly clock: () => Date) {
    this.#key = makeSigningKey();
    this.#key.catch(() => {});
  }

  async idToken(subject: Subject, audience: string, overrides: TokenOverrides = {}): Promise<string> {
    const { expiresInSeconds = LIFETIME_SECONDS, validInSeconds = 0, signature } = overrides;
    const now = Math.floor(this.clock().getTime() / 1000);
    const expires = now + expiresInSeconds;
    const claims = {
      aud: audience,
      azp: subject.sub,
      email: subject.email,
      email_verified: true,
      exp: expires + validInSeconds,
      iat: Math.min(now, expires - LIFETIME_SECONDS) + validInSeconds,
      iss: ISSUER,
      sub: subject.sub,
      ...overrides.claims,
    };
    const key = await this.#key;
    if (signature === "none") return `${encoded({ alg: "none", typ: "JWT" })}.${encoded(claims)}.`;
    if (signature === "public-key-as-secret") {
      const body = `${encoded({ alg: "HS256", kid: key.id, typ: "JWT" })}.${encoded(claims)}`;
      const secret = key.publicKey.export({ type: "spki", format: "pem" });
      return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
    }
    const isForged = signature === "another-key" || signature === "unknown-key";
    if (isForged) this.#other ??= makeSigningKey();
    const signer = (isForged && (await this.#other)) || key;
    const token = signedToken(claims, signer, signature === "another-key" ? key.id : signer.id);
    if (signature !== "altered") return token;
    const [header, , signed] = token.split(".");
    return `${header}.${encoded({ ...claims, altered: true })}.${signed}`;
  }

  /** An opaque token for Google's own APIs; Cloud Run services do not take it. */
  accessToken(email: string, signedIn?: SignedIn): { token: string; expiresAtMs: number } {
    const token = `ya29.${signedIn?.source === "workforce" ? "d." : ""}${randomBytes(48).toString("base64url")}`;
    const lifetimeEnds = this.clock().getTime() + LIFETIME_SECONDS * 1000;
    const expiresAtMs = Math.min(lifetimeEnds, signedIn?.until?.getTime() ?? lifetimeEnds);
    this.#accessTokens.set(token, { email, ...(signedIn && { signedIn }), expiresAtMs });
    if (this.#accessTokens.size > 10_000) this.#accessTokens.delete(this.#accessTokens.keys().next().value!);
    return { token, expiresAtMs };
  }

  /** Whose an access token is, and until when. */
  holderOf(accessToken: string): (Holder & { readonly expiresAtMs: number }) | undefined {
    const found = this.#accessTokens.get(accessToken);
    return found && found.expiresAtMs > this.clock().getTime() ? found : undefined;
  }

  /** Whose an access token is or was: who signed in with it stays signed in, and is not forgotten while they come back. */
  signedInWith(accessToken: string): Holder | undefined {
    const found = this.#accessTokens.get(accessToken);
    if (found === undefined) return undefined;
    this.#accessTokens.delete(accessToken);
    this.#accessTokens.set(accessToken, found);
    const until = found.signedIn?.until?.getTime() ?? Number.POSITIVE_INFINITY;
    return until > this.clock().getTime() ? found : undefined;
  }

  /** What `https://www.googleapis.com/oauth2/v3/certs` answers. */
  async keySet(): Promise<{ keys: JWK[] }> {
    return { keys: [(await this.#key).jwk] };
  }

  /** The key that signs ID tokens. */
  signingKey(): Promise<SigningKey> {
    return this.#key;
  }
}
