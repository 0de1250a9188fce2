/** Probes in words, and what came of one. */

import type { GrantReport } from "../../verify/grants/judge";
import type { Probe, TokenCase } from "../../verify/probes";
import { expected, seen, type Target, verify } from "../../verify/result";

const TOKENS: Readonly<Record<TokenCase, string>> = {
  own: "",
  none: "without a token",
  expired: "with an expired token",
  "wrong audience": "with a token for another audience",
  "wrong key": "with a token signed with another key",
  altered: "with a token altered after signing",
  "alg none": "with an unsigned token",
  "other issuer": "with a token of another issuer",
  "access token": "with an access token",
  "signed in": "signed in",
  "forged headers": "with forged headers of the proxy",
  "forged assertion": "with a forged assertion of the proxy",
} as const;

/** What a probe shows, as a fact: `gateway reaches user`, `order is refused by user with 403 (no grant)`. */
export function factOf({ caller, via, from, to: key, at: to = key, token, expect, until }: Probe): string {
  const nobody = from === "vpc" ? "a stranger in the VPC network" : "a stranger on the internet";
  const subject = `${caller ?? nobody}${via ? ` as ${via}` : ""} ${TOKENS[token]}`.trimEnd();
  if (typeof expect === "string") return `${subject} reaches ${to}${until ? ` until ${until}` : ""}`;
  if (expect.cause === "redirected") return `${subject} is sent on from ${to} with ${expect.code}`;
  return `${subject} is ${expected(expect).replace("refused", `refused by ${to}`)}`;
}

/** Sends one probe. Undefined where all is as it must be; else what was seen instead. */
export async function wrongOf(probe: Probe, target: Target): Promise<string | undefined> {
  const [result] = await verify([probe], target);
  return result?.outcome === "as expected" ? undefined : `${factOf(probe)}, but: ${result && seen(result.observed)}`;
}

export const NOBODY_ELSE = "nobody is let in whom the config does not declare";

/** Whoever is let in besides, and what else the policies hold otherwise than the config. */
export function othersLetIn({ findings }: GrantReport): string[] {
  return findings
    .filter(({ outcome }) => outcome !== "administers")
    .map(({ outcome, on, member, role, message }) =>
      [outcome, member, role, `${on}: ${message}`].filter((part) => part !== undefined).join(" "),
    );
}
