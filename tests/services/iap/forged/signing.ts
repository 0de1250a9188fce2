import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { assertion, type Claims, encode, google, HEADER, iap, jwk, signed, stranger } from "../support";
import { type Forged, HEAD, NO_JWT, PAYLOAD, SIGNATURE } from "./forged";

const NOT_ES256 = "it is not signed with ES256";
const UNFIT = "its signature does not fit";
const NO_KEY = "it names no key";
const UNKNOWN_KEY = "its key is none of IAP's";
const EXTENSIONS = "it has extensions that are not known here";

/** Header and claims as they are, with another signature. */
function withSignature(bytes: Buffer, header: Claims = {}): string {
  return `${encode({ ...HEADER, ...header })}.${PAYLOAD}.${bytes.toString("base64url")}`;
}

const pem = iap.publicKey.export({ format: "pem", type: "spki" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const secp256k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
const ed25519 = generateKeyPairSync("ed25519");

function input(header: Claims): Buffer {
  return Buffer.from(`${encode({ ...HEADER, ...header })}.${PAYLOAD}`);
}

export const algorithms: readonly Forged[] = [
  ["has the algorithm none and no signature", `${encode({ ...HEADER, alg: "none" })}.${PAYLOAD}.`, NO_JWT],
  ["has the algorithm none and some signature", withSignature(Buffer.alloc(64, 1), { alg: "none" }), NOT_ES256],
  ["has the algorithm nOnE", withSignature(Buffer.alloc(64, 1), { alg: "nOnE" }), NOT_ES256],
  [
    "is signed with HS256, with IAP's public key as secret",
    withSignature(
      createHmac("sha256", pem)
        .update(input({ alg: "HS256" }))
        .digest(),
      { alg: "HS256" },
    ),
    NOT_ES256,
  ],
  ["is signed with HS256 and says ES256", withSignature(createHmac("sha256", pem).update(input({})).digest()), UNFIT],
  [
    "is signed with RS256",
    withSignature(sign("sha256", input({ alg: "RS256", kid: "rsa" }), rsa.privateKey), { alg: "RS256", kid: "rsa" }),
    NOT_ES256,
  ],
  [
    "is signed with ES384",
    withSignature(sign("sha384", input({ alg: "ES384" }), { key: p384.privateKey, dsaEncoding: "ieee-p1363" }), {
      alg: "ES384",
    }),
    NOT_ES256,
  ],
  [
    "is signed with EdDSA",
    withSignature(sign(null, input({ alg: "EdDSA" }), ed25519.privateKey), { alg: "EdDSA" }),
    NOT_ES256,
  ],
  [
    "is signed on another curve of the same size",
    withSignature(sign("sha256", input({}), { key: secp256k1.privateKey, dsaEncoding: "ieee-p1363" })),
    UNFIT,
  ],
  [
    "is signed with another digest",
    withSignature(sign("sha384", input({}), { key: iap.privateKey, dsaEncoding: "ieee-p1363" })),
    UNFIT,
  ],
  ["writes its algorithm in lower case", assertion(google, { alg: "es256" }), NOT_ES256],
  ["names no algorithm", assertion(google, { alg: undefined }), NO_JWT],
  ["names a list of algorithms", assertion(google, { alg: ["ES256"] }), NO_JWT],
  [
    "names two algorithms, the last one none",
    signed(encode('{"alg":"ES256","kid":"k1","alg":"none"}'), PAYLOAD),
    NOT_ES256,
  ],
];

const foreign = jwk("k1", stranger);
export const keys: readonly Forged[] = [
  ["is signed by a stranger's key", assertion(google, {}, stranger), UNFIT],
  ["brings the key that it is signed with", assertion(google, { jwk: foreign }, stranger), UNFIT],
  [
    "brings the key that it is signed with, and names no other",
    assertion(google, { jwk: foreign, kid: undefined }, stranger),
    NO_KEY,
  ],
  [
    "says where its key is to be had",
    assertion(google, { jku: "https://attacker.example/jwks", kid: "mine" }, stranger),
    UNKNOWN_KEY,
  ],
  ["brings a certificate", assertion(google, { x5c: [encode("certificate")] }, stranger), UNFIT],
  [
    "says where its certificate is to be had",
    assertion(google, { x5u: "https://attacker.example/cert" }, stranger),
    UNFIT,
  ],
  ["names no key", assertion(google, { kid: undefined }), NO_KEY],
  ["names a key by a number", assertion(google, { kid: 1 }), NO_KEY],
  ["names a key by a list", assertion(google, { kid: ["k1"] }), NO_KEY],
  ["names an empty key", assertion(google, { kid: "" }), UNKNOWN_KEY],
  ["names an unknown key", assertion(google, { kid: "k2" }), UNKNOWN_KEY],
  ["names a key in other letters", assertion(google, { kid: "K1" }), UNKNOWN_KEY],
  ["names a key of another kind", assertion(google, { kid: "rsa" }), UNKNOWN_KEY],
  ["names a property that every object has", assertion(google, { kid: "__proto__" }), UNKNOWN_KEY],
  ["names a file", assertion(google, { kid: "../../../../dev/null" }), UNKNOWN_KEY],
];

export const extensions: readonly Forged[] = [
  ["has a critical extension that nobody knows", assertion(google, { crit: ["acme"], acme: true }), EXTENSIONS],
  [
    "has a critical extension that is known and changes nothing",
    assertion(google, { crit: ["b64"], b64: true }),
    EXTENSIONS,
  ],
  ["has an empty list of critical extensions", assertion(google, { crit: [] }), NO_JWT],
  ["has critical extensions that are no list", assertion(google, { crit: "b64" }), NO_JWT],
  ["says that its payload is not encoded", assertion(google, { crit: ["b64"], b64: false }), EXTENSIONS],
  [
    "has a payload that is not encoded",
    signed(encode({ ...HEADER, crit: ["b64"], b64: false }), JSON.stringify(google)),
    NO_JWT,
  ],
];

/** The signature as DER, the form in which most tools write it. */
const der = sign("sha256", input({}), iap.privateKey);
const bytes = Buffer.from(SIGNATURE, "base64url");
const other = Buffer.from(assertion({ ...google, sub: "accounts.google.com:5" }).split(".")[2]!, "base64url");
const flipped = Buffer.from(bytes);
flipped[40]! ^= 1;
/** Order of the curve's group: as `r` or `s` it counts as nothing. */
const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
const changed = encode({ ...google, sub: "accounts.google.com:1" });

export const signatures: readonly Forged[] = [
  ["has no signature", `${HEAD}.${PAYLOAD}.`, NO_JWT],
  ["has a signature of one byte", withSignature(Buffer.alloc(1)), UNFIT],
  ["has a signature of zeros, which broken libraries let pass", withSignature(Buffer.alloc(64)), UNFIT],
  ["has a signature of the curve's order, twice", withSignature(Buffer.concat([order, order])), UNFIT],
  ["has a signature in DER", withSignature(der), UNFIT],
  ["has a signature that lacks its last byte", withSignature(bytes.subarray(0, 63)), UNFIT],
  ["has a signature with a byte more", withSignature(Buffer.concat([bytes, Buffer.alloc(1)])), UNFIT],
  ["has a signature in which a bit is turned", withSignature(flipped), UNFIT],
  [
    "has a signature whose halves are swapped",
    withSignature(Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)])),
    UNFIT,
  ],
  ["has the signature of another assertion", withSignature(other), UNFIT],
  [
    "has the signature of its claims alone",
    withSignature(sign("sha256", Buffer.from(PAYLOAD), { key: iap.privateKey, dsaEncoding: "ieee-p1363" })),
    UNFIT,
  ],
  ["has claims that were changed after it was signed", `${HEAD}.${changed}.${SIGNATURE}`, UNFIT],
  [
    "has a header that was changed after it was signed",
    `${encode({ ...HEADER, typ: "jwt" })}.${PAYLOAD}.${SIGNATURE}`,
    UNFIT,
  ],
];
