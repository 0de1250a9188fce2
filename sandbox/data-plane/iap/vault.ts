/** Keeps what a token stands for: a token says nothing by itself, and nobody can make one up. */
import { randomBytes } from "node:crypto";

/** What became of a token that is shown. */
export type Found<T> = { readonly value: T } | { readonly refused: "unknown" | "used" | "expired" };

interface Entry<T> {
  readonly value: T;
  readonly untilMs: number;
  isUsed: boolean;
}

/** Tokens that are kept at most; the oldest goes first. */
const KEPT = 10_000;

export class Vault<T> {
  readonly #entries = new Map<string, Entry<T>>();

  constructor(private readonly clock: () => Date) {}

  /** A new token for a value. */
  issue(value: T, untilMs: number): string {
    if (this.#entries.size >= KEPT) this.#entries.delete(this.#entries.keys().next().value!);
    const token = randomBytes(48).toString("base64url");
    this.#entries.set(token, { value, untilMs, isUsed: false });
    return token;
  }

  find(token: string): Found<T> {
    const entry = this.#entries.get(token);
    if (!entry) return { refused: "unknown" };
    if (entry.isUsed) return { refused: "used" };
    return entry.untilMs <= this.clock().getTime() ? { refused: "expired" } : { value: entry.value };
  }

  /** Finds a token that is good once. */
  take(token: string): Found<T> {
    const found = this.find(token);
    const entry = this.#entries.get(token);
    if (entry) entry.isUsed = true;
    return found;
  }
}
