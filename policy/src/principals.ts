/** The one place that knows which IAM principals mean "anybody". */

export type PublicPrincipal = "allUsers" | "allAuthenticatedUsers";

/**
 * Principals that anybody can be: https://docs.cloud.google.com/iam/docs/principals-overview. The last is how deny
 * policies write allUsers; no grant needs it.
 */
const PUBLIC: ReadonlyMap<string, PublicPrincipal> = new Map([
  ["allusers", "allUsers"],
  ["allauthenticatedusers", "allAuthenticatedUsers"],
  ["principalset://goog/public:all", "allUsers"],
]);

/** Which public principal a member is, ignoring case and surrounding space; undefined if it is none, or no text. */
export function publicPrincipal(member: unknown): PublicPrincipal | undefined {
  return typeof member === "string" ? PUBLIC.get(member.trim().toLowerCase()) : undefined;
}
