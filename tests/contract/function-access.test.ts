/** A web app on a laptop calls functions in the name of an account that one person may mint ID tokens of, until a day. */
import * as assert from "node:assert/strict";
import { ask } from "../sandbox/data-plane/mesh";
import { openSandboxMesh, type Running, stackConfigOf } from "./running";

const PERSON = "dev@acme.example";
const ACCOUNT = "sales-app-dev-sa@acme-dev.iam.gserviceaccount.com";
const LAST_DAY = "2031-12-31";

describe("a person with examples/function-access.yaml", () => {
  let running: Running;
  let now = new Date("2026-11-23T12:00:00Z");
  before(async () => {
    running = await openSandboxMesh(stackConfigOf("examples/function-access.yaml"), () => now);
  });
  after(() => running?.close());
  afterEach(() => {
    now = new Date("2026-11-23T12:00:00Z");
  });

  const urlOf = (key: string) => running.outputs.urls[key] ?? assert.fail(`no URL of ${key}`);

  /** What Google answers to somebody who asks for a token of an account. */
  async function mint(account: string, call = "generateIdToken", who = PERSON) {
    const { plane } = running.mesh;
    const url = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:${call}`;
    const body = JSON.stringify({ audience: urlOf("account-scoring"), includeEmail: true });
    const asked = { method: "POST", token: plane.accessToken(who), body };
    const { code, json } = await ask(await plane.proxyFor({ email: who }), url, asked);
    return { code, token: String(json().token) };
  }

  it("mints an ID token of the account, and the function answers to it", async () => {
    const { code, token } = await mint(ACCOUNT);
    assert.equal(code, 200);
    const access = await running.mesh.plane.proxyFor({ email: PERSON });
    const answer = await ask(access, urlOf("account-scoring"), {
      method: "POST",
      token,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ openDeals: true, renewal: true }),
    });
    assert.deepEqual([answer.code, answer.json()], [200, { score: 70, because: ["openDeals", "renewal"] }]);
  });

  it("is refused with a token of their own, as the functions know the account alone", async () => {
    const { plane } = running.mesh;
    const token = await plane.idToken(PERSON, urlOf("account-scoring"));
    const answer = await ask(await plane.proxyFor({ email: PERSON }), urlOf("account-scoring"), { token });
    assert.equal(answer.code, 403);
  });

  it("mints no access token of it, and nothing of an account that a function runs as", async () => {
    assert.equal((await mint(ACCOUNT, "generateAccessToken")).code, 403);
    for (const key of ["account-scoring", "account-summary", "account-notes"]) {
      assert.equal((await mint(running.outputs.serviceAccounts[key] ?? "")).code, 403, key);
    }
  });

  it("mints one until the last second of the last day, and none from then on; nobody else ever does", async () => {
    const end = Date.parse(`${LAST_DAY}T00:00:00Z`) + 24 * 60 * 60 * 1000;
    now = new Date(end - 1000);
    assert.equal((await mint(ACCOUNT)).code, 200);
    now = new Date(end);
    assert.equal((await mint(ACCOUNT)).code, 403);
    now = new Date(end - 1000);
    assert.equal((await mint(ACCOUNT, "generateIdToken", "other@acme.example")).code, 403);
  });
});
