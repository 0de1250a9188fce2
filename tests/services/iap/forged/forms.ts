import { AUDIENCE, assertion, encode, google, now, signed } from "../support";
import { AUDIENCE_OF_OTHERS, claims, EXPIRED, type Forged, HEAD, NO_JWT, PAYLOAD, raw, SIGNATURE } from "./forged";

/** Another text for the same 64 bytes: the last letter holds four bits that no byte has. */
const loose = SIGNATURE.slice(0, -1) + String.fromCharCode(SIGNATURE.charCodeAt(SIGNATURE.length - 1) + 1);
const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(JSON.stringify(google), "utf16le")]);
const notUtf8 = Buffer.from(JSON.stringify({ ...google, hd: "\u00e9" }), "latin1");

export const forms: readonly Forged[] = [
  ["is empty", "", NO_JWT],
  ["is two parts", "a.b", NO_JWT],
  ["is dots alone", "..", NO_JWT],
  ["has a fourth part", `${assertion()}.${PAYLOAD}`, NO_JWT],
  ["has a dot behind", `${assertion()}.`, NO_JWT],
  ["has five parts, as what is encrypted", [HEAD, "", PAYLOAD, PAYLOAD, SIGNATURE].join("."), NO_JWT],
  ["leaves its claims to be sent elsewhere", `${HEAD}..${SIGNATURE}`, NO_JWT],
  ["has no header", signed("", PAYLOAD), NO_JWT],
  ["has header and claims swapped", signed(PAYLOAD, HEAD), NO_JWT],
  ["is JSON and not compact", JSON.stringify({ protected: HEAD, payload: PAYLOAD, signature: SIGNATURE }), NO_JWT],
  ["comes twice in one header", `${assertion()}, ${assertion()}`, NO_JWT],
  ["begins with Bearer", `Bearer ${assertion()}`, NO_JWT],
  ["has a space before", ` ${assertion()}`, NO_JWT],
  ["has a line feed behind", `${assertion()}\n`, NO_JWT],
  ["has a zero byte behind", `${assertion()}\0`, NO_JWT],
  ["has a letter that nobody sees", `${assertion()}\u200b`, NO_JWT],
  ["has white space within its signature", `${HEAD}.${PAYLOAD}.${SIGNATURE.slice(0, 9)} ${SIGNATURE.slice(9)}`, NO_JWT],
  ["has a padded signature", `${assertion()}==`, NO_JWT],
  ["has a padded header", signed(HEAD.padEnd(HEAD.length + 4 - (HEAD.length % 4), "="), PAYLOAD), NO_JWT],
  ["has padded claims", signed(HEAD, `${PAYLOAD}==`), NO_JWT],
  ["has a signature in the other alphabet", signedWithSlash(), NO_JWT],
  ["has a signature in another text for the same bytes", `${HEAD}.${PAYLOAD}.${loose}`, NO_JWT],
  ["has claims that are no JSON", assertion("{"), NO_JWT],
  ["has claims that are nothing", signed(HEAD, encode(" ")), NO_JWT],
  ["has claims that are null", assertion("null"), NO_JWT],
  ["has claims that are a list", assertion(`[${JSON.stringify(google)}]`), NO_JWT],
  ["has claims that are a text", assertion(JSON.stringify(JSON.stringify(google))), NO_JWT],
  ["has no claims", assertion({}), 'it has no "iss"'],
  ["has its claims in its prototype", assertion(`{"__proto__":${JSON.stringify(google)}}`), 'it has no "iss"'],
  ["has claims that are not UTF-8", signed(HEAD, notUtf8.toString("base64url")), NO_JWT],
  ["has claims in UTF-16", signed(HEAD, utf16.toString("base64url")), NO_JWT],
  ["has a header that is no object", signed(encode('["ES256"]'), PAYLOAD), NO_JWT],
  [
    "has a header that is not UTF-8",
    signed(Buffer.from('{"alg":"ES256","kid":"k1","x":"\u00e9"}', "latin1").toString("base64url"), PAYLOAD),
    NO_JWT,
  ],
  ["names two audiences, the last one another's", raw(`"aud":"${AUDIENCE}1"`), AUDIENCE_OF_OTHERS],
  ["names two ends, the last one past", raw(`"exp":${now - 31}`), EXPIRED],
  ["is too long", claims({ google: { access_levels: ["a".repeat(8_192)] } }), "it is too long"],
];

/** Signs until the signature has a letter that the two alphabets of base64 write differently. */
function signedWithSlash(): string {
  for (;;) {
    const [, , one] = assertion().split(".") as [string, string, string];
    if (one.includes("_")) return `${HEAD}.${PAYLOAD}.${one.replaceAll("_", "/").replaceAll("-", "+")}`;
  }
}
