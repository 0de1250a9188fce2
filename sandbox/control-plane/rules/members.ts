/**
 * The forms of an IAM member. Source: https://cloud.google.com/iam/docs/principal-identifiers.
 * `projectOwner`, `projectEditor` and `projectViewer` are groups of a project's basic roles; IAM takes them in the
 * policies of projects and of storage only.
 */
const FORMS: readonly RegExp[] = [
  /^all(Authenticated)?Users$/,
  /^(user|group|serviceAccount):[^\s@]+@[^\s@]+\.[^\s@]+$/,
  /^domain:[^\s@:]+\.[^\s@:]+$/,
  /^principal:\/\/[^\s/]+\/\S+$/,
  /^principalSet:\/\/[^\s/]+\/\S+$/,
  /^serviceAccount:[^\s[\]]+\.svc\.id\.goog\[[^\s[\]]+\/[^\s[\]]+\]$/,
];
const BASIC = /^project(Owner|Editor|Viewer):\S+$/;

/** True when Google knows the form; existence is another question. */
export function isMember(member: string, onProject: boolean): boolean {
  return FORMS.some((form) => form.test(member)) || (onProject && BASIC.test(member));
}

/**
 * Upper and lower case do not tell members apart, except after `principal:`; the provider puts the lower-case form into
 * ids. Source: `NormalizeIamMemberCasing` in the provider's tpgiamresource package.
 */
export function normalizedMember(member: string): string {
  const colon = member.indexOf(":");
  if (colon < 0 || /^principal(Set|Hierarchy)?$/.test(member.slice(0, colon))) return member;
  return member.slice(0, colon) + member.slice(colon).toLowerCase();
}

/** The e-mail address of a service account member. */
export function serviceAccountEmail(member: string): string | undefined {
  return member.startsWith("serviceAccount:") && !member.includes("[")
    ? member.slice("serviceAccount:".length)
    : undefined;
}

/** Domain-scoped projects (`acme.com:app`) are written the other way round in addresses. */
export function accountEmail(accountId: string, project: string): string {
  const [domain, name] = project.includes(":") ? project.split(":") : [undefined, project];
  return `${accountId}@${domain === undefined ? name : `${name}.${domain}`}.iam.gserviceaccount.com`;
}

/** The project that a user-managed account lives in; `undefined` for Google's own accounts. */
export function projectOfEmail(email: string): string | undefined {
  const host = /^[^@]+@(.+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1];
  if (host === undefined) return undefined;
  const dot = host.indexOf(".");
  return dot < 0 ? host : `${host.slice(dot + 1)}:${host.slice(0, dot)}`;
}
