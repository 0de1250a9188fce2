/** Keys with which Google signs in RS256, and what they sign. */
import { generateKeyPair, type KeyObject, randomBytes, sign } from "node:crypto";
import { promisify } from "node:util";
import { exportJWK, type JWK } from "jose";

export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
}

export async function makeSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const id = randomBytes(20).toString("hex");
  return { id, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid: id, alg: "RS256", use: "sig" } };
}

/** A signed token; `keyId` is what its header says. @default the key's own id */
export function signedToken(claims: object, key: SigningKey, keyId = key.id): string {
  const body = `${encoded({ alg: "RS256", kid: keyId, typ: "JWT" })}.${encoded(claims)}`;
  return `${body}.${signature(body, key).toString("base64url")}`;
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, 3.3). */
export function signature(bytes: string | Buffer, { privateKey }: SigningKey): Buffer {
  return sign("RSA-SHA256", Buffer.from(bytes as string), privateKey);
}

export function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
