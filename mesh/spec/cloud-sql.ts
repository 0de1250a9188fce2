import { z } from "zod";

/** The database that a service logs in to, as written in stack config. */

export const connectionName = z
  .string()
  .regex(
    /^([a-z][-a-z0-9.]*:)?[a-z][-a-z0-9]*:[a-z]+-[a-z]+\d+:[a-z][-a-z0-9]*$/,
    'must be a connection name, e.g. "acme-dev:europe-west9:main"',
  );

export const cloudSql = z
  .union([
    connectionName,
    z.strictObject({
      instance: connectionName.describe("Connection name, `PROJECT:REGION:INSTANCE`"),
      database: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, "must be letters, digits and underscores, not starting with a digit")
        .optional()
        .describe("Name of the database; default: the service's name, with underscores"),
    }),
  ])
  .describe(
    "Cloud SQL for PostgreSQL instance that the service logs in to as its own account, without a password: a connection name, or `{ instance, database }`; default: none",
  );

export type CloudSqlConfig = z.output<typeof cloudSql>;

/** As filled in. */
export interface CloudSqlSpec {
  /** Connection name: `PROJECT:REGION:INSTANCE`. */
  readonly instance: string;
  readonly database: string;
}
