/** Who is in the company's directory (Entra ID), and what its tokens say of them. */
import { stableUuid } from "../../../control-plane/rules/identifiers";
import type { Person } from "../../identity/directory";

export interface EntraUser {
  /** Object id. */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Object ids. */
  readonly groups: readonly string[];
  /** What grants to `attribute.NAME/VALUE` say of them: claims of those names. */
  readonly attributes: Readonly<Record<string, string>>;
}

const MEMBER =
  /^principal(?:Set)?:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/[^/]+\/(subject|group|attribute\.([^/]+))\/(.+)$/;

/** Everybody in the directory: who has an object id there, is in one of its groups, or is known to a workforce pool. */
export function entraUsers(people: readonly Person[]): EntraUser[] {
  return people.flatMap((person) => {
    const parts = (person.principals ?? []).flatMap((member) => {
      const [, kind = "", attribute, value = ""] = MEMBER.exec(member) ?? [];
      return value === "" ? [] : [{ kind, attribute, value }];
    });
    const objects = (person.groups ?? []).filter((group) => !group.includes("@"));
    const isThere = person.id !== undefined || objects.length > 0 || (person.principals ?? []).some(isOfPool);
    if (!isThere) return [];
    const valuesOf = (wanted: string) => parts.filter(({ kind }) => kind === wanted).map(({ value }) => value);
    const attributes = parts.flatMap(({ attribute, value }) => (attribute === undefined ? [] : [[attribute, value]]));
    return {
      id: person.id ?? valuesOf("subject")[0] ?? stableUuid(`person ${person.email.toLowerCase()}`),
      email: person.email,
      name: nameOf(person),
      groups: [...new Set([...objects, ...valuesOf("group")])],
      attributes: Object.fromEntries(attributes) as Record<string, string>,
    };
  });
}

function isOfPool(member: string): boolean {
  return member.includes("/workforcePools/");
}

/** The name that people read: their own, or what their address makes of it. */
export function nameOf({ name, email }: Person): string {
  if (name !== undefined) return name;
  const [local = ""] = email.split("@");
  const words = local.split(/[._-]+/).filter((word) => word !== "");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ") || email;
}

/**
 * Beyond this many, a token names no groups at all.
 * Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference#groups-overage-claim
 */
const MOST_GROUPS = 200;

/** The claims of a token for somebody. Source: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
export function claimsOf({ id, email, name, groups, attributes }: EntraUser, tenant: string) {
  return {
    ...attributes,
    ...{ oid: id, tid: tenant, ver: "2.0", name, preferred_username: email, email },
    ...(groups.length > 0 && groups.length <= MOST_GROUPS && { groups: [...groups] }),
  };
}
