/** What somebody sends who wants to be taken for signed in without signing in. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { TokenCase } from "./probes";

const VICTIM = "admin@forged.example";

/** The headers of a request; none where nothing about it is forged. */
export function forgedIdentity(token: TokenCase): Record<string, string> {
  if (token !== "forged headers" && token !== "forged assertion") return {};
  const named = {
    "X-Goog-Authenticated-User-Email": `accounts.google.com:${VICTIM}`,
    "X-Goog-Authenticated-User-Id": "accounts.google.com:108000000000000000000",
  };
  return token === "forged headers" ? named : { ...named, "X-Goog-IAP-JWT-Assertion": forgedAssertion() };
}

/** An assertion in the right form that nobody signed with a key of Google's. */
function forgedAssertion(): string {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const iat = Math.floor(Date.now() / 1000);
  const aud = "/projects/1/global/backendServices/1";
  const claims = { iss: "https://cloud.google.com/iap", aud, azp: aud, iat, exp: iat + 600 };
  const header = encoded({ alg: "ES256", typ: "JWT", kid: randomBytes(5).toString("base64url").slice(0, 6) });
  const body = `${header}.${encoded({ ...claims, sub: "accounts.google.com:108000000000000000000", email: VICTIM })}`;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return `${body}.${sign("SHA256", Buffer.from(body), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
