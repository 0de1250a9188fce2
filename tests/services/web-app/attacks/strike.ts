import { Client } from "pg";
import type { Database } from "../../../../services/web-app/database/sql";
import type { Cluster } from "../../../support/postgres";
import { type Attack, FOUND } from "./forms";
import { Tap } from "./tap";
import { ALICE, BLUE, MALLORY, RED, type Target } from "./target";
import { appDatabase, type Prepared, viewer } from "./world";

/** Whoever attacks, and what she must neither see nor change. */
export const ATTACKERS = {
  "by person": { who: viewer(MALLORY), secret: /secret-(red|blue)/ },
  "by group": { who: viewer(MALLORY, BLUE), secret: /secret-red/ },
} as const;

/** A database under attack, with what watches it. */
export interface Field {
  readonly world: Prepared;
  readonly target: Target;
  readonly tap: Tap;
  /** Of Alice, on a connection of her own. */
  readonly others: Database;
  readonly superuser: Client;
}

export async function field(cluster: Cluster, world: Prepared, target: Target): Promise<Field> {
  const superuser = new Client(cluster.url("postgres", world.database));
  await superuser.connect();
  const tap = await Tap.on(cluster.folder);
  return { world, target, tap, superuser, others: appDatabase(world, cluster.folder, 1) };
}

export async function leave({ tap, others, superuser }: Field): Promise<void> {
  await Promise.all([others.close(), superuser.end()]);
  await tap.stop();
}

/**
 * Runs an attack through the app's own transactions, on one connection that then goes to somebody else, and back.
 *
 * @returns what it achieved; nothing where the database held
 */
export async function strike(
  { world, target, tap, others, superuser }: Field,
  attack: Attack,
  by: keyof typeof ATTACKERS,
): Promise<readonly string[]> {
  const { who, secret } = ATTACKERS[by];
  const database = appDatabase(world, tap.folder, 1);
  const before = await foreignRows(superuser, target);
  const achieved: string[] = [];
  const injected = (statements: readonly string[]) =>
    tap.during(async () => {
      for (const sql of statements) await database.as(who, (rows) => rows.query(sql)).catch(() => {});
    });
  try {
    // Alice's transaction is open meanwhile; it holds no lock for which an attack would wait.
    const heard = await others.as(viewer(ALICE, RED), () => injected(attack.sql));
    const [next] = await Promise.allSettled([alicesWork(database, target)]);
    if (next.status === "rejected") achieved.push(`whoever came next failed: ${next.reason.message}`);
    else if (next.value !== "") achieved.push(next.value);
    const later = await injected([...(attack.later ?? []), `select * from ${target.table}`]);
    for (const [when, text] of [
      ["at once", heard],
      ["later", later],
    ] as const) {
      if (secret.test(text)) achieved.push(`saw foreign rows ${when}`);
      if (text.includes(FOUND)) achieved.push(`learned of what is foreign ${when}`);
    }
  } finally {
    await database.close();
  }
  if ((await foreignRows(superuser, target)) !== before) achieved.push("changed foreign rows");
  return achieved;
}

/** What Alice finds and does is as if nobody had had the connection before her. */
async function alicesWork(database: Database, { table, owner, text, change }: Target): Promise<string> {
  return database.as(viewer(ALICE), async (rows) => {
    const seen = await rows.query(`select ${owner} as who, ${text} as words from ${table}`);
    await rows.query(`update ${table} set ${change} where false`);
    const wrong = seen.filter(({ who }) => who !== ALICE);
    return seen.length === 22 && wrong.length === 0 ? "" : `whoever came next saw ${seen.length} rows`;
  });
}

/** All rows that are not the attacker's, nor in her own team, as the superuser sees them. */
async function foreignRows(superuser: Client, target: Target): Promise<string> {
  const { table, owner, group, child } = target;
  const sql = `select t::text as row from ${table} t where ${owner} <> '${MALLORY}' and ${group} <> '${BLUE}'
    union all select c::text from ${child.table} c where ${child.author} <> '${MALLORY}' and not exists
      (select from ${table} t where t.id = c.${child.parent} and t.${group} = '${BLUE}')
    union all select c::text from ${child.table} c join ${table} t on t.id = c.${child.parent}
      where t.${owner} <> '${MALLORY}' and t.${group} <> '${BLUE}'
    union all select t::text from ${table} t where ${owner} <> '${MALLORY}' and ${target.text} = 'planted'
    union all select c::text from ${child.table} c where ${child.author} <> '${MALLORY}' and ${child.text} = 'planted'
    union all select '${owner}s ' || count(*) from ${table} where ${owner} = '${ALICE}' order by 1`;
  return JSON.stringify((await superuser.query(sql)).rows);
}
