/**
 * Programs that come to Identity-Aware Proxy with an ID token.
 * Source: https://cloud.google.com/iap/docs/authentication-howto
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ReasonCode } from "../decisions";
import { bearer } from "../front-end/bearer";
import type { TokenVerifier, Verified } from "../front-end/id-token";
import { EMPTY_TOKEN } from "./answers";
import type { IapSettings } from "./settings";

/**
 * The token of a request: that of `Proxy-Authorization` where it holds, else that of `Authorization`.
 *
 * @returns undefined where there is none
 */
export async function programToken(
  headers: IncomingHttpHeaders,
  { client, programmaticClients }: IapSettings,
  verifier: TokenVerifier,
  now: Date,
): Promise<Verified | undefined> {
  const audiences = [...programmaticClients, ...(client ? [client.id] : [])];
  let verified: Verified | undefined;
  for (const header of ["proxy-authorization", "authorization"] as const) {
    const token = bearer(headers[header]);
    if (token === undefined) continue;
    verified = await verifier.verify(token, { audiences, now, isExact: true });
    if (!("refused" in verified)) return verified;
  }
  return verified;
}

/** The proxy's words for a token that it refuses. Seen for the first three, in public transcripts; assumed for times and issuer. */
export function wordsFor(reason: ReasonCode): string {
  if (reason === "token-malformed" || reason === "token-is-access-token") return "Unable to parse JWT";
  if (reason === "token-signature") return "JWT signature is invalid";
  if (reason === "token-audience") return "Invalid bearer token. Invalid JWT audience.";
  if (reason === "token-issuer") return "Invalid bearer token. Invalid JWT issuer.";
  return reason === "token-expired" ? "JWT has expired" : EMPTY_TOKEN;
}
