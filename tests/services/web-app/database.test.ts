import * as assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { Client } from "pg";
import { schema } from "../../../services/service-desk/database/schema";
import { checkDatabase } from "../../../services/web-app/database/check";
import { signed } from "../../../services/web-app/database/identity";
import { migrate } from "../../../services/web-app/database/migrate";
import type { Database } from "../../../services/web-app/database/sql";
import { needs } from "../../support/needs";
import { type Cluster, postgresPrograms, startCluster } from "../../support/postgres";
import { ALICE } from "./attacks/target";
import { appDatabase, asOwner, asSuperuser, type Prepared, prepared, ROLES, TEAMS, viewer } from "./attacks/world";
import { keepsRowsApart } from "./keeps-rows-apart";

describe("the database of a web app, on PostgreSQL", () => {
  let cluster: Cluster;
  let world: Prepared;
  let database: Database;
  before(async function () {
    this.timeout(60_000);
    needs(this, "PostgreSQL (POSTGRES_BIN names the folder of its programs)", postgresPrograms() !== undefined);
    cluster = await startCluster();
    world = await prepared(cluster, "desk", schema);
    database = appDatabase(world, cluster.folder, 2);
  });
  after(async () => {
    await database?.close();
    await cluster?.stop();
  });

  keepsRowsApart(() => database);

  const again = (more: Partial<Parameters<typeof migrate>[1]> = {}, on = world) =>
    asOwner(cluster, on, (owner) =>
      migrate(owner, { schema, appRole: on.appRole, keys: [on.key], teams: TEAMS, ...more }),
    );

  it("takes an app role that is there already, whatever its name", async () => {
    const appRole = "desk-sa@acme-dev.iam";
    await asSuperuser(cluster, "postgres", `create role "${appRole}" login`);
    const iam = { ...world, database: "iam", ownerRole: "iam_owner", appRole };
    cluster.psql(ROLES, { database: "iam", owner: iam.ownerRole, app: appRole });
    await again({}, iam);
    const open = appDatabase(iam, cluster.folder, 1);
    await checkDatabase(open, schema);
    await open.close();
  });

  it("is migrated once, however often and by however many at a time it is told", async () => {
    assert.deepEqual(await again(), []);
    cluster.psql(ROLES, {
      database: "fresh",
      owner: "fresh_owner",
      app: "fresh_app",
    });
    const fresh = { ...world, database: "fresh", ownerRole: "fresh_owner", appRole: "fresh_app" };
    const applied = await Promise.all([again({}, fresh), again({}, fresh), again({}, fresh)]);
    assert.deepEqual(applied.flat().sort(), ["000-identity", "001-tickets"]);
  });

  it("applies all that is missing, or nothing", async () => {
    const migrations = [
      ...schema.migrations,
      { name: "002-good", sql: "create table app.good ()" },
      { name: "003-bad", sql: "create tabel" },
    ];
    await assert.rejects(again({ schema: { ...schema, migrations } }), { message: 'syntax error at or near "tabel"' });
    assert.deepEqual(await asSuperuser(cluster, "desk", "select to_regclass('app.good') as good"), [{ good: null }]);
  });

  it("refuses an applied migration whose text has changed", async () => {
    const migrations = [{ name: "001-tickets", sql: "select 1" }];
    await assert.rejects(again({ schema: { ...schema, migrations } }), {
      code: "options-invalid",
      message: "001-tickets: applied with another text; restore it, and add a migration instead",
    });
  });

  it("takes signatures of either of two keys, and of no key that was taken away", async () => {
    const next = randomBytes(32);
    const other = appDatabase({ ...world, key: next }, cluster.folder, 1);
    const known = async (through: Database) =>
      (await through.as(viewer(ALICE), (sql) => sql.query("select web.principal() as who")))[0]!["who"];
    try {
      assert.deepEqual([await known(database), await known(other)], [ALICE, null]);
      await again({ keys: [next, world.key] });
      assert.deepEqual([await known(database), await known(other)], [ALICE, ALICE]);
      await again({ keys: [next] });
      assert.deepEqual([await known(database), await known(other)], [null, ALICE]);
    } finally {
      await again();
      await other.close();
    }
  });

  it("takes no statement after its two minutes", async () => {
    const client = new Client(cluster.url(world.appRole, "desk"));
    await client.connect();
    const who = async (signedMs: number) => {
      await client.query("select set_config('web.identity', $1, false)", [signed(viewer(ALICE), world.key, signedMs)]);
      return (await client.query("select web.principal() as who")).rows[0].who;
    };
    assert.deepEqual([await who(Date.now() - 60_000), await who(Date.now() - 120_001)], [ALICE, null]);
    await client.end();
  });

  it("is refused to an app with every reason at once why its rows would not be apart", async () => {
    const broken = await prepared(cluster, "unfit", schema);
    await asSuperuser(
      cluster,
      "unfit",
      `
      alter role unfit_app createdb createrole bypassrls;
      grant unfit_owner to unfit_app;
      alter role unfit_app inherit;
      create table app.open (); alter table app.open owner to unfit_app;
      create view app.theirs as select * from app.ticket;
      grant temporary on database unfit to unfit_app;
      alter table app.comment no force row level security;
      delete from web.migration where name = '001-tickets';`,
    );
    const unfit = appDatabase(broken, cluster.folder, 1);
    await assert.rejects(checkDatabase(unfit, schema), {
      code: "options-invalid",
      message: `DATABASE_URL: ${[
        "the role has BYPASSRLS",
        "the role has CREATEROLE",
        "the role has CREATEDB",
        "the role is a member of unfit_owner",
        "the role owns open",
        "the role may create in the schema app",
        "the role may create in the schema public",
        "the role may create in the schema web",
        "the role may create schemas in the database",
        "the role may create temporary tables",
        "the role can read web.identity_key",
        "app.comment has no FORCE ROW LEVEL SECURITY",
        "app.open has no FORCE ROW LEVEL SECURITY",
        "app.theirs shows rows as its owner; it has no security_invoker",
        "not migrated: 001-tickets; run `npm run migrate` as the owner",
      ].join("; ")}`,
    });
    await unfit.close();
  });

  it("is refused to an app before it is migrated, and to one that is the superuser", async () => {
    await asSuperuser(cluster, "postgres", "create database bare");
    const bare = appDatabase({ ...world, database: "bare", appRole: "postgres" }, cluster.folder, 1);
    await assert.rejects(checkDatabase(bare, schema), ({ message }: Error) => {
      assert.match(message, /^DATABASE_URL: the role is SUPERUSER; row-level security does not hold for it; /);
      assert.match(message, /; not migrated: 000-identity, 001-tickets; run `npm run migrate` as the owner$/);
      return true;
    });
    await bare.close();
  });

  it("is missed with one error where nobody listens, and the process goes on where a connection is cut", async () => {
    const nowhere = appDatabase(world, "/nonexistent", 1);
    await assert.rejects(
      nowhere.as(viewer(ALICE), async () => {}),
      {
        code: "database-unavailable",
        message: "the database cannot be reached",
      },
    );
    await nowhere.close();
    const cut = database.as(viewer(ALICE), async (sql) => {
      const [{ pid }] = (await sql.query<{ pid: number }>("select pg_backend_pid() as pid")) as [{ pid: number }];
      await asSuperuser(cluster, "desk", `select pg_terminate_backend(${pid})`);
      return sql.query("select 1");
    });
    await assert.rejects(cut);
    assert.deepEqual(await database.as(viewer(ALICE), (sql) => sql.query("select 1 as one")), [{ one: 1 }]);
  });
});
