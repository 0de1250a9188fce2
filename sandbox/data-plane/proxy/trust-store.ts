/** A trust store for Java, which reads no PEM: PKCS #12 without a password, written here so that it needs no JDK. */
import { Constructed, Integer, ObjectIdentifier, OctetString, Sequence, Set as SetOf } from "asn1js";

/** Sources: https://www.rfc-editor.org/rfc/rfc7292#section-4 for the first three, PKCS12KeyStore.java of OpenJDK for the others. */
const ID = {
  data: "1.2.840.113549.1.7.1",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
  x509Certificate: "1.2.840.113549.1.9.22.1",
  /** Java passes over a certificate without a key that does not say for what it is trusted. */
  trustedKeyUsage: "2.16.840.1.113894.746875.1.1",
  anyUsage: "2.5.29.37.0",
} as const;

/** @param certificates in PEM */
export function trustStore(certificates: readonly string[]): Buffer {
  const bags = certificates.map((certificate) => {
    const bag = sequence(id(ID.x509Certificate), explicit(octets(derOf(certificate))));
    const trusted = sequence(id(ID.trustedKeyUsage), new SetOf({ value: [id(ID.anyUsage)] }));
    return sequence(id(ID.certificateBag), explicit(bag), new SetOf({ value: [trusted] }));
  });
  const safes = sequence(data(sequence(...bags)));
  return Buffer.from(sequence(new Integer({ value: 3 }), data(safes)).toBER());
}

function data(content: Sequence): Sequence {
  return sequence(id(ID.data), explicit(octets(content.toBER())));
}

function sequence(...value: Sequence["valueBlock"]["value"]): Sequence {
  return new Sequence({ value });
}

function explicit(value: Sequence | OctetString): Constructed {
  return new Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value: [value] });
}

function octets(valueHex: ArrayBuffer): OctetString {
  return new OctetString({ valueHex });
}

function id(value: string): ObjectIdentifier {
  return new ObjectIdentifier({ value });
}

function derOf(certificate: string): ArrayBuffer {
  const bytes = Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ""), "base64");
  return Uint8Array.from(bytes).buffer;
}
