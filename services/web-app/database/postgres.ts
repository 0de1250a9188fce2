import { Pool, type PoolClient, type PoolConfig } from "pg";
import { type Clock, ServiceError } from "../../runtime/index";
import { signed } from "./identity";
import { refusal } from "./refusal";
import type { Database, Row, Sql } from "./sql";

export interface PostgresOptions {
  /** `DATABASE_URL` taken apart: of the app's own login role. */
  readonly connection: PoolConfig;
  /** Signs who a transaction is for. */
  readonly key: Buffer;
  readonly clock: Clock;
  /** Most connections at a time; further transactions wait. @default 5 */
  readonly connections?: number;
  /** How long a statement, a lock or a pause within a transaction may take. @default 15000 */
  readonly timeoutMs?: number;
}

/**
 * Who the transaction is for travels as a bound value: the text of a statement shows in pg_stat_activity to every session
 * of the same role, and what is signed there would be anybody's. The timeouts end with the transaction as well.
 */
const BEGIN_AS = `select set_config('web.identity', $1, true), set_config('statement_timeout', $2, true),
  set_config('lock_timeout', $2, true), set_config('idle_in_transaction_session_timeout', $2, true)`;

/** Transactions on PostgreSQL. Connects when one is asked for. */
export function postgresDatabase({
  connection,
  key,
  clock,
  connections = 5,
  timeoutMs = 15_000,
}: PostgresOptions): Database {
  const pool = new Pool({ connectionTimeoutMillis: 10_000, ...connection, max: connections });
  const cleaning = new Set<Promise<void>>();
  // A connection that ends while nobody uses it is replaced by the next transaction; one that ends within a transaction
  // fails the transaction. Without a listener, either would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    async as(viewer, work, { readOnly = false } = {}) {
      const client = await connected(pool);
      try {
        await client.query(readOnly ? "begin read only" : "begin");
        await client.query(BEGIN_AS, [signed(viewer, key, clock.now()), String(timeoutMs)]);
        const result = await work(statements(client));
        // A transaction that failed is committed without an error, as a rollback.
        const { command } = await client.query("commit");
        if (command !== "COMMIT") throw new Error(`the transaction ended as ${command}`);
        return result;
      } catch (error) {
        await client.query("rollback").catch(() => {});
        throw refusal(error);
      } finally {
        const done = clean(client).finally(() => cleaning.delete(done));
        cleaning.add(done);
      }
    },
    async close() {
      await Promise.all(cleaning);
      await pool.end();
    },
  };
}

/**
 * Leaves a connection as new for whoever is next: without settings, temporary tables, cursors, prepared statements and
 * locks. After the answer, so that nobody waits for it; a connection that cannot be cleaned is closed.
 */
async function clean(client: PoolClient): Promise<void> {
  try {
    await client.query("discard all");
    client.release();
  } catch (error) {
    client.release(error instanceof Error ? error : true);
  }
}

async function connected(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new ServiceError("database-unavailable", "the database cannot be reached", { cause });
  }
}

function statements(client: PoolClient): Sql {
  return {
    async query<T extends object = Row>(text: string, values?: readonly unknown[]): Promise<readonly T[]> {
      const result = await client.query(text, values && [...values]);
      return result.rows as T[];
    },
  };
}
