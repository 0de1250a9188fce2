/** A private certificate authority, made anew for each run and trusted by the sandbox's processes only. */
import { webcrypto } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { BitString, OctetString } from "asn1js";
import * as pkijs from "pkijs";
import { issueCertificate, pem } from "../certificate";

export interface Authority {
  /** The authority's certificate in PEM. */
  readonly certificate: string;
  /** The keys and the certificate with which to answer for a host. */
  contextFor(host: string): Promise<SecureContext>;
}

type KeyPair = webcrypto.CryptoKeyPair;

/** P-256 keys are made in a millisecond, so that nothing waits for them. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

const ID = {
  subjectKey: "2.5.29.14",
  keyUsage: "2.5.29.15",
  alternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKey: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

export async function createAuthority(): Promise<Authority> {
  const [authorityKeys, serverKeys] = await Promise.all([generate(), generate()]);
  const name = "cloud-run-mesh sandbox, private to this run";
  const [authorityId, serverId] = await Promise.all([keyId(authorityKeys), keyId(serverKeys)]);
  const certificate = await issueCertificate(name, name, authorityKeys.publicKey, authorityKeys.privateKey, [
    extension(ID.basicConstraints, true, new pkijs.BasicConstraints({ cA: true }).toSchema().toBER()),
    extension(ID.keyUsage, true, keyUsage(0b0000_0110, 1)),
    extension(ID.subjectKey, false, new OctetString({ valueHex: authorityId }).toBER()),
  ]);
  const serverKey = pem("PRIVATE KEY", await webcrypto.subtle.exportKey("pkcs8", serverKeys.privateKey));
  const contexts = new Map<string, Promise<SecureContext>>();

  async function context(covered: string): Promise<SecureContext> {
    const names = new pkijs.GeneralNames({ names: [new pkijs.GeneralName({ type: 2, value: covered })] });
    const usage = new pkijs.ExtKeyUsage({ keyPurposes: [ID.serverAuth] });
    const issuerKey = new pkijs.AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex: authorityId }) });
    const leaf = await issueCertificate(covered.slice(0, 64), name, serverKeys.publicKey, authorityKeys.privateKey, [
      extension(ID.basicConstraints, true, new pkijs.BasicConstraints({ cA: false }).toSchema().toBER()),
      extension(ID.keyUsage, true, keyUsage(0b1000_0000, 7)),
      extension(ID.extendedKeyUsage, false, usage.toSchema().toBER()),
      extension(ID.alternativeName, false, names.toSchema().toBER()),
      extension(ID.subjectKey, false, new OctetString({ valueHex: serverId }).toBER()),
      extension(ID.authorityKey, false, issuerKey.toSchema().toBER()),
    ]);
    return createSecureContext({ key: serverKey, cert: leaf, minVersion: "TLSv1.2" });
  }

  return {
    certificate,
    contextFor(host) {
      const covered = coveredName(host);
      let made = contexts.get(covered);
      if (!made) {
        made = context(covered);
        contexts.set(covered, made);
      }
      return made;
    },
  };
}

/** One certificate serves all services of a region. */
function coveredName(host: string): string {
  return host.endsWith(".run.app") ? host.replace(/^[^.]+/, "*") : host;
}

function extension(extnID: string, critical: boolean, value: ArrayBuffer): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value });
}

function keyUsage(bits: number, unusedBits: number): ArrayBuffer {
  return new BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits }).toBER();
}

function generate(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<KeyPair>;
}

async function keyId({ publicKey }: KeyPair): Promise<ArrayBuffer> {
  return webcrypto.subtle.digest("SHA-1", await webcrypto.subtle.exportKey("raw", publicKey));
}
