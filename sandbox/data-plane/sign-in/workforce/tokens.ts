/** Checks what a provider of a workforce pool has signed, and says who that is to the pool. */
import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import type { Entra } from "../entra/entra";
import type { SignedIn } from "../sign-in";
import { type Claims, mapped, NotAdmitted } from "./mapping";
import type { WorkforceProvider } from "./providers";

export interface Admission {
  readonly entra: Entra;
  readonly now: Date;
}

/**
 * Who an ID token is of. Seen: the sentences, in public reports about workload pools. Seen too: with several audiences
 * the token has to be issued to the provider's own client (`azp`), in Smana/cloud-native-ref pull request 2026.
 *
 * @throws NotAdmitted
 */
export async function admit(idToken: string, provider: WorkforceProvider, admission: Admission): Promise<SignedIn> {
  const { entra, now } = admission;
  if (provider.closed !== undefined) throw new NotAdmitted("invalid_grant", provider.closed);
  const claims = await verified(idToken, provider, admission);
  const person = mapped(provider, claims as Claims);
  const user = entra.userWith(String(claims["oid"]));
  if (!user) throw new NotAdmitted("invalid_grant", `nobody in the directory has the object id ${claims["oid"]}`);
  return {
    email: user.email,
    principal: person.principal,
    source: "workforce",
    pool: provider.pool,
    members: person.members,
    ...(person.email !== undefined && { verifiedEmail: person.email }),
    until: new Date(now.getTime() + provider.sessionSeconds * 1000),
  };
}

async function verified(idToken: string, provider: WorkforceProvider, { entra, now }: Admission): Promise<JWTPayload> {
  const { issuer, clientId } = provider;
  try {
    const { payload } = await jwtVerify(idToken, await keysOf(issuer, entra), {
      algorithms: ["RS256"],
      currentDate: now,
      requiredClaims: ["iat", "exp", "sub", "aud", "iss"],
    });
    if (payload.iss !== issuer) {
      const message = `The issuer in ID Token ${payload.iss} does not match the expected ones: ${issuer}`;
      throw new NotAdmitted("invalid_grant", message);
    }
    const audiences = [payload.aud ?? []].flat();
    const isForClient = audiences.length > 1 ? payload["azp"] === clientId : true;
    if (!audiences.includes(clientId) || !isForClient) {
      const message = `The audience in ID Token [${audiences.join(", ")}] does not match the expected audience.`;
      throw new NotAdmitted("invalid_grant", message);
    }
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      const { exp } = error.payload;
      throw new NotAdmitted("invalid_grant", `ID Token expired at ${exp} and is stale to sign-in.`);
    }
    if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
      throw new NotAdmitted("invalid_grant", "Invalid signature of the ID Token.");
    }
    if (error instanceof errors.JOSEError)
      throw new NotAdmitted("invalid_grant", `Unable to parse the ID Token: ${error.code}`);
    throw error;
  }
}

/** The issuer's keys, by its discovery document. */
async function keysOf(issuer: string, entra: Entra) {
  const { body } = await entra.ask(`${issuer}/.well-known/openid-configuration`);
  const { jwks_uri: address } = JSON.parse(body) as { jwks_uri: string };
  return createLocalJWKSet(JSON.parse((await entra.ask(address)).body));
}
