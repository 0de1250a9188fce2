/** What IAM refuses of how another directory's tokens are taken. Assumed: the words. */
import { at, isObject, type Properties, type PropertyValue, textAt } from "../../properties";
import { invalidArgument } from "./names";

const RESPONSE_TYPES = ["CODE", "ID_TOKEN"];
const CLAIMS = ["MERGE_USER_INFO_OVER_ID_TOKEN_CLAIMS", "ONLY_ID_TOKEN_CLAIMS"];
const SECRETS = ["plainText", "plainTextWo"];

/** Source: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools.providers#oidc */
const KEYS = [
  "google.subject",
  "google.groups",
  "google.display_name",
  "google.profile_photo",
  "google.posix_username",
  "google.email",
];
const OWN_KEY = /^attribute\.[a-z0-9_]{1,100}$/;
const OWN_KEYS_MAX = 50;
const MAPPING_MAX = 2048;
const CONDITION_MAX = 4096;

/** Refuses an OpenID Connect provider that nobody could sign in with. */
export function admitOidc(oidc: Properties): void {
  const issuer = textAt(oidc, "issuerUri") ?? "";
  if (!URL.canParse(issuer) || new URL(issuer).protocol !== "https:") {
    throw invalidArgument("oidc.issuer_uri", `must be a URL with https, got '${issuer}'`);
  }
  if (textAt(oidc, "clientId") === undefined) throw invalidArgument("oidc.client_id", "must not be empty");
  const sso = "oidc.web_sso_config";
  if (!isObject(oidc["webSsoConfig"])) throw invalidArgument(sso, "must be set");
  const [type, claims] = [
    textAt(oidc, "webSsoConfig", "responseType"),
    textAt(oidc, "webSsoConfig", "assertionClaimsBehavior"),
  ];
  oneOf(`${sso}.response_type`, type, RESPONSE_TYPES);
  oneOf(`${sso}.assertion_claims_behavior`, claims, CLAIMS);
  const hasSecret = SECRETS.some((key) => at(oidc, "clientSecret", "value", key) !== undefined);
  if (type === "CODE" && !hasSecret) {
    throw invalidArgument("oidc.client_secret", "the response type CODE needs it");
  }
  if (type === "ID_TOKEN" && claims !== "ONLY_ID_TOKEN_CLAIMS") {
    throw invalidArgument(`${sso}.assertion_claims_behavior`, "the response type ID_TOKEN needs ONLY_ID_TOKEN_CLAIMS");
  }
}

/** Refuses a mapping without a subject, keys that there are not, and what is too long. */
export function admitMapping(mapping: Properties, condition: PropertyValue | undefined): void {
  const field = "attribute_mapping";
  const keys = Object.keys(mapping);
  if (!keys.includes("google.subject")) throw invalidArgument(field, "must have 'google.subject'");
  const bad = keys.find((key) => !KEYS.includes(key) && !OWN_KEY.test(key));
  if (bad !== undefined) throw invalidArgument(field, `there is no attribute '${bad}'`);
  const own = keys.filter((key) => OWN_KEY.test(key)).length;
  if (own > OWN_KEYS_MAX) throw invalidArgument(field, `must have at most ${OWN_KEYS_MAX} own attributes, got ${own}`);
  const long = keys.find((key) => String(mapping[key]).length > MAPPING_MAX);
  if (long !== undefined) throw invalidArgument(field, `'${long}' must have at most ${MAPPING_MAX} characters`);
  if (typeof condition === "string" && condition.length > CONDITION_MAX) {
    throw invalidArgument("attribute_condition", `must have at most ${CONDITION_MAX} characters`);
  }
}

function oneOf(field: string, given: string | undefined, allowed: readonly string[]): void {
  if (given !== undefined && allowed.includes(given)) return;
  throw invalidArgument(field, `must be one of ${allowed.join(", ")}, got '${given ?? ""}'`);
}
