import { AUDIENCE, assertion, google, now, PRINCIPAL, without, workforce } from "../support";
import { AUDIENCE_OF_OTHERS, claims, EXPIRED, type Forged, NO_JWT, raw } from "./forged";

const ISSUER = "its issuer is not IAP";
const FUTURE = "it is from the future";
const TOO_LONG_A_LIFE = "it lives longer than IAP's do";

export const issuers: readonly Forged[] = (
  [
    ["is issued by Google's sign-in", "https://accounts.google.com", ISSUER],
    ["is issued by IAP without TLS", "http://cloud.google.com/iap", ISSUER],
    ["is issued by IAP with a slash behind", "https://cloud.google.com/iap/", ISSUER],
    ["is issued by IAP in capitals", "https://CLOUD.google.com/iap", ISSUER],
    ["is issued by IAP with a space behind", "https://cloud.google.com/iap ", ISSUER],
    ["is issued by somebody whose name begins so", "https://cloud.google.com/iap.attacker.example", ISSUER],
    ["is issued by a list", ["https://cloud.google.com/iap"], ISSUER],
    ["is issued by null", null, ISSUER],
    ["is issued by nobody", undefined, 'it has no "iss"'],
  ] as const
).map(([what, iss, message]) => [what, claims({ iss }), message]);

export const audiences: readonly Forged[] = (
  [
    ["is meant for another backend service", `${AUDIENCE}1`, AUDIENCE_OF_OTHERS],
    ["is meant for what this audience begins with", AUDIENCE.slice(0, -1), AUDIENCE_OF_OTHERS],
    ["is meant for this audience with a slash behind", `${AUDIENCE}/`, AUDIENCE_OF_OTHERS],
    [
      "is meant for the same backend service of another project",
      AUDIENCE.replace("12345", "99999"),
      AUDIENCE_OF_OTHERS,
    ],
    [
      "is meant for a service with IAP of its own",
      "/projects/123456789012/locations/europe-west9/services/web",
      AUDIENCE_OF_OTHERS,
    ],
    ["is meant for everybody", "*", AUDIENCE_OF_OTHERS],
    ["is meant for an empty audience", "", AUDIENCE_OF_OTHERS],
    ["is meant for null", null, AUDIENCE_OF_OTHERS],
    ["is meant for an object", { 0: AUDIENCE, length: 1 }, AUDIENCE_OF_OTHERS],
    ["is meant for a list of others", [`${AUDIENCE}1`, "*"], AUDIENCE_OF_OTHERS],
    ["is meant for an empty list", [], AUDIENCE_OF_OTHERS],
    ["is meant for a list of this audience alone", [AUDIENCE], "it is meant for several audiences"],
    ["is meant for this audience among others", [`${AUDIENCE}1`, AUDIENCE], "it is meant for several audiences"],
    ["is meant for nobody, and names this audience as the authorized party", undefined, 'it has no "aud"'],
  ] as const
).map(([what, aud, message]) => [what, claims({ aud }), message]);

export const times: readonly Forged[] = [
  ["has expired", claims({ iat: now - 3_600, exp: now - 3_000 }), EXPIRED],
  ["has expired by the leeway, to the second", claims({ iat: now - 630, exp: now - 30 }), EXPIRED],
  ["expired five minutes ago, which other libraries let pass", claims({ iat: now - 840, exp: now - 240 }), EXPIRED],
  ["is from the future by a second more than the leeway", claims({ iat: now + 31, exp: now + 600 }), FUTURE],
  ["is from next year", claims({ iat: now + 31_536_000, exp: now + 31_536_600 }), FUTURE],
  ["is not to be used before tomorrow", claims({ nbf: now + 86_400 }), FUTURE],
  [
    "lives for a second more than ten minutes and twice the leeway",
    claims({ iat: now, exp: now + 661 }),
    TOO_LONG_A_LIFE,
  ],
  ["lives for a day", claims({ exp: now + 86_400 }), TOO_LONG_A_LIFE],
  ["was issued a day ago", claims({ iat: now - 86_400 }), EXPIRED],
  ["was issued in 1970", claims({ iat: 0 }), EXPIRED],
  ["was issued before 1970", claims({ iat: -1 }), EXPIRED],
  ["ended before 1970", claims({ exp: -1 }), EXPIRED],
  ["counts its end in milliseconds", claims({ exp: (now + 590) * 1000 }), TOO_LONG_A_LIFE],
  ["counts its beginning in milliseconds", claims({ iat: (now - 10) * 1000 }), FUTURE],
  ["never ends", raw('"exp":1e999'), TOO_LONG_A_LIFE],
  ["began and ends at no time", raw('"iat":1e999,"exp":1e999'), FUTURE],
  ["ends at what is not a number", raw('"exp":NaN'), NO_JWT],
  ["has no end", assertion(without(google, "exp")), 'it has no "exp"'],
  ["has no beginning", assertion(without(google, "iat")), 'it has no "iat"'],
  ["has an end that is null", claims({ exp: null }), 'its "exp" is no number'],
  ["writes its end as a text", claims({ exp: String(now + 590) }), 'its "exp" is no number'],
  ["writes its end as a date", claims({ exp: new Date((now + 590) * 1000).toISOString() }), 'its "exp" is no number'],
  ["writes its beginning as a text", claims({ iat: String(now - 10) }), 'its "iat" is no number'],
  ["writes its beginning as a list", claims({ iat: [now - 10] }), 'its "iat" is no number'],
  ["has an end in an object", claims({ exp: { valueOf: now + 590 } }), 'its "exp" is no number'],
  ["says when it is valid from in a text", claims({ nbf: "soon" }), 'its "nbf" is no number'],
];

const NO_SUB = 'it has no "sub"';
const NO_EMAIL = 'it has no "email"; people of a workforce pool have one where its provider maps google.email';
const NO_PRINCIPAL = 'its "workforce_identity" names no principal';
const NEITHER = "it names neither a Google account nor somebody of a workforce pool";

function member(identity: unknown): string {
  return assertion({ ...workforce, email: "ada@acme.example", workforce_identity: identity });
}

export const people: readonly Forged[] = [
  ["has no subject", assertion(without(google, "sub")), NO_SUB],
  ["has an empty subject", claims({ sub: "" }), NO_SUB],
  ["has a subject that is null", claims({ sub: null }), NO_SUB],
  ["has a subject that is a number", claims({ sub: 1234 }), NO_SUB],
  ["has a list of subjects", claims({ sub: ["accounts.google.com:1234"] }), NO_SUB],
  ["has a subject that would become two headers", claims({ sub: "a\r\nx-auth-proxy-user: root" }), NO_SUB],
  ["has a subject with a space", claims({ sub: "accounts.google.com: 1234" }), NO_SUB],
  ["has a subject with a letter that looks like another", claims({ sub: "\u0430ccounts.google.com:1234" }), NO_SUB],
  ["has no e-mail address", assertion(without(google, "email")), NO_EMAIL],
  ["has an e-mail address that is a list", claims({ email: ["ada@acme.example"] }), NO_EMAIL],
  [
    "has an e-mail address that would become two headers",
    claims({ email: "a@b\r\nx-auth-proxy-user: root" }),
    NO_EMAIL,
  ],
  [
    "names a workforce pool and nobody of it",
    member({ workforce_pool_name: "locations/global/workforcePools/acme-staff" }),
    NO_PRINCIPAL,
  ],
  ["names nobody of a workforce pool", member(undefined), NO_PRINCIPAL],
  ["has a workforce identity that is null", member(null), NO_PRINCIPAL],
  ["has a workforce identity that is a text", member(PRINCIPAL), NO_PRINCIPAL],
  ["has a principal that is a list", member({ iam_principal: [PRINCIPAL] }), NO_PRINCIPAL],
  [
    "has a whole pool as its principal",
    member({ iam_principal: PRINCIPAL.replace("principal:", "principalSet:").replace("subject/8f2c-ada", "*") }),
    NO_PRINCIPAL,
  ],
  [
    "has a workload as its principal",
    member({ iam_principal: PRINCIPAL.replace("workforcePools", "workloadIdentityPools") }),
    NO_PRINCIPAL,
  ],
  ["has a principal without a subject", member({ iam_principal: PRINCIPAL.replace("8f2c-ada", "") }), NO_PRINCIPAL],
  ["has a principal that would become two headers", member({ iam_principal: `${PRINCIPAL}\r\nx: y` }), NO_PRINCIPAL],
  [
    "has a principal of somebody else's IAM",
    member({ iam_principal: PRINCIPAL.replace("iam.googleapis.com", "iam.attacker.example") }),
    NO_PRINCIPAL,
  ],
  [
    "has a principal of another pool than the one that it names",
    member({ iam_principal: PRINCIPAL, workforce_pool_name: "locations/global/workforcePools/contractors" }),
    'its "workforce_identity" names a principal of another pool',
  ],
  [
    "says that it is of a Google account and names somebody of a workforce pool",
    claims({ workforce_identity: workforce["workforce_identity"] }),
    'its "workforce_identity" and "identity_source" contradict each other',
  ],
  ["is of a source that nobody knows", claims({ identity_source: "ACME" }), NEITHER],
  ["is of a source that is null", claims({ identity_source: null }), NEITHER],
  [
    "is of somebody of Identity Platform",
    claims({ sub: "securetoken.google.com/acme/t:1", gcip: { tenant: "t" } }),
    NEITHER,
  ],
];
