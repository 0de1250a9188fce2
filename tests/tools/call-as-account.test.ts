/** `npm run token` and `npm run call` for people with an end: they mint tokens of the account that calls in their place. */
import * as assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as path from "node:path";
import { announce } from "../../sandbox/running";
import { wayInSandbox } from "../../tools/call/in-sandbox";
import { wayOnGoogleCloud } from "../../tools/call/on-google-cloud";
import { send } from "../../tools/call/send";
import { callerOf, missingGrant } from "../../tools/call/way";
import { openSandboxMesh, type Running, servicesOf, stackConfigOf } from "../contract/running";
import { temporaryFolder } from "../support/pulumi-cli";
import { TestGoogle } from "../verify/deployed-google";
import { cliOf, credentialsOf, outputsOf, person, robot, VALUES } from "../verify/deployed-support";

const TODAY = "2026-11-23";
const UNTIL = "2031-12-31";

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

describe("npm run token and npm run call as an account, in the sandbox", () => {
  const ADA = "user:ada@acme.example";
  const SUPPORT = "group:support@acme.example";
  const ACCOUNT = "frontend-access-sa@acme-dev.iam.gserviceaccount.com";
  let running: Running;
  let now = new Date(`${TODAY}T12:00:00Z`);
  let withdraw: () => Promise<void>;
  const state = temporaryFolder();
  before(async () => {
    const given = stackConfigOf("examples/service-identity.yaml", { frontend: {} });
    const { frontend, ...services } = servicesOf(given);
    const access = [ADA, SUPPORT].map((member) => ({ member, until: UNTIL }));
    const changed = JSON.stringify({ frontend: { ...frontend, access }, ...services });
    const stackConfig = { ...given, config: { ...given.config, "cloud-run-mesh:services": changed } };
    running = await openSandboxMesh(stackConfig, () => now);
    ({ withdraw } = await announce(running.mesh, path.join(state, "test")));
  });
  after(async () => {
    await withdraw?.();
    await running?.close();
    rmSync(state, { recursive: true, force: true });
  });

  for (const [as, who] of [
    [undefined, ADA],
    ["ada@acme.example", ADA],
    [SUPPORT, SUPPORT],
  ]) {
    it(`mint a token of the account for ${as ?? "the first who may call"}, and the service answers to it`, async () => {
      const way = await wayInSandbox(state, "frontend", { as });
      try {
        assert.deepEqual([way.as, way.via, callerOf(way)], [who, ACCOUNT, `${who} as ${ACCOUNT}`]);
        assert.equal(claimsOf(way.token).email, ACCOUNT);
        assert.equal(await missingGrant(way, TODAY), undefined);
        const { response, refusal } = await send(way, { path: "/", timeoutMs: 10_000 });
        assert.deepEqual([response.status, refusal], [200, undefined]);
      } finally {
        await way.close();
      }
    });
  }

  it("say what IAM says once the day is over", async () => {
    now = new Date("2032-01-01T00:00:00Z");
    try {
      await assert.rejects(wayInSandbox(state, "frontend", { as: ADA }), {
        message: `${ADA} gets no token of ${ACCOUNT}, as which they call: 403: Permission 'iam.serviceAccounts.getOpenIdToken' denied on resource (or it may not exist).`,
      });
    } finally {
      now = new Date(`${TODAY}T12:00:00Z`);
    }
  });
});

describe("npm run token and npm run call as an account, on Google Cloud", () => {
  const ADA = "user:ada@acme.com";
  const ACCOUNT = "web-access-sa@acme-dev.iam.gserviceaccount.com";
  let google: TestGoogle;
  before(async () => {
    google = await new TestGoogle().start();
  });
  after(() => google.stop());

  /** The way of whoever is signed in, as ada, to a service with this `access`. */
  async function way(access: readonly { readonly member: string; readonly until?: string }[], as?: string) {
    const services = JSON.parse(VALUES["cloud-run-mesh:services"] ?? "{}");
    services.web.access = access;
    const values = { ...VALUES, "cloud-run-mesh:services": JSON.stringify(services) };
    const {
      as: who,
      via,
      token,
    } = await wayOnGoogleCloud("web", {
      stack: "prod",
      as,
      cli: cliOf(google, {
        config: async () => ({ values, encrypted: new Set() }),
        outputs: async () => outputsOf(google),
      }),
      today: TODAY,
      credentialsOf: (account) => credentialsOf(async () => (account ? robot(account) : person())),
    });
    return [who, via, claimsOf(token).email];
  }

  const own = [ADA, undefined, "ada@acme.com"];
  const through = [ADA, ACCOUNT, ACCOUNT];
  const dated = (member: string) => ({ member, until: UNTIL });

  it("impersonate the account for whoever may mint its tokens by name", async () => {
    assert.deepEqual(await way([dated(ADA)]), through);
    assert.deepEqual(await way([dated("user:bob@acme.com"), dated(ADA)]), through);
  });

  it("impersonate it for a member of a group that may, where no group calls itself", async () => {
    assert.deepEqual(await way([dated("group:team@acme.com")]), through);
    assert.deepEqual(await way([dated("group:team@acme.com"), { member: "group:staff@acme.com" }]), own);
  });

  it("go in one's own name where one calls oneself, or where nobody mints tokens", async () => {
    assert.deepEqual(await way([{ member: ADA }, dated("group:team@acme.com")]), own);
    assert.deepEqual(await way([dated("user:bob@acme.com")]), own);
  });

  it("impersonate whoever is named, and nobody else", async () => {
    const account = "ci@acme.iam.gserviceaccount.com";
    for (const as of [account, `serviceAccount:${account}`]) {
      assert.deepEqual(await way([dated(ADA)], as), [`serviceAccount:${account}`, undefined, account]);
    }
  });

  it("take whoever is signed in for whom they name as themselves, by address or as a member", async () => {
    for (const as of ["ada@acme.com", "user:Ada@acme.com"]) {
      assert.deepEqual(await way([dated(ADA)], as), through);
      assert.deepEqual(await way([{ member: ADA }], as), own);
    }
  });

  it("go in the name of no other person, of no group and of no pool, of whom nobody gets a token", async () => {
    const pool = "principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/bob@acme.com";
    for (const as of ["bob@acme.com", "user:bob@acme.com", "group:team@acme.com", pool]) {
      await assert.rejects(way([dated(ADA)], as), {
        message: `--as ${as}: tokens are minted of service accounts alone, and ${ADA} is signed in; name an account, or leave --as out`,
      });
    }
  });
});
