import { isOnePerson } from "../members";
import type { Finding } from "../problems";

/**
 * What one person has as a developer or an operator has to end; groups need no end.
 *
 * @param path of the entry that names the member
 * @param what that has to end, in words
 */
export function checkEnd(
  { member, until }: { readonly member: string; readonly until?: string | undefined },
  path: string,
  what = "way has",
): Finding[] {
  if (until !== undefined || !isOnePerson(member)) return [];
  const message = `is missing; "${member}" is one person, whose ${what} to end; set the last day, or name a group`;
  return [{ path: `${path}.until`, message, restsOn: [`${path}.until`, `${path}.member`] }];
}
