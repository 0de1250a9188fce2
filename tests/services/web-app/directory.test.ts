import * as assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { IapIdentity } from "../../../services/runtime/index";
import { cachedDirectory, type Directory, KEPT_MS } from "../../../services/web-app/directory/directory";
import { graphDirectory } from "../../../services/web-app/directory/graph";
import { Fake, HeldClock, json, type Seen } from "../support";

const OID = "0f1e2d3c-4b5a-4978-8697-a5b4c3d2e1f0";
const identity = (oid = OID, workforcePool = "acme-staff"): IapIdentity => ({
  principal: `principal://iam.googleapis.com/locations/global/workforcePools/${workforcePool}/subject/${oid}`,
  subject: "sts.google.com:x",
  source: "workforce",
  workforcePool,
});
const UNAVAILABLE = {
  code: "directory-unavailable",
  status: 503,
  message: "the directory cannot say which groups you are in; try again",
};
const UNKNOWN = { code: "identity-not-permitted", status: 403, message: "the directory does not know you" };

describe("the groups of a person, from Microsoft Graph", () => {
  let graph: Fake;
  let login: Fake;
  let clock: HeldClock;
  let directory: Directory;
  let answer: (seen: Seen, response: ServerResponse) => void;
  const groups = (...ids: string[]) => ids.map((id) => ({ id }));

  beforeEach(async () => {
    clock = new HeldClock();
    answer = (_, response) => json(response, 200, { value: groups("g1") });
    graph = await Fake.start((seen, response) => answer(seen, response));
    let number = 0;
    login = await Fake.start((_, response) => json(response, 200, { access_token: `t${++number}`, expires_in: 3599 }));
    const options = { tenant: "acme.example", clientId: "client", clientSecret: "s&cret", workforcePool: "acme-staff" };
    directory = graphDirectory(options, { clock, graphUrl: graph.url, loginUrl: login.url });
  });
  afterEach(() => Promise.all([graph.stop(), login.stop()]));

  it("are all of them, over several pages, by the object id, with a token of the application", async () => {
    answer = (seen, response) => {
      const more = !seen.url.includes("skiptoken");
      json(response, 200, {
        value: more ? groups("g1", "g2") : groups("g3"),
        ...(more && { "@odata.nextLink": `${graph.url}/v1.0/next?$skiptoken=2` }),
      });
    };
    assert.deepEqual(await directory.groupsOf(identity(OID.toUpperCase())), ["g1", "g2", "g3"]);
    assert.deepEqual(
      graph.seen.map(({ url, headers }) => [url, headers.authorization]),
      [
        [`/v1.0/users/${OID}/transitiveMemberOf/microsoft.graph.group?$select=id&$top=999`, "Bearer t1"],
        ["/v1.0/next?$skiptoken=2", "Bearer t1"],
      ],
    );
    assert.deepEqual(
      login.seen.map(({ method, url, body }) => [method, url, Object.fromEntries(new URLSearchParams(body))]),
      [
        [
          "POST",
          "/acme.example/oauth2/v2.0/token",
          {
            grant_type: "client_credentials",
            client_id: "client",
            client_secret: "s&cret",
            scope: "https://graph.microsoft.com/.default",
          },
        ],
      ],
    );
  });

  it("are not looked for where a redirect leads: neither the token nor the client's secret follows one", async () => {
    const elsewhere = await Fake.start((_, response) => json(response, 200, { value: groups("admins") }));
    const leadAway = (_: unknown, response: ServerResponse) =>
      response.writeHead(307, { location: `${elsewhere.url}/` }).end();
    try {
      answer = leadAway;
      await assert.rejects(directory.groupsOf(identity()), UNAVAILABLE);
      // The same server again: no client strips a header or a body there.
      answer = (seen, response) =>
        seen.url === "/again"
          ? json(response, 200, { value: groups("admins") })
          : response.writeHead(307, { location: "/again" }).end();
      await assert.rejects(directory.groupsOf(identity()), UNAVAILABLE);
      login.answer(leadAway);
      await clock.pass(3_600_000);
      await assert.rejects(directory.groupsOf(identity()), UNAVAILABLE);
      assert.deepEqual(elsewhere.seen, []);
    } finally {
      await elsewhere.stop();
    }
  });

  it("cost one token until five minutes before its end", async () => {
    await Promise.all([directory.groupsOf(identity()), directory.groupsOf(identity())]);
    await clock.pass(3599_000 - 5 * 60_000 - 1);
    await directory.groupsOf(identity());
    assert.equal(login.seen.length, 1);
    await clock.pass(1);
    await directory.groupsOf(identity());
    assert.equal(login.seen.length, 2);
  });

  it("are not asked for anybody of another pool, or without an object id", async () => {
    for (const who of [
      identity(OID, "other"),
      identity("ada@acme.example"),
      identity(`${OID}?x`),
      { ...identity(), workforcePool: undefined },
    ]) {
      await assert.rejects(directory.groupsOf(who as IapIdentity), UNKNOWN);
    }
    assert.deepEqual([graph.seen, login.seen], [[], []]);
  });

  it("are none of somebody whom Graph does not know", async () => {
    answer = (_, response) => json(response, 404, { error: { code: "Request_ResourceNotFound" } });
    await assert.rejects(directory.groupsOf(identity()), UNKNOWN);
  });

  it("are unknown, and not none, whatever goes wrong", async () => {
    const wrong: Record<string, typeof answer> = {
      "an error": (_, response) => json(response, 500, {}),
      throttled: (_, response) => json(response, 429, {}, { "retry-after": "10" }),
      forbidden: (_, response) => json(response, 403, {}),
      "no JSON": (_, response) => response.end("<html>"),
      "no list": (_, response) => json(response, 200, {}),
      "no ids": (_, response) => json(response, 200, { value: [{ name: "g1" }] }),
      "a redirect": (_, response) => response.writeHead(302, { location: graph.url }).end(),
      "the connection": (_, response) => response.destroy(),
      "a page elsewhere": (_, response) => json(response, 200, { value: [], "@odata.nextLink": `${login.url}/steal` }),
      "pages without end": (_, response) => json(response, 200, { value: [], "@odata.nextLink": `${graph.url}/again` }),
    };
    for (const [name, respond] of Object.entries(wrong)) {
      answer = respond;
      await assert.rejects(directory.groupsOf(identity()), UNAVAILABLE, name);
    }
    assert.ok(
      login.seen.every(({ url }) => url !== "/steal"),
      "the token went to Graph alone",
    );
    login.answer((_, response) => json(response, 401, { error: "invalid_client" }));
    const fresh = graphDirectory(
      { tenant: "t", clientId: "c", clientSecret: "s", workforcePool: "acme-staff" },
      { clock, graphUrl: graph.url, loginUrl: login.url },
    );
    await assert.rejects(fresh.groupsOf(identity()), UNAVAILABLE);
  });

  it("are asked for with another token after Graph has refused one", async () => {
    answer = (_, response) => json(response, 401, {});
    await assert.rejects(directory.groupsOf(identity()), UNAVAILABLE);
    answer = (seen, response) => json(response, 200, { value: groups(seen.headers.authorization!) });
    assert.deepEqual(await directory.groupsOf(identity()), ["Bearer t2"]);
  });

  it("are given up on after ten seconds", async () => {
    answer = () => {};
    const asked = directory.groupsOf(identity());
    const refused = assert.rejects(asked, UNAVAILABLE);
    while (graph.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.pass(10_000);
    await refused;
  });
});

describe("a directory that is remembered", () => {
  it("is asked once for five minutes and for however many wait, and fails closed after them", async () => {
    const clock = new HeldClock();
    const asked: string[] = [];
    let fails = false;
    const directory = cachedDirectory(
      {
        async groupsOf({ principal }) {
          asked.push(principal);
          if (fails) throw new Error("down");
          return [`of ${principal}`];
        },
      },
      clock,
      2,
    );
    const who = (name: string): IapIdentity => ({ principal: name, subject: name, source: "google" });
    const ask = (name: string) => directory.groupsOf(who(name));
    assert.deepEqual(await Promise.all([ask("a"), ask("a"), ask("b")]), [["of a"], ["of a"], ["of b"]]);
    fails = true;
    await clock.pass(KEPT_MS - 1);
    assert.deepEqual(await ask("a"), ["of a"]);
    await clock.pass(1);
    await assert.rejects(ask("a"), { message: "down" });
    await assert.rejects(ask("a"), { message: "down" });
    fails = false;
    assert.deepEqual(await ask("a"), ["of a"]);
    assert.deepEqual(asked, ["a", "b", "a", "a", "a"]);
    await ask("c");
    await ask("d");
    await ask("a");
    assert.deepEqual(asked.slice(5), ["c", "d", "a"]);
  });
});
