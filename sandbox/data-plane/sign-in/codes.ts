/** Codes that browsers carry from where somebody signed in to who asked for it. Source: RFC 6749, section 4.1.2 */
import { randomBytes } from "node:crypto";
import { SignInError } from "./sign-in";

/** For whom a code is. */
export interface Bound {
  readonly clientId: string;
  readonly redirectUri: string;
}

/** Source of the ten minutes: RFC 6749, section 4.1.2 */
const LIFETIME_MS = 600_000;

/** Codes that nobody came for are dropped, the oldest first. */
const MOST = 1000;

export class Codes<T> {
  readonly #issued = new Map<string, { readonly bound: Bound; readonly what: T; readonly expiresAtMs: number }>();

  constructor(private readonly clock: () => Date) {}

  issue({ clientId, redirectUri }: Bound, what: T): string {
    const code = randomBytes(32).toString("base64url");
    const bound = { clientId, redirectUri };
    this.#issued.set(code, { bound, what, expiresAtMs: this.clock().getTime() + LIFETIME_MS });
    if (this.#issued.size > MOST) this.#issued.delete(this.#issued.keys().next().value!);
    return code;
  }

  /** Whether a code is one of these, and was not used. */
  has(code: string): boolean {
    return this.#issued.has(code);
  }

  /** What a code stands for; whoever shows it, it is good for nothing afterwards. @throws SignInError */
  redeem(code: string, { clientId, redirectUri }: Bound): T {
    const found = this.#issued.get(code);
    this.#issued.delete(code);
    if (!found) throw new SignInError("invalid_grant", "the code is unknown, or was used before");
    const { bound, what, expiresAtMs } = found;
    if (expiresAtMs <= this.clock().getTime()) throw new SignInError("invalid_grant", "the code has expired");
    if (bound.clientId !== clientId) throw new SignInError("invalid_grant", "the code is for another client");
    if (bound.redirectUri !== redirectUri) {
      throw new SignInError("invalid_grant", "the code is for another redirect address");
    }
    return what;
  }
}
