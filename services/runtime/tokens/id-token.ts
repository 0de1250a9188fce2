import { ServiceError } from "../errors";

/** An ID token and when it ends. */
export interface IdToken {
  /** The encoded token. A secret: never logged, never part of an error. */
  readonly value: string;
  /** `exp`, in milliseconds since 1970-01-01 UTC, on the clock of whoever minted it. */
  readonly expiresAtMs: number;
}

/** Mints ID tokens; one call, one token, nothing kept. */
export interface Minter {
  /** Where the tokens come from, for logs and errors. */
  readonly name: string;
  /**
   * @param audience URL of the receiving service
   * @throws ServiceError `token-unavailable`, `token-invalid` or `credentials-unavailable`
   */
  mint(audience: string, signal: AbortSignal): Promise<Minted>;
}

/** A token as it came, and what the minter's clock said at that moment, where it said so. */
export interface Minted {
  readonly token: string;
  /** In milliseconds since 1970-01-01 UTC. @default this machine's clock */
  readonly mintersNowMs?: number;
}

/**
 * Reads the claims that a caller has to know. The signature is not checked: the token came over a channel that is
 * trusted for it, and judging it is the receiving side's work. What is checked is that it is a token for this audience.
 *
 * @throws ServiceError `token-invalid`
 */
export function readIdToken(token: string, audience: string, from: string): IdToken {
  const bad = (what: string) =>
    new ServiceError("token-invalid", `${from} answered with ${what}; wanted an ID token for ${audience}`);
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part)))
    throw bad("something that is no JWT");
  const claims = parseClaims(parts[1]!);
  if (!claims) throw bad("a JWT whose claims cannot be read");
  if (claims["aud"] !== audience) throw bad("a token for another audience");
  const exp = claims["exp"];
  if (typeof exp !== "number" || !Number.isFinite(exp)) throw bad('a token without "exp"');
  return { value: token, expiresAtMs: exp * 1000 };
}

function parseClaims(part: string): Record<string, unknown> | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
