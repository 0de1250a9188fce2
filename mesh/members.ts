/** IAM principals that a service may be opened to by name. Source: https://cloud.google.com/iam/docs/principal-identifiers */
const EMAIL = "[^\\s@:]+@[^\\s@:]+\\.[^\\s@:]+";

/** Who stands behind a member: a person (or many), or a workload. */
export type MemberKind = "person" | "workload";

const FORMS: readonly { readonly pattern: RegExp; readonly kind: MemberKind }[] = [
  { pattern: new RegExp(`^user:${EMAIL}$`), kind: "person" },
  { pattern: new RegExp(`^group:${EMAIL}$`), kind: "person" },
  { pattern: new RegExp(`^serviceAccount:${EMAIL}$`), kind: "workload" },
  {
    pattern: /^principal:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/[^/\s]+\/subject\/\S+$/,
    kind: "person",
  },
  {
    pattern:
      /^principalSet:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/[^/\s]+\/(group\/|attribute\.)\S+$/,
    kind: "person",
  },
  {
    pattern:
      /^principal(Set)?:\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/\s]+\/\S+$/,
    kind: "workload",
  },
];

const ALLOWED =
  'write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier';

const WHOLE_POOL = /^principalSet:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/([^/\s]+)\/\*$/;

export type Member = { readonly kind: MemberKind } | { readonly problem: string };

/** Tells who a member is, or why nobody can be let in under that name. */
export function parseMember(member: string): Member {
  const bare = member.trim().toLowerCase();
  if (bare === "allusers" || bare === "allauthenticatedusers") {
    return { problem: `"${member}" would let anyone in; no config value does; name who may call: ${ALLOWED}` };
  }
  if (bare.startsWith("domain:")) {
    return {
      problem: `"${member}" is a whole domain; name a group of it instead, e.g. "group:callers@${member.slice(7)}"`,
    };
  }
  const pool = WHOLE_POOL.exec(member)?.[1];
  if (pool !== undefined) {
    const group = `principalSet://iam.googleapis.com/locations/global/workforcePools/${pool}/group/OBJECT_ID`;
    return { problem: `"${member}" is everybody of a pool; name a group of it instead, e.g. "${group}"` };
  }
  if (bare.startsWith("deleted:")) return { problem: `"${member}" is deleted and can call nothing; remove the entry` };
  const form = FORMS.find(({ pattern }) => pattern.test(member));
  return form ? { kind: form.kind } : { problem: `"${member}" is not a principal; ${ALLOWED}` };
}

/** Whether a member is a person, or many: somebody who signs in, and may mint tokens of an account. */
export function isPerson(member: string): boolean {
  const parsed = parseMember(member);
  return "kind" in parsed && parsed.kind === "person";
}
