import { accountEmail } from "../google/accounts";
import { throughAccount } from "./edges";
import { type FormerKeys, named } from "./former-keys";
import type { Impersonation } from "./graph";
import { accessName } from "./names";
import { OPEN_ID_TOKEN_CREATOR_ROLE, TOKEN_CREATOR_ROLE } from "./roles";
import type { DeveloperSpec, ReceiverSpec } from "./spec/spec";

/** Who may mint tokens of the accounts that are made for people, and until when. */

/** People whose `access` has an end: each mints ID tokens of the account that may call the service. */
export function accessImpersonations(
  receiver: ReceiverSpec,
  kind: string,
  project: string,
  former: FormerKeys,
): Impersonation[] {
  const { key, access, accessAccountId } = receiver;
  if (accessAccountId === undefined) return [];
  return access.flatMap((entry, i): Impersonation[] => {
    const { member, until } = entry;
    if (!throughAccount(entry)) return [];
    return [
      {
        ...named(former, (_, callee) => accessName(member, callee), "", key),
        member,
        account: accountEmail(accessAccountId, project),
        role: OPEN_ID_TOKEN_CREATOR_ROLE,
        ...(until && { until }),
        reason: `${kind}.${key}.access[${i}]`,
      },
    ];
  });
}

export function developerImpersonation(developer: DeveloperSpec, project: string): Impersonation {
  const { key, formerly, member, accountId, accessTokens, until } = developer;
  return {
    name: key,
    ...(formerly !== undefined && { formerly: [formerly] }),
    member,
    account: accountEmail(accountId, project),
    role: accessTokens ? TOKEN_CREATOR_ROLE : OPEN_ID_TOKEN_CREATOR_ROLE,
    ...(until && { until }),
    reason: `developers.${key}`,
  };
}
