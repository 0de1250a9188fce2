import type { TokenCase } from "../probes";

/** Why a probe could not be sent, or its answer not be judged, in words for people. */
export class NotProbed extends Error {}

/** Why nobody can send a probe with this token; absent where somebody can. */
export function unsendable(token: TokenCase): string | undefined {
  if (token === "expired") return "nobody can have an expired token minted";
  return token === "signed in" ? "only a person with a browser signs in to Identity-Aware Proxy" : undefined;
}

/** Tokens as they may turn up in somebody else's error message. */
const TOKENS = /\bey[\w-]{8,}(\.[\w-]*){0,2}|\bya29\.[\w.-]+|\b(Bearer|Basic)\s+\S+/gi;

/** One line of somebody else's message, short and without a token. */
export function saying(message: string): string {
  const line = message.replace(TOKENS, "(token)").split("\n")[0] ?? "";
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

export function reasonOf(error: unknown): string {
  if (error instanceof NotProbed) return error.message;
  return saying(error instanceof Error ? error.message : String(error)) || "unknown failure";
}
