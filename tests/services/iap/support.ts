import { generateKeyPairSync, type KeyPairKeyObjectResult, sign } from "node:crypto";
import {
  createIapVerifier,
  createLog,
  type IapVerifier,
  type IapVerifierOptions,
} from "../../../services/runtime/index";
import { HeldClock } from "../support";

export const AUDIENCE = "/projects/123456789012/global/backendServices/4567890123456789012";
export const PRINCIPAL = "principal://iam.googleapis.com/locations/global/workforcePools/acme-staff/subject/8f2c-ada";

/** IAP's own key, and one that is none of IAP's. */
export const iap = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });

export function jwk(kid: string, { publicKey }: KeyPairKeyObjectResult = iap): Record<string, unknown> {
  return { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" };
}

export const keySet = { keys: [jwk("k1"), { kty: "RSA", kid: "rsa", n: "AQAB", e: "AQAB" }] };

export type Claims = Readonly<Record<string, unknown>>;

/** What the clocks of these tests say, in seconds since 1970-01-01 UTC. */
export const now = new HeldClock().now() / 1000;

/** Claims of a Google account whose assertion was issued ten seconds ago. */
export const google: Claims = {
  iss: "https://cloud.google.com/iap",
  aud: AUDIENCE,
  azp: AUDIENCE,
  iat: now - 10,
  exp: now + 590,
  sub: "accounts.google.com:1234",
  email: "ada@acme.example",
  identity_source: "GOOGLE",
};

/** Claims of somebody of a workforce pool whose provider maps no e-mail address. */
export const workforce: Claims = {
  ...without(google, "email"),
  sub: "sts.google.com:AAFTZopaque",
  identity_source: "WORKFORCE_IDENTITY",
  workforce_identity: {
    iam_principal: PRINCIPAL,
    workforce_pool_name: "locations/global/workforcePools/acme-staff",
  },
};

export function without(claims: Claims, ...names: string[]): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}

export function encode(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

export const HEADER: Readonly<Record<string, unknown>> = { alg: "ES256", typ: "JWT", kid: "k1" };

/** Signs what stands before the last dot, as ES256 does. */
export function signed(head: string, payload: string, by = iap): string {
  const text = `${head}.${payload}`;
  const signature = sign("sha256", Buffer.from(text), { key: by.privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

/**
 * An assertion of IAP.
 *
 * @param claims a text is taken as it is, so that it need not be JSON
 * @param header on top of {@link HEADER}
 */
export function assertion(claims: Claims | string = google, header: Claims = {}, by = iap): string {
  return signed(encode({ ...HEADER, ...header }), encode(claims), by);
}

export interface World {
  readonly clock: HeldClock;
  readonly log: Record<string, unknown>[];
  readonly verify: IapVerifier;
}

/** A verifier whose clock is held and whose keys are at hand. */
export function verifierWith(options: Partial<IapVerifierOptions> = {}): World {
  const clock = new HeldClock();
  const log: Record<string, unknown>[] = [];
  const verify = createIapVerifier({
    audiences: [AUDIENCE],
    loadIapKeys: async () => keySet,
    clock,
    log: createLog({ clock, line: (line) => log.push(JSON.parse(line)) }),
    ...options,
  });
  return { clock, log, verify };
}

/** What a refused assertion is answered with. */
export function refusal(message: string): { code: string; status: number; message: string } {
  return { code: "identity-invalid", status: 401, message: `the assertion of IAP does not hold: ${message}` };
}
