/** Reads who is granted what by any Member, Binding or Policy resource, each value known, left out or unknown by itself. */

import type { Props, Report } from "../rule";
import { policyGrants } from "./iam-policy";
import { lengthOf, type Reading, read } from "./read";

/** A text of a grant: its value, or where it could not be seen; undefined where it is left out or no text. */
export type Text = { readonly value: string | undefined } | { readonly unknown: string };

export interface Grant {
  /** Where the member stands. */
  readonly path: string;
  readonly member: Text;
  readonly role: Text;
  /** The condition's expression. */
  readonly condition: Text;
}

export interface Grants {
  readonly grants: readonly Grant[];
  /** Why `policyData` is no IAM policy; then none of its grants are listed. */
  readonly problem?: string;
}

/** `member`, `members` and `policyData` are read on every type, and a `members` that is one text counts as one member. */
export function grantsOf(props: Props): Grants {
  const role = textOf(read(props, "role"));
  const condition = textOf(read(props, "condition", "expression"));
  const grants: Grant[] = [];
  const look = (path: string, reading: Reading) => {
    const member = textOf(reading);
    if ("unknown" in member || member.value !== undefined) grants.push({ path, member, role, condition });
  };
  look("member", read(props, "member"));
  const members = read(props, "members");
  look("members", members);
  if (members.state === "known") {
    for (let i = 0; i < lengthOf(members.value); i++) look(`members[${i}]`, read(props, "members", i));
  }

  const data = read(props, "policyData");
  if (data.state === "absent") return { grants };
  if (data.state === "unknown") {
    const unseen = { unknown: data.at };
    return { grants: [...grants, { path: data.at, member: unseen, role: unseen, condition: unseen }] };
  }
  const policy = typeof data.value === "string" ? policyGrants(data.value) : { problem: "is no text" };
  if ("problem" in policy) return { grants, problem: policy.problem };
  for (const { path, member, role, condition } of policy.grants) {
    const value = (text: string | undefined) => ({ value: text });
    grants.push({
      path: `policyData.${path}`,
      member: value(member),
      role: value(role),
      condition: value(condition),
    });
  }
  return { grants };
}

function textOf(reading: Reading): Text {
  if (reading.state === "unknown") return { unknown: reading.at };
  return { value: reading.state === "known" && typeof reading.value === "string" ? reading.value : undefined };
}

/** What makes a grant wrong; a part that is left out does not decide. All parts must hold. */
export interface Wrong {
  readonly member?: (member: string) => boolean;
  readonly role?: (role: string) => boolean;
  /** Asked with "" where there is no condition. */
  readonly condition?: (expression: string) => boolean;
}

/**
 * The grants that are wrong for certain. One that is wrong as far as can be seen is reported as unknown, at each part
 * that cannot; one that is right by what can be seen is right whatever the rest turns out to be.
 */
export function wrongGrants(props: Props, wrong: Wrong, report: Report): Grant[] {
  return grantsOf(props).grants.filter((grant) => {
    const parts = [
      answer(grant.member, wrong.member),
      answer(grant.role, wrong.role),
      answer("value" in grant.condition ? { value: grant.condition.value ?? "" } : grant.condition, wrong.condition),
    ];
    if (parts.includes(false)) return false;
    const unseen = parts.filter((part) => typeof part === "string");
    for (const path of new Set(unseen)) report.unknown(path);
    return unseen.length === 0;
  });
}

/** True, false, or the path that cannot be seen. */
function answer(text: Text, ask: ((text: string) => boolean) | undefined): boolean | string {
  if (ask === undefined) return true;
  if ("unknown" in text) return text.unknown;
  return text.value !== undefined && ask(text.value);
}

/** A policy that cannot be read is not known to be closed. */
export function reportUnreadable(props: Props, report: Report): void {
  const { problem } = grantsOf(props);
  if (problem === undefined) return;
  report.violation(
    "policyData",
    `policyData ${problem}, so who it lets in cannot be told; make it with gcp.organizations.getIAMPolicy`,
  );
}

/** How many places one line names; a policy may hold 1,500 principals. */
const PLACES = 3;

/** One violation for all wrong members of a resource: the cure is the same. */
export function reportGrants(
  found: readonly Grant[],
  report: Report,
  what: (member: string, role: string) => string,
  consequence: string,
): void {
  const [first] = found;
  if (first === undefined) return;
  const value = (text: Text) => ("value" in text ? (text.value ?? "") : "");
  const places = found.slice(0, PLACES).map(({ path, member, role }) => `${path} ${what(value(member), value(role))}`);
  if (found.length > PLACES) places.push(`${found.length - PLACES} more are wrong alike`);
  report.violation(first.path, `${places.join(", ")}: ${consequence}`);
}
