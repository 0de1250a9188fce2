import type { PoolConfig } from "pg";
import { parseIntoClientConfig } from "pg-connection-string";
import { type Clock, type Log, ServiceError } from "../../runtime/index";
import { EMBEDDED, type WebAppOptions } from "../options";
import { checkDatabase } from "./check";
import { accessToken } from "./cloud-sql";
import { EMBEDDED_WARNING, embeddedDatabase } from "./embedded";
import { postgresDatabase } from "./postgres";
import type { Database, Schema } from "./sql";

/**
 * The database that the options name, once it is known to keep rows apart.
 *
 * @throws ServiceError `options-invalid`, `database-unavailable`
 */
export async function openDatabase(
  schema: Schema,
  options: WebAppOptions,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Database> {
  if (options.database === EMBEDDED) {
    log.write("WARNING", EMBEDDED_WARNING);
    return embeddedDatabase(schema, options.teams, clock, (database) => fillExamples(database, schema, options));
  }
  const connection = connectionOf(options.database, options.service.metadataHost);
  const database = postgresDatabase({ connection, key: options.keys[0]!, clock });
  try {
    await checkDatabase(database, schema);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * A connection URI taken apart. Where it goes to a socket of Cloud SQL without a password, IAM authenticates: an access
 * token of the service's account is the password of each new connection.
 *
 * Source: https://cloud.google.com/sql/docs/postgres/iam-logins
 */
export function connectionOf(url: string, metadataHost: string | undefined): PoolConfig {
  let connection: PoolConfig;
  try {
    connection = parseIntoClientConfig(url);
  } catch {
    throw new ServiceError(
      "options-invalid",
      "DATABASE_URL: it cannot be read as postgresql://USER:PASSWORD@HOST/DATABASE",
    );
  }
  const byIam = connection.host?.startsWith("/cloudsql/") && !connection.password && metadataHost !== undefined;
  return byIam ? { ...connection, password: () => accessToken(metadataHost) } : connection;
}

/** For each person some rows, which are made as the person makes them. */
async function fillExamples(
  database: Pick<Database, "as">,
  { examples }: Schema,
  options: WebAppOptions,
): Promise<void> {
  if (examples === undefined) return;
  for (const [principal, name] of options.examplePeople) {
    await database.as({ principal, name, groups: [] }, async (sql) => {
      for (const { groupId } of options.teams) await sql.query(examples, [groupId]);
    });
  }
}
