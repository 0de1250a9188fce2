import { Client } from "pg";
import { createLog, type Environment, ServiceError, systemClock } from "../../runtime/index";
import { readMigrationOptions } from "../options";
import { migrate } from "./migrate";
import { connectionOf } from "./open";
import type { Schema } from "./sql";

/**
 * `migrate`: brings the database that the environment names up to date, as its owner, and says what it applied.
 *
 * @param line takes each line of the log. @default standard output
 * @throws ServiceError `options-invalid`, `database-unavailable`
 */
export async function migrateByEnvironment(
  schema: Schema,
  env: Environment,
  line?: (line: string) => void,
): Promise<void> {
  const options = readMigrationOptions(env);
  const log = createLog({ clock: systemClock, least: options.service.logSeverity, line });
  const client = new Client(connectionOf(options.database, options.service.metadataHost));
  try {
    await client.connect();
  } catch (cause) {
    throw new ServiceError("database-unavailable", "MIGRATION_DATABASE_URL: the database cannot be reached", { cause });
  }
  try {
    const owner = {
      query: async <T extends object>(text: string, values?: readonly unknown[]) =>
        (await client.query(text, values && [...values])).rows as T[],
      run: async (text: string) => {
        await client.query(text);
      },
    };
    const applied = await migrate(owner, { schema, ...options });
    log.write("INFO", applied.length > 0 ? `applied ${applied.join(", ")}` : "there was nothing to apply");
  } finally {
    await client.end();
  }
}
