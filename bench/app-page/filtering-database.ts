import { Pool } from "pg";
import type { Database } from "../../services/web-app/database/sql";

/** A database whose statements say themselves whose tickets they are about, as apps without row-level security have it. */
export function filteringDatabase(connectionString: string): Database {
  const pool = new Pool({ connectionString, max: 5 });
  return {
    as: ({ principal, groups }, work) =>
      work({
        async query<T extends object>(text: string, values: readonly unknown[] = []) {
          const [who, teams] = [values.length + 1, values.length + 2];
          const mine = `(select * from app.ticket where requester = $${who} or team = any ($${teams}))`;
          const result = await pool.query(text.replace("from app.ticket t", `from ${mine} t`), [
            ...values,
            principal,
            groups,
          ]);
          return result.rows as T[];
        },
      }),
    close: () => pool.end(),
  };
}
