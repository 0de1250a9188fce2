import * as assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { assetScanning } from "../../../services/asset-scanning/app";
import { marketingImmersion } from "../../../services/marketing-immersion/app";
import { systemClock } from "../../../services/runtime/index";
import { serviceDesk } from "../../../services/service-desk/app";
import { schema } from "../../../services/service-desk/database/schema";
import { startWebApp, type WebApp } from "../../../services/web-app/app";
import { EMBEDDED_WARNING, embeddedDatabase } from "../../../services/web-app/database/embedded";
import type { Database } from "../../../services/web-app/database/sql";
import { ALICE, BOB, MALLORY, RED } from "./attacks/target";
import { TEAMS, viewer } from "./attacks/world";
import { keepsRowsApart } from "./keeps-rows-apart";
import { RED_NAME, visitor, world } from "./support";

describe("a web app with an embedded database", () => {
  for (const [app, example] of [
    [serviceDesk, "Cannot reach the payroll page"],
    [marketingImmersion, "Walk through the new showroom"],
    [assetScanning, "LT-20417"],
  ] as [WebApp, string][]) {
    it(`${app.title}: begins with examples of each person who is named, says what it is, and keeps rows apart`, async function () {
      this.timeout(60_000);
      const log: string[] = [];
      const people = JSON.stringify({ [ALICE]: "alice", [BOB]: "bob" });
      const env = { TEAMS: JSON.stringify({ [RED]: RED_NAME }), EXAMPLE_PEOPLE: people, BASE_PATH: "/elsewhere" };
      const service = await startWebApp(app, world(env, log));
      try {
        const pages = await Promise.all(
          [ALICE, BOB, MALLORY].map((who) => visitor(`http://127.0.0.1:${service.port}`, who).get("/elsewhere")),
        );
        assert.deepEqual(
          pages.map(({ status, text }) => [status, text.split(example).length - 1]),
          [
            [200, 1],
            [200, 1],
            [200, 0],
          ],
        );
        assert.ok(!pages[0]!.text.includes("bob") && pages[0]!.text.includes('href="/elsewhere/'));
        assert.equal(JSON.parse(log[0]!).message, EMBEDDED_WARNING);
      } finally {
        await service.stop();
      }
    });
  }
});

describe("the database of a web app, embedded", () => {
  let database: Database;
  before(async function () {
    this.timeout(60_000);
    database = embeddedDatabase(schema, TEAMS, systemClock);
    await database.as(viewer(ALICE), async () => {});
  });
  after(() => database?.close());

  keepsRowsApart(() => database);

  it("does not hold what gets into a statement, as its session is the superuser's", async () => {
    for (const way of ["reset role", "set session authorization postgres"]) {
      const [found] = await database.as(viewer("somebody"), async (sql) => {
        await sql.query(way);
        return sql.query<{ count: number }>("select count(*)::int as count from app.ticket");
      });
      assert.deepEqual(found, { count: 2 }, way);
    }
    const [held] = await database.as(viewer("somebody"), (sql) => sql.query("select current_user as role"));
    assert.deepEqual(held, { role: "web_app" });
  });
});
