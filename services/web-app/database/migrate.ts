import { createHash } from "node:crypto";
import { ServiceError } from "../../runtime/index";
import GRANTS from "./grants.sql";
import { padded } from "./identity";
import IDENTITY from "./identity.sql";
import type { Migration, Schema, Sql } from "./sql";

/** A connection of the owner role. */
export interface OwnerConnection extends Sql {
  /** Runs several statements, without values. */
  run(statements: string): Promise<void>;
}

export interface MigrationWishes {
  readonly schema: Schema;
  /** The app's login role. */
  readonly appRole: string;
  /** Keys whose signatures are to count; the first signs. */
  readonly keys: readonly Buffer[];
  readonly teams: readonly Team[];
}

/** A group that the app has a name for. */
export interface Team {
  readonly groupId: string;
  readonly name: string;
  /** Principals, where a table is the directory. @default none is changed */
  readonly members?: readonly string[];
}

/** Arbitrary, and the same in every app: migrations of one database never run side by side. */
const LOCK = 4_702_111_234;

const OWN: Migration = { name: "000-identity", sql: IDENTITY };

export function allMigrations(schema: Schema): readonly Migration[] {
  return [OWN, ...schema.migrations];
}

/**
 * Brings a database up to date, as its owner: what is missing of the migrations, the app's grants, the keys and the teams,
 * in one transaction under a lock. Told twice, it changes nothing.
 *
 * @returns names of the migrations that were applied
 * @throws ServiceError `options-invalid` where an applied migration has another text now
 */
export async function migrate(owner: OwnerConnection, wishes: MigrationWishes): Promise<readonly string[]> {
  await owner.run("begin");
  try {
    await owner.query("select pg_advisory_xact_lock($1)", [LOCK]);
    const applied = await bringUpToDate(owner, allMigrations(wishes.schema));
    for (const grants of [GRANTS, wishes.schema.grants]) {
      await owner.run(grants.replaceAll(':"app"', quotedIdentifier(wishes.appRole)));
    }
    await setKeys(owner, wishes.keys);
    for (const team of wishes.teams) await setTeam(owner, team);
    await owner.run("commit");
    return applied;
  } catch (error) {
    await owner.run("rollback").catch(() => {});
    throw error;
  }
}

async function bringUpToDate(owner: OwnerConnection, migrations: readonly Migration[]): Promise<readonly string[]> {
  const [found] = await owner.query<{ there: boolean }>("select to_regclass('web.migration') is not null as there");
  const rows = found?.there ? await owner.query("select name, digest from web.migration") : [];
  const digests = new Map(rows.map(({ name, digest }) => [name, digest]));
  const changed = migrations.filter(({ name, sql }) => digests.has(name) && digests.get(name) !== digestOf(sql));
  if (changed.length > 0) {
    throw new ServiceError(
      "options-invalid",
      `${changed.map(({ name }) => name).join(", ")}: applied with another text; restore it, and add a migration instead`,
    );
  }
  const missing = migrations.filter(({ name }) => !digests.has(name));
  for (const { name, sql } of missing) {
    await owner.run(sql);
    if (name === OWN.name) await owner.run(HISTORY);
    await owner.query("insert into web.migration (name, digest) values ($1, $2)", [name, digestOf(sql)]);
  }
  return missing.map(({ name }) => name);
}

const HISTORY = `create table web.migration (
  name text primary key,
  digest text not null,
  applied_at timestamptz not null default now()
)`;

async function setKeys(owner: OwnerConnection, keys: readonly Buffer[]): Promise<void> {
  await owner.query("delete from web.identity_key");
  for (const { inner, outer } of keys.map(padded)) {
    await owner.query("insert into web.identity_key (inner_pad, outer_pad) values ($1, $2)", [inner, outer]);
  }
}

async function setTeam(owner: OwnerConnection, { groupId, name, members }: Team): Promise<void> {
  await owner.query(
    "insert into web.team (group_id, name) values ($1, $2) on conflict (group_id) do update set name = excluded.name",
    [groupId, name],
  );
  if (members === undefined) return;
  await owner.query("delete from web.membership where group_id = $1", [groupId]);
  await owner.query("insert into web.membership (group_id, principal) select $1, unnest($2::text[])", [
    groupId,
    [...new Set(members)],
  ]);
}

function digestOf(sql: string): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}

function quotedIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
