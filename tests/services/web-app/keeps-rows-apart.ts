import * as assert from "node:assert/strict";
import { it } from "mocha";
import { schema } from "../../../services/service-desk/database/schema";
import { checkDatabase } from "../../../services/web-app/database/check";
import type { Database } from "../../../services/web-app/database/sql";
import { ALICE, BLUE, BOB, RED } from "./attacks/target";
import { viewer } from "./attacks/world";

const NEW = "insert into app.ticket (team, title, body, priority) values ($1, $2, 'body', 'low')";
const TITLES = "select title from app.ticket order by title";

/** What holds on PostgreSQL and embedded alike. */
export function keepsRowsApart(open: () => Database): void {
  const titles = async (...[who, ...groups]: [string, ...string[]]) =>
    (await open().as(viewer(who, ...groups), (sql) => sql.query<{ title: string }>(TITLES), { readOnly: true })).map(
      ({ title }) => title,
    );

  it("shows rows to their person and to their group, and to nobody else", async () => {
    await open().as(viewer(ALICE), (sql) => sql.query(NEW, [RED, "alice asks red"]));
    await open().as(viewer(BOB), (sql) => sql.query(NEW, [BLUE, "bob asks blue"]));
    assert.deepEqual(await titles(ALICE), ["alice asks red"]);
    assert.deepEqual(await titles(BOB), ["bob asks blue"]);
    assert.deepEqual(await titles("somebody"), []);
    assert.deepEqual(await titles("somebody", RED), ["alice asks red"]);
    assert.deepEqual(await titles("somebody", RED, BLUE), ["alice asks red", "bob asks blue"]);
  });

  it("leaves nothing of a transaction that failed", async () => {
    const failing = open().as(viewer(ALICE), async (sql) => {
      await sql.query(NEW, [RED, "never there"]);
      throw new Error("on purpose");
    });
    await assert.rejects(failing, { message: "on purpose" });
    assert.deepEqual(await titles(ALICE), ["alice asks red"]);
  });

  it("refuses a change in a transaction that only reads", async () => {
    const changing = open().as(viewer(ALICE), (sql) => sql.query(NEW, [RED, "no"]), { readOnly: true });
    await assert.rejects(changing, { message: "cannot execute INSERT in a read-only transaction" });
  });

  it("knows a person by whatever name", async () => {
    for (const name of ['"}', "\0", "\ud800", "Åsa 😀", "'; drop table app.ticket --"]) {
      const who = { ...viewer("named"), name };
      const [found] = await open().as(who, (sql) =>
        sql.query<{ name: string; principal: string }>(
          "select web.display_name() as name, web.principal() as principal",
        ),
      );
      const shown = name.replace("\0", "").replace("\ud800", "\ufffd");
      assert.deepEqual(found, { name: shown, principal: "named" });
    }
  });

  it("is fit for the app", async () => {
    await checkDatabase(open(), schema);
  });
}
