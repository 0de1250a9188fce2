import { normalizedMember } from "../../google/members";
import { isPerson, parseMember } from "../members";
import type { Finding } from "../problems";
import type { Accessor } from "../spec/load-balancer";
import { GUID, oauthClientProblem, poolId, poolProblem } from "../workforce";

/** Checks of who signs in through Identity-Aware Proxy: with a Google identity, or in a workforce pool. */

const WORKFORCE =
  /^principal(Set)?:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/([^/]+)\/(group\/)?(.*)$/;

export function checkWorkforcePool(pool: string | undefined, path: string): Finding[] {
  const message = pool === undefined ? undefined : poolProblem(pool);
  return message === undefined ? [] : [{ path, message }];
}

export function checkOauthClient(client: string | undefined, pool: string | undefined, at: string): Finding[] {
  if (client === undefined) return [];
  const path = `${at}.oauthClient`;
  if (pool === undefined) {
    const message = 'is for people of a workforce pool; set "workforcePool", or remove it';
    return [{ path, message, restsOn: [path, `${at}.workforcePool`] }];
  }
  const message = oauthClientProblem(client);
  return message === undefined ? [] : [{ path, message }];
}

interface SignIn {
  /** The pool in which people sign in; absent for Google identities. */
  readonly pool: string | undefined;
  /** What somebody who does not sign in does, for people. */
  readonly instead: string;
}

/**
 * Checks of a list of those who come through.
 *
 * @param iap path of the block of which the list and the pool are
 * @param list path of the list in that block
 */
export function checkAccessors(
  accessors: readonly Accessor[],
  iap: string,
  { pool, instead }: SignIn,
  list = "access",
): Finding[] {
  const seen = new Set<string>();
  return accessors.flatMap(({ member }, i) => {
    const path = `${iap}.${list}[${i}].member`;
    const isTwice = seen.has(normalizedMember(member));
    seen.add(normalizedMember(member));
    if (isTwice) return [{ path, message: `"${member}" is listed twice; remove one entry` }];
    const who = parseMember(member);
    if ("problem" in who) return [];
    const message = isPerson(member)
      ? whyNotSigningIn(member, pool)
      : `"${member}" is no person, and nobody else can sign in; ${instead}`;
    return message === undefined ? [] : [{ path, message, restsOn: [path, `${iap}.workforcePool`] }];
  });
}

function whyNotSigningIn(member: string, pool: string | undefined): string | undefined {
  const [, isSet, of, isGroup, name = ""] = WORKFORCE.exec(member) ?? [];
  if (pool === undefined) {
    if (of === undefined) return undefined;
    return `"${member}" signs in to the pool "${of}"; set "workforcePool: ${of}"`;
  }
  if (of === undefined) {
    return `"${member}" is a Google identity, and people sign in to the pool "${poolId(pool)}"; name a person or a group of the pool: "principalSet://iam.googleapis.com/locations/global/workforcePools/${poolId(pool)}/group/OBJECT_ID"`;
  }
  if (of !== poolId(pool)) return `"${member}" is of the pool "${of}", and people sign in to "${poolId(pool)}"`;
  if (!isSet && name.startsWith("subject/") && name.includes("@")) {
    return `"${name.slice("subject/".length)}" is an address, and Entra tells object ids; write the person's object id, as their page in Entra shows it`;
  }
  if (isSet && isGroup && !GUID.test(name)) {
    return `"${name}" is the name of a group, and Entra tells object ids; write the group's object id, as its page in Entra shows it`;
  }
  return undefined;
}
