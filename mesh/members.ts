/** IAM principals that a config may name. Source: https://cloud.google.com/iam/docs/principal-identifiers */
import { isDefaultAccount } from "../google/accounts";
import { isPublicMember, serviceAccountEmail } from "../google/members";

/** No wildcards, which IAM does not know, and nothing that cannot be seen. */
const EMAIL = "[^\\s@:*?\\p{C}]+@[^\\s@:*?\\p{C}]+\\.[^\\s@:*?\\p{C}]+";
const WORKFORCE = "iam\\.googleapis\\.com\\/locations\\/global\\/workforcePools\\/[^/\\s]+";
const WORKLOAD = "iam\\.googleapis\\.com\\/projects\\/\\d+\\/locations\\/global\\/workloadIdentityPools\\/[^/\\s]+";

/** Who stands behind a member: a person (or many), or a workload. */
export type MemberKind = "person" | "workload";

const FORMS: readonly (readonly [RegExp, MemberKind])[] = [
  [new RegExp(`^(user|group):${EMAIL}$`, "u"), "person"],
  [new RegExp(`^serviceAccount:${EMAIL}$`, "u"), "workload"],
  [new RegExp(`^principal://${WORKFORCE}/subject/\\S+$`), "person"],
  [new RegExp(`^principalSet://${WORKFORCE}/(group|attribute\\.[^/\\s]+)/\\S+$`), "person"],
  [new RegExp(`^principal://${WORKLOAD}/subject/\\S+$`), "workload"],
  [new RegExp(`^principalSet://${WORKLOAD}/(group|namespace|attribute\\.[^/\\s]+)/\\S+$`), "workload"],
];

const ALLOWED =
  'write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier';

/** Members that are more than was named, or nobody; what is wrong with each, and what to write in its place. */
const REFUSED: readonly (readonly [RegExp, (member: string) => string])[] = [
  [/^domain:/, (member) => `is a whole domain; name a group of it instead, e.g. "group:callers@${member.slice(7)}"`],
  [/^deleted:/, () => "is deleted and can call nothing; remove the entry"],
  [
    /^project(owner|editor|viewer):/,
    () => `is whoever holds a role on a project; name a group of them instead, e.g. "group:owners@acme.com"`,
  ],
  [
    /^principalset:\/\/cloudresourcemanager\.googleapis\.com\//,
    () => "is every identity of a project, a folder or an organization; name the accounts or the group that call",
  ],
  [
    /^principalset:\/\/[^?]*\/workforcepools\/[^/]+\/\*$/,
    (member) => `is everybody of a pool; name a group of it instead, e.g. "${member.slice(0, -1)}group/OBJECT_ID"`,
  ],
  [
    /^principalset:\/\/[^?]*\/workloadidentitypools\/[^/]+\/\*$/,
    (member) =>
      `is every workload of a pool; name those with an attribute instead, e.g. "${member.slice(0, -1)}attribute.NAME/VALUE"`,
  ],
  [
    /^principalset:\/\/[^?]*\/workloadidentitypools\/[^/]+\/kubernetes\.cluster\//,
    (member) =>
      `is every pod of a cluster; name a namespace instead, e.g. "${member.replace(/kubernetes\.cluster\/.*$/i, "namespace/NAMESPACE")}"`,
  ],
];

export type Member = { readonly kind: MemberKind } | { readonly problem: string };

/** Tells who a member is, or why nobody can be let in under that name. */
export function parseMember(member: string): Member {
  if (isPublicMember(member)) {
    return { problem: `"${member}" would let anyone in; no config value does; name who may call: ${ALLOWED}` };
  }
  const bare = member.trim();
  const refused = REFUSED.find(([pattern]) => pattern.test(bare.toLowerCase()))?.[1];
  if (refused) return { problem: `"${member}" ${refused(bare)}` };
  if (isDefaultAccount(serviceAccountEmail(bare) ?? "")) {
    return {
      problem: `"${member}" is a default service account, which every workload of a project may run as; give the caller an account of its own and name that`,
    };
  }
  const kind = FORMS.find(([pattern]) => pattern.test(member))?.[1];
  return kind ? { kind } : { problem: `"${member}" is not a principal; ${ALLOWED}` };
}

/** Whether a member is a person, or many: somebody who signs in, and may mint tokens of an account. */
export function isPerson(member: string): boolean {
  const parsed = parseMember(member);
  return "kind" in parsed && parsed.kind === "person";
}

/** Whether a member is one human being, who leaves without anybody's editing a config: what they get has to end. */
export function isOnePerson(member: string): boolean {
  return isPerson(member) && /^(user|principal):/.test(member);
}
