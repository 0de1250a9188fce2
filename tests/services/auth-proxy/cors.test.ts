import * as assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { http } from "../support";
import { backendFake, proxyWith, stopAll } from "./support";

const APP = "https://app.example.com";

describe("CORS at the auth proxy", () => {
  afterEach(stopAll);

  const PREFLIGHT = { "access-control-request-method": "PUT", "access-control-request-headers": "x-a, content-type" };

  async function both(env: Record<string, string> = { ALLOWED_ORIGINS: `${APP},http://localhost:3000` }) {
    const backend = await backendFake();
    const proxy = await proxyWith({ BACKEND_URL: backend.url, ...env });
    return { backend, proxy };
  }

  it("answers the preflight of a declared origin itself: the backend would refuse it for want of a token", async () => {
    const { backend, proxy } = await both();
    const got = await http(`${proxy.url}/x`, { method: "OPTIONS", headers: { origin: APP, ...PREFLIGHT } });
    assert.equal(got.status, 204);
    const { vary, date, connection, ...headers } = got.headers;
    assert.deepEqual(headers, {
      "access-control-allow-origin": APP,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
      "access-control-allow-headers": "x-a, content-type",
      "access-control-max-age": "7200",
    });
    assert.equal(vary, "Origin");
    assert.equal(backend.seen.length, 0);
  });

  for (const [origin, shown] of [
    ["https://evil.example", "https://evil.example"],
    ["https://app.example.com.evil.example", "https://app.example.com.evil.example"],
    ["null", "an origin that is none"],
    [`${APP}:443`, APP],
    ["https://APP.example.com", APP],
    ["https://user:pass@evil.example/path", "https://evil.example"],
  ] as const) {
    it(`refuses the preflight of ${origin}`, async () => {
      const { backend, proxy } = await both();
      const got = await http(`${proxy.url}/x`, { method: "OPTIONS", headers: { origin, ...PREFLIGHT } });
      const message = `pages of ${shown} are not allowed here; see ALLOWED_ORIGINS`;
      assert.deepEqual([got.status, got.json.error], [403, { code: "origin-refused", message }]);
      assert.equal(got.headers["access-control-allow-origin"], undefined);
      assert.equal(backend.seen.length, 0);
    });
  }

  it("grants answers, errors included, to declared origins, and tells caches apart", async () => {
    const { proxy } = await both();
    for (const path of ["/x", "/a//b"]) {
      const got = await http(`${proxy.url}${path}`, { headers: { origin: APP } });
      if (path === "/x") assert.equal(got.status, 200);
      assert.equal(got.headers["access-control-allow-origin"], APP, path);
      assert.equal(got.headers.vary, "Origin", path);
    }
    const none = await http(`${proxy.url}/x`);
    assert.equal(none.headers["access-control-allow-origin"], undefined);
    assert.equal(none.headers.vary, "Origin");
  });

  it("takes no grant from a backend", async () => {
    const backend = await backendFake((_, response) =>
      response.writeHead(200, { "access-control-allow-origin": "*", "access-control-expose-headers": "x-a" }).end(),
    );
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await http(`${proxy.url}/`, { headers: { origin: "https://evil.example" } });
    assert.equal(got.headers["access-control-allow-origin"], undefined);
    assert.equal(got.headers["access-control-expose-headers"], "x-a");
  });

  it("refuses what may change something from other origins, as cookies travel with it", async () => {
    const { backend, proxy } = await both({});
    const from = async (origin: string, method = "POST") =>
      (await http(`${proxy.url}/x`, { method, headers: { origin } })).status;
    assert.equal(await from("https://evil.example"), 403);
    assert.equal(await from("null"), 403);
    assert.equal(await from("https://evil.example", "GET"), 200);
    assert.equal(await from(`https://127.0.0.1:${proxy.port}`), 200, "the page's own origin");
    assert.equal(await from("https://127.0.0.1:9"), 403, "another port is another origin");
    assert.equal(await from("https://127.0.0.1"), 403, "the scheme's own port is another, too");
    assert.equal(backend.seen.length, 2);
  });
});
