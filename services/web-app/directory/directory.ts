import { type Clock, type IapIdentity, ServiceError } from "../../runtime/index";
import type { Database } from "../database/sql";

/** Who knows the groups of people; no assertion of Identity-Aware Proxy does. */
export interface Directory {
  /**
   * Ids of all groups that the person is in.
   *
   * @throws ServiceError `directory-unavailable`, `identity-not-permitted` for somebody whom the directory does not know
   */
  groupsOf(identity: IapIdentity): Promise<readonly string[]>;
}

/** For apps without groups: everybody has their own rows. */
export const noDirectory: Directory = { groupsOf: async () => [] };

/** The table `web.membership`, of which everybody sees their own lines. */
export function tableDirectory(database: Database): Directory {
  return {
    async groupsOf({ principal }) {
      const found = await database.as(
        { principal, name: principal, groups: [] },
        (sql) => sql.query<{ group_id: string }>("select group_id from web.membership order by group_id"),
        { readOnly: true },
      );
      return found.map(({ group_id }) => group_id);
    },
  };
}

/** What a directory said counts this long: so long does somebody keep what a group gave who has left it. */
export const KEPT_MS = 5 * 60_000;

/**
 * Asks once however many requests wait, and remembers the answer. Fails closed: where the directory cannot be asked, what
 * it said longer ago counts no more.
 *
 * @param most people that are remembered; the oldest answer goes first
 */
export function cachedDirectory(directory: Directory, clock: Clock, most = 1_000): Directory {
  const answers = new Map<string, { readonly untilMs: number; readonly groups: Promise<readonly string[]> }>();
  return {
    groupsOf(identity) {
      const { principal } = identity;
      const known = answers.get(principal);
      if (known && clock.now() < known.untilMs) return known.groups;
      const groups = directory.groupsOf(identity);
      const answer = { untilMs: clock.now() + KEPT_MS, groups };
      answers.delete(principal);
      answers.set(principal, answer);
      if (answers.size > most) answers.delete(answers.keys().next().value!);
      groups.catch(() => {
        if (answers.get(principal) === answer) answers.delete(principal);
      });
      return groups;
    },
  };
}

export function unavailable(cause: unknown): ServiceError {
  return new ServiceError("directory-unavailable", "the directory cannot say which groups you are in; try again", {
    cause,
  });
}
