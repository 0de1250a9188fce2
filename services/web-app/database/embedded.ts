import { randomBytes } from "node:crypto";
import type { PGliteInterface } from "@electric-sql/pglite";
import { type Clock, ServiceError } from "../../runtime/index";
import { signed } from "./identity";
import { migrate, type Team } from "./migrate";
import { refusal } from "./refusal";
import type { Database, Row, Schema, Sql, TransactionOptions, Viewer } from "./sql";

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
 * process lives. One session, so one transaction at a time; it is the superuser's, held by SET ROLE.
 */
export async function embeddedDatabase(schema: Schema, teams: readonly Team[], clock: Clock): Promise<Database> {
  const key = randomBytes(32);
  const lite = await opened();
  await lite.exec(ROLES);
  await lite.exec(`set role ${OWNER}`);
  await migrate(
    {
      query: async <T extends object = Row>(text: string, values?: readonly unknown[]) =>
        (await lite.query<T>(text, values && [...values])).rows,
      run: async (text) => {
        await lite.exec(text);
      },
    },
    { schema, appRole: APP, keys: [key], teams },
  );
  await lite.exec("reset role");
  return {
    as: <T>(viewer: Viewer, work: (sql: Sql) => Promise<T>, { readOnly = false }: TransactionOptions = {}) => {
      const done = lite.transaction(async (transaction) => {
        await transaction.exec(`${readOnly ? "set transaction read only;" : ""} set local role ${APP}`);
        await transaction.query("select set_config('web.identity', $1, true)", [signed(viewer, key, clock.now())]);
        const sql: Sql = {
          query: async <T extends object = Row>(text: string, values?: readonly unknown[]) =>
            (await transaction.query<T>(text, values && [...values])).rows,
        };
        return work(sql);
      });
      return done.catch((error) => {
        throw refusal(error);
      });
    },
    close: () => lite.close(),
  };
}

/** Loaded where it is wanted alone: PostgreSQL's program has 9 MB. */
async function opened(): Promise<PGliteInterface> {
  try {
    const { PGlite } = await import("@electric-sql/pglite");
    return await PGlite.create();
  } catch (cause) {
    throw new ServiceError("options-invalid", "DATABASE_URL: the embedded database does not start", { cause });
  }
}
