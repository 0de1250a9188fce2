import * as assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { request } from "node:http";
import { afterEach, describe, it } from "mocha";
import { createKeySource } from "../../../services/auth-proxy/identity/keys";
import { createVerifier } from "../../../services/auth-proxy/identity/verifier";
import { HeldClock, http } from "../support";
import { backendFake, proxyWith, stopAll } from "./support";

const AUDIENCE = "/projects/123/locations/europe-west9/services/auth-proxy";
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = (kid: string, from = pair) => ({
  ...from.publicKey.export({ format: "jwk" }),
  kid,
  use: "sig",
  alg: "ES256",
});
const set = { keys: [jwk("k1"), { kty: "RSA", kid: "rsa" }] };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function assertion(claims: Record<string, unknown>, header: Record<string, unknown> = {}, by = pair): string {
  const text = `${part({ alg: "ES256", typ: "JWT", kid: "k1", ...header })}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(text), { key: by.privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

describe("the assertion of IAP", () => {
  afterEach(stopAll);
  const clock = new HeldClock();
  const now = clock.now() / 1000;
  const good = {
    iss: "https://cloud.google.com/iap",
    aud: AUDIENCE,
    iat: now - 10,
    exp: now + 590,
    sub: "accounts.google.com:1234",
    email: "ada@acme.example",
  };
  const verifier = () =>
    createVerifier({ audiences: [AUDIENCE], clock, keys: createKeySource({ load: async () => set, clock }) });
  const { email: _, ...withoutEmail } = good;
  const { sub: __, ...withoutSub } = good;
  const { exp: ___, ...withoutExp } = good;

  it("names the user, with an e-mail address where there is one", async () => {
    const verify = verifier();
    assert.deepEqual(await verify(assertion(good)), { user: good.sub, email: good.email });
    assert.deepEqual(await verify(assertion(withoutEmail)), { user: good.sub });
  });

  it("names a user of a workforce pool by the principal that IAM knows, and not by the opaque subject", async () => {
    const principal = "principal://iam.googleapis.com/locations/global/workforcePools/acme/subject/ada%40acme.example";
    const workforce = { iam_principal: principal, workforce_pool_name: "locations/global/workforcePools/acme" };
    const claims = { ...withoutEmail, sub: "sts.google.com:AAFTZopaque", workforce_identity: workforce };
    assert.deepEqual(await verifier()(assertion(claims)), { user: principal });
    assert.deepEqual(await verifier()(assertion({ ...claims, email: good.email })), {
      user: principal,
      email: good.email,
    });
  });

  it("is good with 30 s of leeway on both sides", async () => {
    const verify = verifier();
    await verify(assertion({ ...good, iat: now - 629, exp: now - 29 }));
    await verify(assertion({ ...good, iat: now + 29, exp: now + 629 }));
  });

  const bad: readonly (readonly [what: string, text: string, message: string])[] = [
    ["has expired", assertion({ ...good, iat: now - 630, exp: now - 30 }), "it has expired"],
    ["is from the future", assertion({ ...good, iat: now + 31, exp: now + 600 }), "it is from the future"],
    ["lives for long", assertion({ ...good, exp: now + 700 }), "it lives longer than IAP's do"],
    ["has another issuer", assertion({ ...good, iss: "https://accounts.google.com" }), "its issuer is not IAP"],
    ["is for another audience", assertion({ ...good, aud: `${AUDIENCE}-2` }), "it is meant for another audience"],
    ["is for several audiences", assertion({ ...good, aud: [AUDIENCE] }), "it is meant for another audience"],
    ["is signed by another", assertion(good, {}, other), "its signature does not fit"],
    ["is not signed", `${part({ alg: "none", kid: "k1" })}.${part(good)}.AA`, "it is not signed with ES256"],
    ["is signed with HS256", assertion(good, { alg: "HS256" }), "it is not signed with ES256"],
    ["has critical extensions", assertion(good, { crit: ["b64"] }), "it is not signed with ES256"],
    ["names no key", assertion(good, { kid: 7 }), "it names no key"],
    ["names an unknown key", assertion(good, { kid: "k2" }), "its key is none of IAP's"],
    ["names a key of another kind", assertion(good, { kid: "rsa" }), "its key is none of IAP's"],
    ["has no subject", assertion(withoutSub), 'it has no "sub"'],
    ["has no end", assertion(withoutExp), 'it has no "exp" and "iat"'],
    ["has a subject that is more than one header", assertion({ ...good, sub: "a\r\nx: y" }), 'it has no "sub"'],
    ...[{}, { iam_principal: "" }, { iam_principal: "a\r\nx: y" }, "acme", null].map(
      (identity) =>
        [
          `says ${JSON.stringify(identity)} of a workforce identity`,
          assertion({ ...good, workforce_identity: identity }),
          'its "workforce_identity" names no principal',
        ] as const,
    ),
    ["is no JWT", "a.b", "it is no JWT"],
    ["is huge", "a".repeat(9_000), "it is too long"],
  ];
  for (const [what, text, message] of bad) {
    it(`that ${what} does not hold`, async () => {
      await assert.rejects(verifier()(text), {
        code: "identity-invalid",
        status: 401,
        message: `the assertion of IAP does not hold: ${message}`,
      });
    });
  }

  it("is checked once for the same bytes, and not past its end", async () => {
    const own = new HeldClock();
    let asked = 0;
    const keys = createKeySource({ load: async () => set, clock: own });
    const verify = createVerifier({
      audiences: [AUDIENCE],
      clock: own,
      keys: {
        get(id) {
          asked += 1;
          return keys.get(id);
        },
      },
    });
    const text = assertion(good);
    await verify(text);
    await verify(text);
    assert.equal(asked, 1);
    await own.pass(620_000);
    await assert.rejects(verify(text), /it has expired/);
  });

  it("is asked of every request when an audience is set, and the identity goes on, whatever the client says", async () => {
    const backend = await backendFake();
    const real = Math.floor(Date.now() / 1000);
    const proxy = await proxyWith({ BACKEND_URL: backend.url, IAP_AUDIENCE: AUDIENCE }, { loadKeys: async () => set });
    const missing = await http(`${proxy.url}/`);
    assert.deepEqual([missing.status, missing.json.error.code], [401, "identity-missing"]);
    const wrong = await http(`${proxy.url}/`, { headers: { "x-goog-iap-jwt-assertion": "a.b.c" } });
    assert.deepEqual([wrong.status, wrong.json.error.code], [401, "identity-invalid"]);
    assert.equal(backend.seen.length, 0);
    const text = assertion({ ...good, iat: real, exp: real + 600 });
    const headers = { "x-goog-iap-jwt-assertion": text, "x-auth-proxy-user": "admin", X_Auth_Proxy_Email: "root@x" };
    assert.equal((await http(`${proxy.url}/`, { headers })).status, 200);
    const seen = backend.seen[0]!.headers;
    assert.equal(seen["x-auth-proxy-user"], good.sub);
    assert.equal(seen["x-auth-proxy-email"], good.email);
    assert.equal(seen["x-goog-iap-jwt-assertion"], undefined);
    assert.equal(seen["x_auth_proxy_email"], undefined);
    assert.equal((await http(`${proxy.url}/health`)).status, 200);
  });

  it("waits a second for keys after a failure where there are none yet, and lets no invented key id be one", async () => {
    const own = new HeldClock();
    let fails = true;
    let loads = 0;
    const load = async () => {
      loads += 1;
      if (fails) throw new Error("no network");
      return set;
    };
    const keys = createKeySource({ load, clock: own });
    await assert.rejects(keys.get("k1"), { code: "identity-keys-unavailable" });
    await assert.rejects(keys.get("k1"), { code: "identity-keys-unavailable" });
    assert.equal(loads, 1);
    fails = false;
    await own.pass(1_000);
    assert.ok(await keys.get("k1"));
    fails = true;
    await own.pass(30_000);
    assert.equal(await keys.get("invented"), undefined);
    assert.equal(loads, 3);
    await own.pass(600_000);
    await assert.rejects(keys.get("invented"), { code: "identity-keys-unavailable" });
  });

  it("cannot be checked without keys: 503, and nothing is sent", async () => {
    const backend = await backendFake();
    const loadKeys = async () => {
      throw new Error("no network");
    };
    const proxy = await proxyWith({ BACKEND_URL: backend.url, IAP_AUDIENCE: AUDIENCE }, { loadKeys });
    const got = await http(`${proxy.url}/`, { headers: { "x-goog-iap-jwt-assertion": assertion(good) } });
    assert.deepEqual(
      [got.status, got.json],
      [503, { error: { code: "identity-keys-unavailable", message: "the keys of IAP could not be fetched" } }],
    );
    assert.equal(backend.seen.length, 0);
  });
});

describe("a client that goes while its assertion is being checked", () => {
  afterEach(stopAll);

  it("has nothing sent for it, and leaves nothing behind", async () => {
    const backend = await backendFake();
    let give: (set: unknown) => void = () => {};
    let keysAsked: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      keysAsked = resolve;
    });
    const loadKeys = () => {
      keysAsked();
      return new Promise<unknown>((resolve) => {
        give = resolve;
      });
    };
    const env = { BACKEND_URL: backend.url, IAP_AUDIENCE: AUDIENCE, METRICS_PATH: "/metrics" };
    const proxy = await proxyWith(env, { loadKeys });
    const iat = Math.floor(Date.now() / 1000);
    const claims = { iss: "https://cloud.google.com/iap", aud: AUDIENCE, iat, exp: iat + 600, sub: "a:1" };
    const headers = { "x-goog-iap-jwt-assertion": assertion(claims) };
    const outgoing = request(proxy.url, { agent: false, headers });
    const gone = new Promise((resolve) => outgoing.on("error", resolve));
    outgoing.end();
    await asked;
    outgoing.destroy();
    await gone;
    const metrics = async () => (await http(`${proxy.url}/metrics`)).text;
    await metrics();
    give(set);
    let text = "";
    while (!/code="client-gone"/.test(text)) text = await metrics();
    assert.match(text, /^auth_proxy_in_flight 0$/m);
    assert.equal(backend.seen.length, 0);
  });
});

describe("the keys of IAP", () => {
  const source = () => {
    const clock = new HeldClock();
    const world = { loads: 0, fails: false, keys: [jwk("k1")] };
    const load = async () => {
      world.loads += 1;
      if (world.fails) throw new Error("down");
      return { keys: world.keys };
    };
    return { clock, world, keys: createKeySource({ load, clock }) };
  };

  it("are fetched once however many ask, and found again when they rotate", async () => {
    const { clock, world, keys } = source();
    await Promise.all(Array.from({ length: 20 }, () => keys.get("k1")));
    assert.equal(world.loads, 1);
    world.keys = [jwk("k2")];
    assert.equal(await keys.get("k2"), undefined);
    assert.equal(world.loads, 1, "an unknown id is no reason to ask within half a minute");
    await clock.pass(30_000);
    assert.ok(await keys.get("k2"));
    assert.equal(world.loads, 2);
  });

  it("serve on while they cannot be fetched anew, for a day", async () => {
    const { clock, world, keys } = source();
    await keys.get("k1");
    world.fails = true;
    await clock.pass(11 * 60_000);
    assert.ok(await keys.get("k1"));
    await clock.pass(23 * 3_600_000);
    assert.ok(await keys.get("k1"));
    await clock.pass(3_600_000);
    await assert.rejects(keys.get("k1"), { code: "identity-keys-unavailable" });
  });
});
