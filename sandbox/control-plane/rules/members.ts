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

/** Whether a grant to a member lets anybody in; IAM compares these two names exactly. */
export function isEverybody(member: string): boolean {
  return member === "allUsers" || member === "allAuthenticatedUsers";
}

/** True when Google knows the form; existence is another question. */
export function isMember(member: string, onProject: boolean): boolean {
  return FORMS.some((form) => form.test(member)) || (onProject && BASIC.test(member));
}
