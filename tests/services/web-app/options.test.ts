import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { EnvironmentReader } from "../../../services/runtime/index";
import { connectionOf } from "../../../services/web-app/database/open";
import { readMigrationOptions, readWebAppOptions } from "../../../services/web-app/options";
import { Fake, json } from "../support";

const APP = { base: "/service-desk", hasDatabase: true };
const KEY = "ab".repeat(32);
const POSTGRES = { DATABASE_URL: "postgresql://desk:pa%2Fss@db.example/desk", IDENTITY_KEY: KEY };

describe("the options of a web app", () => {
  it("are an embedded database and its table, where nothing is set", () => {
    const { base, directory, database, keys, teams, examplePeople } = readWebAppOptions({}, APP);
    assert.deepEqual(
      { base, directory, database, keys, teams, examplePeople },
      {
        ...{ base: "/service-desk", directory: "table", database: "embedded", keys: [], teams: [], examplePeople: [] },
      },
    );
  });

  it("ask on Cloud Run for a database by name, so that none is in memory by mistake", () => {
    const message =
      'DATABASE_URL: not set; allowed: postgresql://…, or "embedded" for a database in each instance\'s memory, which is gone with it';
    assert.throws(() => readWebAppOptions({ K_SERVICE: "desk" }, APP), { code: "options-invalid", message });
    assert.equal(readWebAppOptions({ K_SERVICE: "desk", DATABASE_URL: "embedded" }, APP).database, "embedded");
  });

  it("take one key or two", () => {
    const keys = (text: string) =>
      readWebAppOptions({ ...POSTGRES, IDENTITY_KEY: text }, APP).keys.map((key) => key.length);
    assert.deepEqual([keys(KEY), keys(`${KEY}, ${"cd".repeat(64)}`)], [[32], [32, 64]]);
  });

  it("are told together with what an app reads of its own", () => {
    const env = { BASE_PATH: "desk/" };
    const read = new EnvironmentReader(env);
    read.report("APPS", "not what is taken");
    assert.throws(
      () => readWebAppOptions(env, APP, read),
      ({ details }: { details: readonly { path: string }[] }) => {
        assert.deepEqual(
          details.map(({ path }) => path),
          ["APPS", "BASE_PATH"],
        );
        return true;
      },
    );
  });

  it("are told together where they are wrong, and without what may be a secret", () => {
    const wrong = {
      PORT: "x",
      BASE_PATH: "desk/",
      DATABASE_URL: "mysql://root:hunter2@db",
      IDENTITY_KEY: "hunter3",
      DIRECTORY: "graph",
      GRAPH_CLIENT_ID: "app",
      GRAPH_TENANT: "a/b",
      TEAMS: '{"g": 1}',
      EXAMPLE_PEOPLE: "hunter4",
    };
    assert.throws(
      () => readWebAppOptions(wrong, APP),
      ({ message }: Error) => {
        assert.deepEqual(
          message
            .split("; ")
            .filter((part) => /^[A-Z_]+: /.test(part))
            .map((part) => part.split(":")[0]),
          [
            ...["GRAPH_CLIENT_SECRET", "GRAPH_TENANT", "GRAPH_CLIENT_ID", "WORKFORCE_POOL", "DATABASE_URL"],
            ...["PORT", "BASE_PATH", "TEAMS", "EXAMPLE_PEOPLE"],
          ],
        );
        assert.doesNotMatch(message, /hunter/);
        return true;
      },
    );
    for (const [env, message] of [
      [
        { ...POSTGRES, IDENTITY_KEY: "hunter3" },
        "IDENTITY_KEY: got something else; allowed: 32 to 64 bytes in hexadecimal, or two such keys separated by a comma; make one with `openssl rand -hex 32`",
      ],
      [
        { ...POSTGRES, EXAMPLE_PEOPLE: '{"p": "name"}' },
        "EXAMPLE_PEOPLE: goes with the embedded database alone; unset it, or unset DATABASE_URL",
      ],
      [{ DIRECTORY: "ldap" }, 'DIRECTORY: got "ldap"; allowed: none, graph, table'],
    ] as const) {
      assert.throws(() => readWebAppOptions(env, APP), { message });
    }
  });

  it("name teams, with or without members", () => {
    const TEAMS = '{"g1": "Red", "g2": {"name": "Blue", "members": ["p"]}}';
    assert.deepEqual(readWebAppOptions({ TEAMS }, APP).teams, [
      { groupId: "g1", name: "Red", members: undefined },
      { groupId: "g2", name: "Blue", members: ["p"] },
    ]);
  });

  it("of a migration take the app's role from the app's own address, and miss what is missing at once", () => {
    const env = { ...POSTGRES, MIGRATION_DATABASE_URL: "postgres://owner@/desk?host=/tmp" };
    assert.equal(readMigrationOptions(env).appRole, "desk");
    const byIam = { ...env, DATABASE_URL: "postgresql://desk-sa%40acme-dev.iam@/desk?host=%2Fcloudsql%2Fp%3Ar%3Ai" };
    assert.equal(readMigrationOptions(byIam).appRole, "desk-sa@acme-dev.iam");
    assert.throws(() => readMigrationOptions({}), {
      message:
        "MIGRATION_DATABASE_URL: not set; allowed: postgresql://…, as the role that owns the database; " +
        "DATABASE_APP_ROLE: not set; allowed: the app's login role, or DATABASE_URL, which names it; " +
        "IDENTITY_KEY: not set; allowed: 32 to 64 bytes in hexadecimal, or two such keys separated by a comma; make one with `openssl rand -hex 32`",
    });
  });
});

describe("a connection to Cloud SQL", () => {
  const SOCKET = "postgresql://desk-sa%40acme-dev.iam@/desk?host=%2Fcloudsql%2Facme-dev%3Aeurope-west9%3Amain";

  it("logs in as the service's account, with an access token of the metadata server for each connection", async () => {
    const metadata = await Fake.start(({ headers, url }, response) => {
      const asked = headers["metadata-flavor"] === "Google" && url.endsWith("/service-accounts/default/token");
      json(response, asked ? 200 : 403, { access_token: "ya29.token" });
    });
    const { user, host, database, password } = connectionOf(SOCKET, metadata.host);
    assert.deepEqual([user, host, database], ["desk-sa@acme-dev.iam", "/cloudsql/acme-dev:europe-west9:main", "desk"]);
    assert.equal(await (password as () => Promise<string>)(), "ya29.token");
    metadata.answer((_, response) => json(response, 500, {}));
    await assert.rejects(Promise.resolve((password as () => Promise<string>)()), {
      message: "the metadata server gave no access token (500)",
    });
    await metadata.stop();
  });

  it("has no token for a database elsewhere, or where there is a password", () => {
    assert.equal(connectionOf("postgresql://desk:pa%2Fss@db.example/desk", "metadata").password, "pa/ss");
    assert.equal(connectionOf(SOCKET.replace("iam@", "iam:pw@"), "metadata").password, "pw");
    assert.notEqual(typeof connectionOf("postgresql://desk@db.example/desk", "metadata").password, "function");
  });
});
