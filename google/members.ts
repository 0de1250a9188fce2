/** How IAM members are spelled and compared. Source: https://cloud.google.com/iam/docs/principal-identifiers */

/**
 * A member as IAM compares it, which the provider puts into ids. After the type, upper and lower case tell no members
 * apart, except in `principal://…` and its like, and in `allUsers` and `allAuthenticatedUsers`.
 * Source: `NormalizeIamMemberCasing` in the provider's tpgiamresource package
 */
export function normalizedMember(member: string): string {
  const [, prefix = "", type, value] = /^(deleted:)?([^:]*):(.*)$/s.exec(member) ?? [];
  if (type === undefined || value === undefined || /^principal(Set|Hierarchy)?$/.test(type)) return member;
  return `${prefix}${type}:${value.toLowerCase()}`;
}

/** Whether two members are one to IAM. */
export function isSameMember(one: string, other: string): boolean {
  return normalizedMember(one) === normalizedMember(other);
}

/**
 * Whether a member is anybody at all, in whatever spelling: IAM compares these names exactly, and any spelling of them
 * is taken for what was meant. The last is how deny policies write `allUsers`.
 * Source: https://cloud.google.com/iam/docs/principal-identifiers
 */
export function isPublicMember(member: string): boolean {
  return /^\s*(all(authenticated)?users|principalset:\/\/goog\/public:all)\s*$/i.test(member);
}

/** The e-mail address of a service account member; of a workload in Kubernetes none. */
export function serviceAccountEmail(member: string): string | undefined {
  return member.startsWith("serviceAccount:") && !member.includes("[")
    ? member.slice("serviceAccount:".length)
    : undefined;
}
