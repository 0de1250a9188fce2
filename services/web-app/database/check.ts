import { ServiceError } from "../../runtime/index";
import LOGIN from "./login.sql";
import { allMigrations } from "./migrate";
import type { Database, Schema } from "./sql";

/** Nobody: for what is asked before anybody is signed in. */
const NOBODY = { principal: "", name: "", groups: [] };

/**
 * Refuses to work as a role, or on a database, with which row-level security would not hold.
 *
 * @throws ServiceError `options-invalid` with every finding
 */
export async function checkDatabase(database: Database, schema: Schema): Promise<void> {
  const findings = await database.as(
    NOBODY,
    async (sql) => {
      const found = await sql.query<{ finding: string }>(LOGIN);
      const [state] = await sql.query<{ there: boolean | null }>(
        "select has_schema_privilege(to_regnamespace('web'), 'USAGE') as there",
      );
      const applied = state?.there ? await sql.query<{ name: string }>("select name from web.migration") : [];
      const names = new Set(applied.map(({ name }) => name));
      const missing = allMigrations(schema).filter(({ name }) => !names.has(name));
      return [
        ...found.map(({ finding }) => finding),
        ...(missing.length > 0
          ? [`not migrated: ${missing.map(({ name }) => name).join(", ")}; run \`npm run migrate\` as the owner`]
          : []),
      ];
    },
    { readOnly: true },
  );
  if (findings.length === 0) return;
  throw new ServiceError("options-invalid", `DATABASE_URL: ${findings.join("; ")}`, {
    details: findings.map((message) => ({ path: "DATABASE_URL", message })),
  });
}
