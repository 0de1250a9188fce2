import * as assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "mocha";
import {
  type Clock,
  createIapVerifier,
  type IapIdentity,
  requireIapIdentity,
  type ServiceDefinition,
  type ServiceWorld,
  startService,
  systemClock,
} from "../../../services/runtime/index";
import { http } from "../support";
import { audiences, issuers, people, times } from "./forged/claims";
import { forms } from "./forged/forms";
import { algorithms, extensions, keys, signatures } from "./forged/signing";
import { AUDIENCE, assertion, google, keySet, now, PRINCIPAL, refusal, workforce } from "./support";

/** Who reached the handlers. */
let reached: IapIdentity[];

const service: ServiceDefinition<never> = {
  name: "desk (TypeScript)",
  calls: [],
  routes(tools) {
    const verify = createIapVerifier({ ...tools, audiences: tools.options.iapAudiences, requireEmail: false });
    const anybody = requireIapIdentity(verify);
    const staff = requireIapIdentity(verify, ({ identity, query }) => {
      if (query.has("broken")) throw new TypeError("no directory");
      return identity.workforcePool === "acme-staff";
    });
    const own = requireIapIdentity(verify, async ({ identity, params }) => identity.email === params["address"]);
    return [
      { method: "GET", path: "/", handler: anybody(({ identity }) => told(identity)) },
      { method: "GET", path: "/staff", handler: staff(({ identity }) => told(identity)) },
      { method: "GET", path: "/of/{address}", handler: own(({ identity }) => told(identity)) },
      { method: "POST", path: "/", handler: anybody(async (request) => ({ json: await request.json() })) },
    ];
  },
};

function told(identity: IapIdentity) {
  reached.push(identity);
  return { json: identity };
}

/** Stands at the time that the assertions of these tests were made for. */
const clock: Clock = { ...systemClock, now: () => now * 1000 };

describe("a handler behind requireIapIdentity", () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function start(world: ServiceWorld = {}, env: Record<string, string> = { IAP_AUDIENCE: AUDIENCE }) {
    reached = [];
    const running = await startService(service, {
      loadIapKeys: async () => keySet,
      line: () => {},
      clock,
      ...world,
      env: { PORT: "0", BIND_ADDRESS: "127.0.0.1", DRAIN_TIMEOUT_MS: "0", ...env },
    });
    stops.push(() => running.stop());
    const url = `http://127.0.0.1:${running.port}`;
    return {
      get: (path: string, headers: Record<string, string | string[]> = {}) => http(`${url}${path}`, { headers }),
      post: (json: unknown, headers: Record<string, string>) => http(`${url}/`, { method: "POST", headers, json }),
    };
  }

  const of = (claims = google) => ({ "x-goog-iap-jwt-assertion": assertion(claims) });

  it("is told who asks", async () => {
    const { get, post } = await start();
    const answer = await get("/", of());
    const ada = { principal: google["sub"], subject: google["sub"], email: google["email"], source: "google" };
    assert.deepEqual([answer.status, answer.json], [200, ada]);
    assert.equal((await get("/", of(workforce))).json.principal, PRINCIPAL);
    assert.deepEqual((await post({ text: "a" }, of())).json, { text: "a" });
  });

  it("is not reached without an assertion: 401, whatever the headers that are not signed say", async () => {
    const { get } = await start();
    const unsigned = {
      "x-goog-authenticated-user-email": "accounts.google.com:ada@acme.example",
      "x-goog-authenticated-user-id": "accounts.google.com:1234",
      "x-goog-iap-jwt-assertion-email": "ada@acme.example",
      x_goog_iap_jwt_assertion: assertion(),
      "x-forwarded-email": "ada@acme.example",
      "x-serverless-authorization": `Bearer ${assertion()}`,
      authorization: `Bearer ${assertion()}`,
      cookie: `GCP_IAAP_AUTH_TOKEN=${assertion()}`,
    };
    const answer = await get(`/?x-goog-iap-jwt-assertion=${assertion()}`, unsigned);
    assert.deepEqual(
      [answer.status, answer.json],
      [
        401,
        {
          error: {
            code: "identity-missing",
            message: "the request carries no assertion of IAP; open this through IAP",
          },
        },
      ],
    );
    assert.deepEqual(reached, []);
  });

  it("names the person of the assertion where the headers that are not signed name another", async () => {
    const { get } = await start();
    const headers = { "x-goog-authenticated-user-email": "accounts.google.com:root@acme.example", ...of() };
    assert.equal((await get("/", headers)).json.email, "ada@acme.example");
  });

  it("is not reached with a forged assertion: 401 to each", async () => {
    const { get } = await start();
    const all = [algorithms, keys, extensions, issuers, audiences, times, people, signatures, forms].flat();
    let sent = 0;
    for (const [what, text] of all) {
      // An e-mail address is not asked for here; and what cannot stand in a header never arrives.
      if (what.includes("e-mail") || text === "" || /[^!-~]/.test(text)) continue;
      const answer = await get("/", { "x-goog-iap-jwt-assertion": text });
      assert.deepEqual([what, answer.status, answer.json.error.code], [what, 401, "identity-invalid"]);
      sent += 1;
    }
    assert.ok(sent > 130, String(sent));
    assert.deepEqual(reached, []);
    assert.equal((await get("/", of())).status, 200);
  });

  it("is not reached with two assertions, even of the same person, in one line or in two", async () => {
    const { get } = await start();
    const { code, message } = refusal("it is no JWT");
    for (const twice of [`${assertion()}, ${assertion()}`, [assertion(), assertion()]]) {
      const answer = await get("/", { "x-goog-iap-jwt-assertion": twice });
      assert.deepEqual([answer.status, answer.json], [401, { error: { code, message } }]);
    }
    assert.deepEqual(reached, []);
  });

  it("is not reached by a person who is known and not permitted: 403", async () => {
    const { get } = await start();
    const answer = await get("/staff", of());
    const error = { code: "identity-not-permitted", message: "you are signed in, and have no access to this" };
    assert.deepEqual([answer.status, answer.json], [403, { error }]);
    assert.equal((await get("/staff", of(workforce))).status, 200);
    assert.equal((await get("/of/ada@acme.example", of())).status, 200);
    assert.equal((await get("/of/root@acme.example", of())).status, 403);
    assert.equal(reached.length, 2);
  });

  it("is not reached where what permits it breaks: 500, and nothing of the inside", async () => {
    const { get } = await start();
    const answer = await get("/staff?broken", of(workforce));
    assert.deepEqual([answer.status, answer.json], [500, { error: { code: "internal", message: "internal error" } }]);
    assert.deepEqual(reached, []);
  });

  it("is not reached where no audience is set: 503, while /health answers", async () => {
    const { get } = await start({}, {});
    const answer = await get("/", of());
    assert.deepEqual([answer.status, answer.json.error.code], [503, "identity-audience-unknown"]);
    assert.equal((await get("/health")).status, 200);
    assert.deepEqual(reached, []);
  });

  it("is not reached without keys: 503, and the log says why", async () => {
    const lines: string[] = [];
    const loadIapKeys = async () => {
      throw new TypeError("answered 502");
    };
    const { get } = await start({ loadIapKeys, line: (line) => lines.push(line) });
    const answer = await get("/", of());
    const error = { code: "identity-keys-unavailable", message: "the keys of IAP could not be fetched" };
    assert.deepEqual([answer.status, answer.json], [503, { error }]);
    assert.ok(lines.some((line) => line.includes('"cause":"TypeError: answered 502"')));
    assert.ok(!lines.join("").includes("eyJ"), "no part of the assertion is in the log");
  });

  it("has its keys fetched over the proxy that the environment names", async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push(request.url);
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    stops.push(() => new Promise((resolve) => proxy.close(resolve)));
    const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const { get } = await start({ loadIapKeys: undefined }, { IAP_AUDIENCE: AUDIENCE, HTTPS_PROXY });
    assert.equal((await get("/", of())).status, 503);
    assert.deepEqual(asked, ["www.gstatic.com:443"]);
  });
});
