import { poolId } from "../load-balancer";
import { isPerson, parseMember, plainMember } from "../members";
import type { Finding } from "../problems";
import type { Accessor } from "../spec/load-balancer";

/** Checks of who signs in through Identity-Aware Proxy: with a Google identity, or in a workforce pool. */

/** Source: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools/create */
const POOL_ID = /^(?!gcp-)[a-z][-a-z0-9]{4,61}[a-z0-9]$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const WORKFORCE =
  /^principal(Set)?:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/([^/]+)\/(group\/)?(.*)$/;

export function checkWorkforcePool(pool: string | undefined, path: string): Finding[] {
  if (pool === undefined || POOL_ID.test(poolId(pool))) return [];
  const message = `"${pool}" is not a workforce pool; write "POOL" or "locations/global/workforcePools/POOL", where POOL has 6 to 63 lower-case letters, digits and hyphens, starts with a letter and not with "gcp-"`;
  return [{ path, message }];
}

/** Source: https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.oauthClients/create */
export function checkOauthClient(client: string | undefined, pool: string | undefined, at: string): Finding[] {
  if (client === undefined) return [];
  const path = `${at}.oauthClient`;
  if (pool === undefined) {
    const message = 'is for people of a workforce pool; set "workforcePool", or remove it';
    return [{ path, message, restsOn: [path, `${at}.workforcePool`] }];
  }
  if (GUID.test(client)) {
    const message = `"${client}" is the id of an app in Entra, which the pool's provider knows; write a name for the IAM OAuth client that is made, e.g. "iap-gateway", or leave it out`;
    return [{ path, message }];
  }
  if (POOL_ID.test(client)) return [];
  const message = `"${client}" is not the id of an OAuth client; use 6 to 63 lower-case letters, digits and hyphens, starting with a letter and not with "gcp-"`;
  return [{ path, message }];
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
    const isTwice = seen.has(plainMember(member));
    seen.add(plainMember(member));
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
  if (isSet && isGroup && !GUID.test(name)) {
    return `"${name}" is the name of a group, and Entra tells object ids; write the group's object id, as its page in Entra shows it`;
  }
  return undefined;
}
