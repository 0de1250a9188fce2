import * as assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Client } from "pg";
import { needs } from "../../support/needs";
import { type Cluster, postgresPrograms, startCluster } from "../../support/postgres";
import { attacksOn } from "./attacks/attacks";
import { breaking } from "./attacks/broken";
import type { Attack, Break } from "./attacks/forms";
import { ATTACKERS, type Field, field, leave, strike } from "./attacks/strike";
import { rowsOf, TARGETS, type Target } from "./attacks/target";
import { asSuperuser, type Prepared, prepared } from "./attacks/world";

const BY = Object.keys(ATTACKERS) as (keyof typeof ATTACKERS)[];

describe("SQL that gets into a statement of an app, on PostgreSQL", () => {
  let cluster: Cluster;
  before(async function () {
    this.timeout(60_000);
    needs(this, "PostgreSQL (POSTGRES_BIN names the folder of its programs)", postgresPrograms() !== undefined);
    cluster = await startCluster();
  });
  after(() => cluster?.stop());

  for (const target of TARGETS) {
    const database = target.app.replaceAll("-", "_");
    const attacks = attacksOn(target, `${database}_owner`);

    describe(target.app, () => {
      let open: Field;
      before(async () => {
        const world = await prepared(cluster, database, target.schema);
        await asSuperuser(cluster, database, rowsOf(target));
        open = await field(cluster, world, target);
      });
      after(() => open && leave(open));

      it("is tried in at least 30 ways, each with a name of its own", () => {
        assert.ok(attacks.length >= 30);
        assert.equal(new Set(attacks.map(({ name }) => name)).size, attacks.length);
      });

      for (const by of BY) {
        for (const attack of attacks) {
          it(`${by}: no foreign row is seen or changed by one that ${attack.name}`, async () => {
            assert.deepEqual(await strike(open, attack, by), []);
          });
        }
      }
    });
  }

  for (const target of TARGETS) {
    describe(`where the database of ${target.app} is broken`, () => {
      const worlds = new Map<Break, Prepared>();
      const originalQuery = Client.prototype.query;
      const database = `${target.app.replaceAll("-", "_")}_broken`;
      let clones = 0;

      async function broken(how: Break): Promise<Prepared> {
        let template = worlds.get(how);
        if (template === undefined) {
          template = await prepared(cluster, `${database}_${worlds.size}`, target.schema);
          worlds.set(how, template);
          await asSuperuser(cluster, template.database, rowsOf(target));
          await asSuperuser(cluster, template.database, breaking(how, target, template));
        }
        const clone = `${database}_clone_${clones++}`;
        await asSuperuser(cluster, "postgres", `create database ${clone} template ${template.database}`);
        if (how === "connections stay as they are left") {
          await asSuperuser(cluster, clone, `grant temporary on database ${clone} to ${template.appRole}`);
        }
        return { ...template, database: clone };
      }

      for (const { name, succeedsWith } of shown(target)) {
        it(`${succeedsWith}: foreign rows are seen or changed by one that ${name}`, async () => {
          const world = await broken(succeedsWith);
          const attack = attacksOn(target, world.ownerRole).find((one) => one.name === name)!;
          const open = await field(cluster, world, target);
          Client.prototype.query = careless(succeedsWith, originalQuery);
          try {
            const achieved = await strike(open, attack, "by group");
            // That the table is open afterwards, to whoever reads it, is no merit of the attack.
            const own = achieved.filter((what) => attack.later !== undefined || what !== "saw foreign rows later");
            assert.notDeepEqual(own, []);
          } finally {
            Client.prototype.query = originalQuery;
            await leave(open);
            await asSuperuser(cluster, "postgres", `drop database ${world.database}`);
          }
        });
      }
    });
  }
});

/** Every attack on the first app; on the others, which differ in names alone, one for each way to break a database. */
function shown(target: Target): readonly Attack[] {
  const attacks = attacksOn(target, "");
  if (target === TARGETS[0]) return attacks;
  return [...new Map(attacks.map((attack) => [attack.succeedsWith, attack])).values()];
}

/** How an app would speak to PostgreSQL that does not know better. */
function careless(how: Break, query: typeof Client.prototype.query): typeof Client.prototype.query {
  // biome-ignore lint/suspicious/noExplicitAny: as overloaded as the original
  return function (this: Client, text: any, values?: any, ...rest: any[]): any {
    const send = (...args: unknown[]) => (query as (...args: unknown[]) => unknown).apply(this, args);
    if (how === "connections stay as they are left" && text === "discard all") return Promise.resolve();
    if (how === "identity is in the text of statements" && /^select set_config\('web\.identity', \$1/.test(text)) {
      return send(text.replace("$1", `'${values[0]}'`).replaceAll("$2", `'${values[1]}'`));
    }
    return send(text, values, ...rest);
  } as typeof Client.prototype.query;
}
