/** People of a workforce pool, who have no Google account. Source: https://cloud.google.com/iam/docs/principal-identifiers */
import type { Person } from "./directory";

export interface WorkforceIdentity {
  /** The member of IAM that is this person alone. */
  readonly principal: string;
  /** `locations/global/workforcePools/POOL`. */
  readonly pool: string;
}

const MEMBER = /^principal(Set)?:\/\/iam\.googleapis\.com\/(locations\/global\/workforcePools\/[^/]+)\/(.+)$/;

/** Who somebody is in a workforce pool; absent for Google accounts. */
export function workforceIdentity(person: Person | undefined): WorkforceIdentity | undefined {
  const found = (person?.principals ?? []).flatMap((member) => {
    const [, isSet, pool = "", rest = ""] = MEMBER.exec(member) ?? [];
    return pool === "" ? [] : [{ pool, subject: isSet ? undefined : rest }];
  });
  const [first] = found;
  if (!person || !first) return undefined;
  const { pool, subject = `subject/${person.email}` } = found.find((one) => one.subject !== undefined) ?? first;
  return { pool, principal: `principal://iam.googleapis.com/${pool}/${subject}` };
}

/** Members of grants that mean this person, beside groups and attributes. */
export function workforceMembers({ principal, pool }: WorkforceIdentity): string[] {
  return [principal, `principalSet://iam.googleapis.com/${pool}/*`];
}
