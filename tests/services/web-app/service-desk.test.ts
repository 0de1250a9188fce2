import * as assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { serviceDesk } from "../../../services/service-desk/app";
import { needs } from "../../support/needs";
import { type Cluster, postgresPrograms, startCluster } from "../../support/postgres";
import { http } from "../support";
import { ALICE, BOB, MALLORY, RED } from "./attacks/target";
import { CAROL, startOnPostgres, visitor } from "./support";

const HOSTILE = `"><script>alert('&')</script>`;
const SHOWN = "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;";

describe("the service desk", () => {
  let cluster: Cluster;
  let app: Awaited<ReturnType<typeof startOnPostgres>>;
  before(async function () {
    this.timeout(60_000);
    needs(this, "PostgreSQL (POSTGRES_BIN names the folder of its programs)", postgresPrograms() !== undefined);
    cluster = await startCluster();
    app = await startOnPostgres(serviceDesk, cluster, "service_desk");
  });
  after(async () => {
    await app?.stop();
    await cluster?.stop();
  });

  const at = (principal: string) => visitor(app.url, principal);
  const ticket = { title: "Screen stays dark", team: RED, priority: "high", body: "Since the update." };

  async function opened(principal = ALICE, more: Partial<typeof ticket> = {}): Promise<string> {
    const { status, headers } = await at(principal).send("/service-desk/tickets", { ...ticket, ...more });
    assert.equal(status, 303);
    assert.match(headers.location!, /^\/service-desk\/tickets\/[0-9a-f-]{36}$/);
    return headers.location!;
  }

  it("shows a ticket to whoever opened it and to the team, and to nobody else", async () => {
    const path = await opened();
    for (const [principal, status] of [
      [ALICE, 200],
      [CAROL, 200],
      [BOB, 404],
      [MALLORY, 404],
    ] as const) {
      const page = await at(principal).get(path);
      assert.equal(page.status, status, principal);
      assert.equal(page.text.includes(ticket.body), status === 200, principal);
      const list = await at(principal).get("/service-desk");
      assert.equal(list.text.includes(`href="${path}"`), status === 200, principal);
    }
    assert.match((await at(CAROL).get(path)).text, /<dt>Asked by<\/dt><dd>alice<\/dd>/);
    assert.match((await at(ALICE).get(path)).text, /<dt>Asked by<\/dt><dd>you<\/dd>/);
  });

  it("says in the form what no database takes as text", async () => {
    const { status, text } = await at(ALICE).send("/service-desk/tickets", { ...ticket, title: "a\0b" });
    assert.equal(status, 400);
    assert.match(text, /<li>title: holds a character that is none of a text<\/li>/);
  });

  it("answers the same for a ticket of somebody else's and for none", async () => {
    const path = await opened();
    const none = "/service-desk/tickets/00000000-0000-4000-8000-000000000000";
    for (const act of ["", "/comments", "/withdraw"]) {
      const answers = await Promise.all(
        [path, none].map((one) =>
          at(MALLORY).send(one + act, {
            ...(act === "" ? { status: "open", priority: "low" } : act === "/comments" ? { body: "x" } : {}),
          }),
        ),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        [404, 404],
        act,
      );
      assert.equal(answers[0]!.text, answers[1]!.text);
    }
    const [theirs, gone] = await Promise.all([path, none].map((one) => at(MALLORY).get(one)));
    assert.equal(theirs!.text, gone!.text);
    assert.equal((await at(ALICE).get("/service-desk/tickets/1")).status, 404);
  });

  it("lets both sides comment and change, keeps notes within the team, and lets whoever asked withdraw", async () => {
    const path = await opened();
    await at(CAROL).send(`${path}/comments`, { body: "Have a look at the cable." });
    await at(CAROL).send(`${path}/comments`, { body: "It is the third this week.", internal: "yes" });
    await at(ALICE).send(`${path}/comments`, { body: "It is plugged in.\r\nI looked." });
    await at(CAROL).send(path, { status: "in progress", priority: "normal" });
    const [alice, carol] = await Promise.all([at(ALICE).get(path), at(CAROL).get(path)]);
    for (const { text } of [alice, carol]) {
      assert.ok(text.includes("Have a look at the cable.") && text.includes("It is plugged in.\nI looked."));
      assert.match(text, /<dt>Status<\/dt><dd><span class="mark">in progress<\/span>/);
    }
    assert.deepEqual(
      [alice, carol].map(({ text }) => text.includes("It is the third this week.")),
      [false, true],
    );
    assert.deepEqual(
      [alice, carol].map(({ text }) => text.includes("Only the team is to see this")),
      [false, true],
    );
    const noted = await at(ALICE).send(`${path}/comments`, { body: "x", internal: "yes" });
    assert.equal(noted.status, 403);
    assert.equal((await at(CAROL).send(`${path}/withdraw`, {})).status, 404);
    const gone = await at(ALICE).send(`${path}/withdraw`, {});
    assert.deepEqual([gone.status, gone.headers.location], [303, "/service-desk"]);
    assert.equal((await at(CAROL).get(path)).status, 404);
  });

  it("lists by status", async () => {
    const path = await opened(BOB);
    await at(BOB).send(path, { status: "solved", priority: "low" });
    const shown = async (query: string) => (await at(BOB).get(`/service-desk${query}`)).text.includes(path);
    assert.deepEqual(
      [await shown(""), await shown("?status=solved"), await shown("?status=open")],
      [true, true, false],
    );
  });

  it("says everything that is wrong with a ticket, and keeps what was written", async () => {
    const wrong = await at(ALICE).send("/service-desk/tickets", {
      ...ticket,
      title: " ",
      priority: "urgent",
      body: HOSTILE,
    });
    assert.equal(wrong.status, 400);
    for (const text of ["title: is empty", "priority: allowed: low, normal, high", `>${SHOWN}</textarea>`]) {
      assert.ok(wrong.text.includes(text), text);
    }
    const unknown = await at(ALICE).send("/service-desk/tickets", { ...ticket, team: "nobody" });
    assert.equal(unknown.status, 400);
    assert.ok(unknown.text.includes("team: there is no such team"));
  });

  it("shows as text what people write, whatever it looks like", async () => {
    const path = await opened(ALICE, { title: HOSTILE, body: HOSTILE });
    await at(ALICE).send(`${path}/comments`, { body: HOSTILE });
    for (const page of [path, "/service-desk"]) {
      const { text } = await at(ALICE).get(page);
      assert.ok(text.includes(SHOWN), page);
      assert.deepEqual(text.match(/<script(?! src="\/service-desk\/page\.js" defer><\/script>)/g), null, page);
    }
  });

  it("takes changes from its own pages alone", async () => {
    const path = await opened();
    const from = async (headers: Record<string, string>) =>
      (await at(ALICE).send(`${path}/comments`, { body: "hello" }, headers)).status;
    const host = new URL(app.url).host;
    assert.deepEqual(
      await Promise.all(
        [
          { "sec-fetch-site": "same-origin" },
          { origin: `http://${host}` },
          {},
          { "sec-fetch-site": "same-site" },
          { "sec-fetch-site": "cross-site", origin: `http://${host}` },
          { "sec-fetch-site": "none" },
          { origin: "null" },
          { origin: "https://evil.example" },
          { origin: `http://${host}.evil.example` },
        ].map((headers) => from(headers as Record<string, string>)),
      ),
      [303, 303, 403, 403, 403, 403, 403, 403, 403],
    );
  });

  it("takes what a form sends, and nothing else", async () => {
    const headers = { "sec-fetch-site": "same-origin", "content-type": "application/json" };
    const asJson = await at(ALICE).send("/service-desk/tickets", ticket, headers);
    assert.equal(asJson.status, 415);
    const huge = await at(ALICE).send("/service-desk/tickets", { ...ticket, body: "x".repeat(1_100_000) });
    assert.equal(huge.status, 413);
    const more = await at(ALICE).send("/service-desk/tickets", { ...ticket, requester: BOB });
    assert.equal(more.status, 400);
  });

  it("answers nobody without an assertion, and errors in the form that is asked for", async () => {
    const { status, text, headers } = await visitorless("/service-desk", "text/html");
    assert.equal(status, 401);
    assert.match(text, /<h1>You are not signed in<\/h1>/);
    assert.match(String(headers["content-security-policy"]), /default-src 'none'; script-src 'self'/);
    const asJson = await visitorless("/service-desk", "application/json");
    assert.deepEqual([asJson.status, asJson.json.error.code], [401, "identity-missing"]);
    const lost = await at(ALICE).get("/service-desk/tickets/new/x/y");
    assert.equal(lost.status, 404);
    assert.match(lost.text, /<h1>There is nothing here<\/h1>/);
  });

  const visitorless = (path: string, accept: string) => http(app.url + path, { headers: { accept } });
});
