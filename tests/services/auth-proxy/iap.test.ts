import * as assert from "node:assert/strict";
import { request } from "node:http";
import { afterEach, describe, it } from "mocha";
import { AUDIENCE, assertion, google, keySet, PRINCIPAL, workforce } from "../iap/support";
import { http } from "../support";
import { backendFake, proxyWith, stopAll } from "./support";

/** Claims that hold by the machine's clock. */
function fresh(claims = google) {
  const iat = Math.floor(Date.now() / 1000);
  return { ...claims, iat, exp: iat + 600 };
}

describe("the assertion of IAP", () => {
  afterEach(stopAll);

  it("is asked of every request when an audience is set, and the identity goes on, whatever the client says", async () => {
    const backend = await backendFake();
    const proxy = await proxyWith(
      { BACKEND_URL: backend.url, IAP_AUDIENCE: AUDIENCE },
      { loadIapKeys: async () => keySet },
    );
    const missing = await http(`${proxy.url}/`);
    assert.deepEqual([missing.status, missing.json.error.code], [401, "identity-missing"]);
    const wrong = await http(`${proxy.url}/`, { headers: { "x-goog-iap-jwt-assertion": "a.b.c" } });
    assert.deepEqual([wrong.status, wrong.json.error.code], [401, "identity-invalid"]);
    assert.equal(backend.seen.length, 0);
    const text = assertion(fresh());
    const headers = { "x-goog-iap-jwt-assertion": text, "x-auth-proxy-user": "admin", X_Auth_Proxy_Email: "root@x" };
    assert.equal((await http(`${proxy.url}/`, { headers })).status, 200);
    const seen = backend.seen[0]!.headers;
    assert.equal(seen["x-auth-proxy-user"], google["sub"]);
    assert.equal(seen["x-auth-proxy-email"], google["email"]);
    assert.equal(seen["x-goog-iap-jwt-assertion"], undefined);
    assert.equal(seen["x_auth_proxy_email"], undefined);
    assert.equal((await http(`${proxy.url}/health`)).status, 200);
  });

  it("of somebody in a workforce pool goes on as the principal that IAM knows, with or without an e-mail address", async () => {
    const backend = await backendFake();
    const env = { BACKEND_URL: backend.url, IAP_AUDIENCE: AUDIENCE };
    const proxy = await proxyWith(env, { loadIapKeys: async () => keySet });
    const headers = { "x-goog-iap-jwt-assertion": assertion(fresh(workforce)), "x-auth-proxy-email": "root@x" };
    assert.equal((await http(`${proxy.url}/`, { headers })).status, 200);
    const seen = backend.seen[0]!.headers;
    assert.deepEqual([seen["x-auth-proxy-user"], seen["x-auth-proxy-email"]], [PRINCIPAL, undefined]);
  });

  it("cannot be checked without keys: 503, and nothing is sent", async () => {
    const backend = await backendFake();
    const loadIapKeys = async () => {
      throw new Error("no network");
    };
    const proxy = await proxyWith({ BACKEND_URL: backend.url, IAP_AUDIENCE: AUDIENCE }, { loadIapKeys });
    const got = await http(`${proxy.url}/`, { headers: { "x-goog-iap-jwt-assertion": assertion(fresh()) } });
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
    const loadIapKeys = () => {
      keysAsked();
      return new Promise<unknown>((resolve) => {
        give = resolve;
      });
    };
    const env = { BACKEND_URL: backend.url, IAP_AUDIENCE: AUDIENCE, METRICS_PATH: "/metrics" };
    const proxy = await proxyWith(env, { loadIapKeys });
    const headers = { "x-goog-iap-jwt-assertion": assertion(fresh()) };
    const outgoing = request(proxy.url, { agent: false, headers });
    const gone = new Promise((resolve) => outgoing.on("error", resolve));
    outgoing.end();
    await asked;
    outgoing.destroy();
    await gone;
    const metrics = async () => (await http(`${proxy.url}/metrics`)).text;
    await metrics();
    give(keySet);
    let text = "";
    while (!/code="client-gone"/.test(text)) text = await metrics();
    assert.match(text, /^auth_proxy_in_flight 0$/m);
    assert.equal(backend.seen.length, 0);
  });
});
