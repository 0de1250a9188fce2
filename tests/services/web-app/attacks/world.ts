import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Client } from "pg";
import { systemClock } from "../../../../services/runtime/index";
import { migrate, type OwnerConnection } from "../../../../services/web-app/database/migrate";
import { postgresDatabase } from "../../../../services/web-app/database/postgres";
import type { Database, Schema, Viewer } from "../../../../services/web-app/database/sql";
import type { Cluster } from "../../../support/postgres";
import { BLUE, RED } from "./target";

/** What an administrator runs once. */
export const ROLES = join(__dirname, "../../../../services/web-app/database/roles.sql");

export const TEAMS = [
  { groupId: RED, name: "Red team" },
  { groupId: BLUE, name: "Blue team" },
];

/** A migrated database with its two roles. */
export interface Prepared {
  readonly database: string;
  readonly ownerRole: string;
  readonly appRole: string;
  readonly key: Buffer;
}

/** Makes roles and database as an administrator would, and migrates it as the owner. */
export async function prepared(cluster: Cluster, database: string, schema: Schema): Promise<Prepared> {
  const world = { database, ownerRole: `${database}_owner`, appRole: `${database}_app`, key: randomBytes(32) };
  cluster.psql(ROLES, { database, owner: world.ownerRole, app: world.appRole });
  await asOwner(cluster, world, (owner) =>
    migrate(owner, { schema, appRole: world.appRole, keys: [world.key], teams: TEAMS }),
  );
  return world;
}

export async function asOwner<T>(
  cluster: Cluster,
  { ownerRole, database }: Prepared,
  work: (owner: OwnerConnection) => Promise<T>,
): Promise<T> {
  const client = new Client(cluster.url(ownerRole, database));
  await client.connect();
  try {
    return await work({
      query: async (text, values) => (await client.query(text, values && [...values])).rows,
      run: async (text) => {
        await client.query(text);
      },
    });
  } finally {
    await client.end();
  }
}

/** Runs SQL as the superuser. */
export async function asSuperuser(cluster: Cluster, database: string, sql: string) {
  const client = new Client(cluster.url("postgres", database));
  await client.connect();
  try {
    const result = await client.query(sql);
    return (Array.isArray(result) ? result.at(-1) : result).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** The app's own database as its login role, through the socket in a folder. */
export function appDatabase(world: Prepared, folder: string, connections: number): Database {
  return postgresDatabase({
    connection: { user: world.appRole, database: world.database, host: folder },
    key: world.key,
    clock: systemClock,
    connections,
  });
}

export const viewer = (principal: string, ...groups: string[]): Viewer => ({
  principal,
  name: principal.split("/").at(-1)!,
  groups,
});
