/** The checks of who asks, taken out: the token, whom it is for, and what it was granted. */
import type { Break } from "./changed-source";

const ID_TOKEN = "sandbox/data-plane/front-end/id-token.ts";
const INVOKERS = "sandbox/data-plane/front-end/invokers.ts";
const DIRECTORY = "sandbox/data-plane/identity/directory.ts";

/** What a token claims, believed. */
const UNCHECKED = '{ claims: JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8")) }';

export const OF_IDENTITIES: readonly Break[] = [
  {
    check: "the invoker check",
    file: INVOKERS,
    find: 'if (service.state["invokerIamDisabled"] === true) {',
    replace: "if (true) {",
    red: "a stranger on the internet without a token is refused by frontend with 403 (no token)",
  },
  {
    check: "asking whether a service is public",
    file: INVOKERS,
    find: 'return grant.member === "allUsers" &&',
    replace: "return",
    red: "a stranger on the internet without a token is refused by frontend with 403 (no token)",
  },
  {
    check: "the signature",
    file: ID_TOKEN,
    find: 'return refused("token-signature", "its signature is not Google\'s");',
    replace: `return ${UNCHECKED};`,
    red: [
      "frontend with a token signed with another key is refused by backend-api with 401 (token)",
      "frontend with a token altered after signing is refused by backend-api with 401 (token)",
    ],
  },
  {
    check: "the id of the key",
    file: ID_TOKEN,
    find: 'return refused("token-signature", "Google has no key of its id");',
    replace: `return ${UNCHECKED};`,
    red: "a token under the id of a key that Google does not have is 401",
  },
  {
    check: "the algorithm",
    file: ID_TOKEN,
    find: 'return refused("token-signature", "it is not signed with RS256");',
    replace: `return ${UNCHECKED};`,
    red: "frontend with an unsigned token is refused by backend-api with 401 (token)",
  },
  {
    check: "the issuer",
    file: ID_TOKEN,
    find: "if (!ISSUERS.includes(claims.iss)) return",
    replace: "if (false) return",
    red: "frontend with a token of another issuer is refused by backend-api with 401 (token)",
  },
  {
    check: "the audience",
    file: ID_TOKEN,
    find: "if (audiences && !audience.some((one) => (isExact ? audiences.includes(one) : accepts(audiences, one)))) {",
    replace: "if (false) {",
    red: "frontend with a token for another audience is refused by backend-api with 401 (token)",
  },
  {
    check: "the expiry",
    file: ID_TOKEN,
    find: "if (claims.exp + CLOCK_TOLERANCE_SECONDS <= seconds) {",
    replace: "if (false) {",
    red: "frontend with an expired token is refused by backend-api with 401 (token)",
  },
  {
    check: "asking for an expiry",
    file: ID_TOKEN,
    find: 'if (typeof claims.exp !== "number") return',
    replace: "if (false) return",
    red: "a token without exp or without iat is 401",
  },
  {
    check: "asking for a beginning",
    file: ID_TOKEN,
    find: "if (Number.isNaN(begins)) return",
    replace: "if (false) return",
    red: "a token without exp or without iat is 401",
  },
  {
    check: "the beginning",
    file: ID_TOKEN,
    find: "if (begins - CLOCK_TOLERANCE_SECONDS > seconds) {",
    replace: "if (false) {",
    red: "a token that is not valid yet is 401, by iat and by nbf",
  },
  {
    check: "telling an access token from an ID token",
    file: ID_TOKEN,
    find: 'if (token.startsWith("ya29.")) {',
    replace: "if (false) {",
    red: "an access token is told apart from a token that is none",
  },
  {
    check: "refusing an access token",
    file: ID_TOKEN,
    find: 'return refused("token-is-access-token", "it is an access token; Cloud Run takes ID tokens for its audience");',
    replace: "return { claims: { iss: ISSUER, aud: GCLOUD_CLIENTS[0], iat: 0, exp: Infinity } };",
    red: "frontend with an access token is refused by backend-api with 401 (token)",
  },
  {
    check: "the invoker: whom a grant means",
    file: INVOKERS,
    find: 'const own = grants.filter(({ member }) => principal.members.has(member) || member === "allAuthenticatedUsers");',
    replace: "const own = grants;",
    red: "frontend is refused by db-service with 403 (no grant)",
  },
  {
    check: "the invoker: what a grant is on",
    file: INVOKERS,
    find: "if (grantTarget(resource) !== target) return [];",
    replace: "",
    red: "frontend is refused by db-service with 403 (no grant)",
  },
  {
    check: "the invoker: what a role allows",
    file: INVOKERS,
    find: "INVOKER_ROLES.has(role) ||",
    replace: "true ||",
    red: "a role that does not invoke lets nobody in: 403",
  },
  {
    check: "the invoker: who is behind an address",
    file: DIRECTORY,
    find: "if (this.subjectOf(email).sub !== sub) {",
    replace: "if (false) {",
    red: "a token of an account that was deleted and made anew is 403",
  },
  {
    check: "the condition of a grant",
    file: INVOKERS,
    find: "const counting = own.find((grant) => inForce(grant, now) !== false);",
    replace: "const counting = own[0];",
    red: "a grant whose condition no longer holds lets nobody in: 403",
  },
];
