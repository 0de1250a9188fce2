import { randomBytes } from "node:crypto";
import type { PGliteInterface } from "@electric-sql/pglite";
import { type Clock, ServiceError } from "../../runtime/index";
import { signed } from "./identity";
import { migrate, type Team } from "./migrate";
import { refusal } from "./refusal";
import type { Database, Row, Schema, Sql } from "./sql";

/** Within a database of its own, so that every app has the same. */
const OWNER = "web_owner";
const APP = "web_app";

const ROLES = `create role ${OWNER} nologin; create role ${APP} nologin noinherit;
  grant create on database postgres to ${OWNER}; alter database postgres owner to ${OWNER};`;

/** What PGlite cannot refuse to SQL that gets into a statement, as its session is the superuser's throughout. */
export const EMBEDDED_WARNING =
  "the database is embedded: it is in this process's memory and gone with it, and SQL that got into a statement could " +
  "leave the app's role by RESET ROLE or SET SESSION AUTHORIZATION; set DATABASE_URL for PostgreSQL";

/**
 * PostgreSQL within this process, for a first look: same migrations, same policies, and rows only for as long as the
 * process lives. It takes seconds to start, which only transactions wait for. One session, so one transaction at a time;
 * it is the superuser's, held by SET ROLE.
 *
 * @param begin makes the first rows, once there are tables
 */
export function embeddedDatabase(
  schema: Schema,
  teams: readonly Team[],
  clock: Clock,
  begin: (database: Pick<Database, "as">) => Promise<void> = async () => {},
): Database {
  const key = randomBytes(32);
  let isOpen = false;
  const transaction =
    (lite: PGliteInterface): Database["as"] =>
    (viewer, work, { readOnly = false } = {}) =>
      inTransaction(lite, signed(viewer, key, clock.now()), readOnly, work);
  const opening = (async () => {
    const lite = await opened();
    await prepare(lite, schema, teams, key);
    await begin({ as: transaction(lite) });
    isOpen = true;
    return lite;
  })();
  // Whoever asks for a transaction is told.
  opening.catch(() => {});
  return {
    as: async (viewer, work, options) => transaction(await opening)(viewer, work, options),
    // What still starts ends with the process.
    close: async () => (isOpen ? (await opening).close() : undefined),
  };
}

async function prepare(lite: PGliteInterface, schema: Schema, teams: readonly Team[], key: Buffer): Promise<void> {
  await lite.exec(ROLES);
  await lite.exec(`set role ${OWNER}`);
  const owner = {
    query: async <T extends object = Row>(text: string, values?: readonly unknown[]) =>
      (await lite.query<T>(text, values && [...values])).rows,
    run: async (text: string) => {
      await lite.exec(text);
    },
  };
  await migrate(owner, { schema, appRole: APP, keys: [key], teams });
  await lite.exec("reset role");
}

async function inTransaction<T>(
  lite: PGliteInterface,
  identity: string,
  readOnly: boolean,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  try {
    return await lite.transaction(async (transaction) => {
      await transaction.exec(`${readOnly ? "set transaction read only;" : ""} set local role ${APP}`);
      await transaction.query("select set_config('web.identity', $1, true)", [identity]);
      return work({
        query: async <R extends object = Row>(text: string, values?: readonly unknown[]) =>
          (await transaction.query<R>(text, values && [...values])).rows,
      });
    });
  } catch (error) {
    throw refusal(error);
  }
}

/** Loaded where it is wanted alone: PostgreSQL's program has 9 MB. */
async function opened(): Promise<PGliteInterface> {
  try {
    const { PGlite } = await import("@electric-sql/pglite");
    return await PGlite.create();
  } catch (cause) {
    throw new ServiceError("database-unavailable", "the embedded database does not start", { cause });
  }
}
