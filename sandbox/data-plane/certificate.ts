/** X.509 certificates. */
import { webcrypto } from "node:crypto";
import { Utf8String } from "asn1js";
import * as pkijs from "pkijs";
import type { SigningKey } from "./identity/signing-key";

const COMMON_NAME = "2.5.4.3";
const DAY_MS = 24 * 60 * 60 * 1000;
const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** The form in which Google publishes a public key for verifiers that read certificates. */
export async function selfSignedCertificate(subject: string, { privateKey, publicKey }: SigningKey): Promise<string> {
  const { subtle } = webcrypto;
  const [signing, verifying] = await Promise.all([
    subtle.importKey("pkcs8", privateKey.export({ type: "pkcs8", format: "der" }), RS256, false, ["sign"]),
    subtle.importKey("spki", publicKey.export({ type: "spki", format: "der" }), RS256, true, ["verify"]),
  ]);
  return issueCertificate(subject, subject, verifying, signing);
}

/** An X.509 certificate in PEM: valid from yesterday on, for a month. */
export async function issueCertificate(
  subject: string,
  issuer: string,
  publicKey: webcrypto.CryptoKey,
  signingKey: webcrypto.CryptoKey,
  extensions: pkijs.Extension[] = [],
): Promise<string> {
  const certificate = new pkijs.Certificate({ version: 2, extensions });
  certificate.serialNumber.valueBlock.valueHexView = positive(webcrypto.getRandomValues(new Uint8Array(16)));
  certificate.subject.typesAndValues.push(commonName(subject));
  certificate.issuer.typesAndValues.push(commonName(issuer));
  certificate.notBefore.value = new Date(Date.now() - DAY_MS);
  certificate.notAfter.value = new Date(Date.now() + 30 * DAY_MS);
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(signingKey, "SHA-256");
  return pem("CERTIFICATE", certificate.toSchema(true).toBER());
}

function commonName(value: string): pkijs.AttributeTypeAndValue {
  return new pkijs.AttributeTypeAndValue({ type: COMMON_NAME, value: new Utf8String({ value }) });
}

/** The first byte of a positive DER integer is from 1 to 127. */
function positive(bytes: Uint8Array): Uint8Array {
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}

export function pem(label: string, der: ArrayBuffer): string {
  const body = Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${body.trimEnd()}\n-----END ${label}-----\n`;
}
