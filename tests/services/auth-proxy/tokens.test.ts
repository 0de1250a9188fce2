import * as assert from "node:assert/strict";
import { connect } from "node:net";
import { afterEach, describe, it } from "mocha";
import { claimsOf, Fake, HeldClock, http, idToken, json, until } from "../support";
import { backendFake, later, proxyWith, stopAll } from "./support";

const REFUSED = { "www-authenticate": 'Bearer error="invalid_token" error_description="could not be verified"' };

/** A metadata server whose tokens are numbered, so that each is another. */
function mintsAnew(now: () => number): Parameters<typeof Fake.start>[0] {
  let jti = 0;
  return (seen, response) => {
    response.setHeader("metadata-flavor", "Google");
    const audience = new URL(seen.url, "http://m").searchParams.get("audience");
    response.end(audience ? idToken(audience, now() + 3_600_000, { jti: ++jti }) : "p");
  };
}

describe("the auth proxy's tokens", () => {
  afterEach(stopAll);

  it("are minted per backend, once however many requests wait", async () => {
    const one = await backendFake();
    const two = await backendFake();
    const env = { ONE_URL: one.url, TWO_URL: two.url, ROUTES: '{"/":"one","/two":"two"}' };
    const proxy = await proxyWith(env);
    await Promise.all(Array.from({ length: 50 }, (_, i) => http(`${proxy.url}${i % 2 ? "/two/x" : "/x"}`)));
    assert.equal(one.seen.length, 25);
    assert.ok(one.seen.every((seen) => claimsOf(seen)["aud"] === one.url));
    assert.ok(two.seen.every((seen) => claimsOf(seen)["aud"] === two.url && seen.url === "/two/x"));
    assert.equal(proxy.metadata.seen.filter(({ url }) => url.includes("/identity")).length, 2);
  });

  it("fail closed while the metadata server is down, and come back with it", async () => {
    const backend = await backendFake();
    const clock = new HeldClock(Date.now());
    const proxy = await proxyWith({ BACKEND_URL: backend.url }, { clock });
    await until(() => proxy.metadata.seen.length > 1);
    proxy.metadata.answer((_, response) => json(response, 500, {}));
    assert.equal((await http(`${proxy.url}/`)).status, 200, "the token that was there serves on");
    await clock.pass(3_575_000);
    const pending = http(`${proxy.url}/`);
    await until(() => proxy.metadata.seen.length > 0);
    for (let turn = 0; turn < 40; turn++) await clock.pass(250);
    const got = await pending;
    assert.equal(got.status, 503);
    assert.deepEqual(got.json, {
      error: {
        code: "token-unavailable",
        message: "backend: no ID token could be had: the metadata server failed or was too slow",
      },
    });
    assert.equal(backend.seen.length, 1, "nothing is sent without a token");
    const logged = proxy.log.find((entry) => entry["code"] === "token-unavailable")!;
    assert.equal(logged["audience"], backend.url);
    proxy.metadata.answer(mintsAnew(clock.now));
    await clock.pass(15_000);
    assert.equal((await http(`${proxy.url}/`)).status, 200);
  });

  it("are not needed to start: the metadata server may come later", async () => {
    const backend = await backendFake();
    const metadata = await Fake.start((_, response) => json(response, 404, {}));
    later(() => metadata.stop());
    const proxy = await proxyWith({ BACKEND_URL: backend.url, GCE_METADATA_HOST: metadata.host });
    assert.equal((await http(`${proxy.url}/health`)).status, 200);
    const ready = await http(`${proxy.url}/ready`);
    assert.equal(ready.status, 503);
    assert.equal(ready.json.missing[0].code, "token-unavailable");
    assert.equal((await http(`${proxy.url}/`)).status, 503);
    metadata.answer((seen, response) => {
      response.setHeader("metadata-flavor", "Google");
      const audience = new URL(seen.url, "http://m").searchParams.get("audience");
      response.end(audience ? idToken(audience, Date.now() + 3_600_000) : "p");
    });
    await until(async () => (await http(`${proxy.url}/`)).status === 200);
    assert.equal((await http(`${proxy.url}/ready`)).status, 200);
  }).timeout(20_000);

  it("that a backend calls invalid are fetched anew, once, and the request is sent again", async () => {
    let sent = 0;
    const backend = await backendFake((seen, response) => {
      sent += 1;
      if (sent === 1) response.writeHead(401, REFUSED).end("<html>Unauthorized</html>");
      else json(response, 200, { jti: claimsOf(seen)["jti"] });
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    await until(() => proxy.metadata.seen.some(({ url }) => url.includes("/identity")));
    proxy.metadata.answer(mintsAnew(Date.now));
    const got = await http(`${proxy.url}/`);
    assert.deepEqual([got.status, got.json], [200, { jti: 1 }]);
    assert.equal(sent, 2);
  });

  it("that stay refused are told apart from the application's own 401", async () => {
    const backend = await backendFake((_, response) => response.writeHead(401, REFUSED).end("<html>run.app</html>"));
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await http(`${proxy.url}/`);
    assert.equal(got.status, 502);
    assert.deepEqual(got.json, {
      error: {
        code: "callee-refused",
        message:
          "backend: it takes no ID token for the audience that this proxy was told; its URL here must be one of its own URLs or custom audiences",
      },
    });
    assert.equal(backend.seen.length, 1, "the metadata server has no other token, and this one is not sent again");
    const logged = proxy.log.find((entry) => entry["code"] === "callee-refused")!;
    assert.equal(logged["audience"], backend.url);
    const own = await http(`${proxy.url}/`, { headers: { authorization: "Bearer of-the-user" } });
    assert.equal(own.status, 401);
    assert.equal(own.text, "<html>run.app</html>");
    assert.equal(own.headers["www-authenticate"], REFUSED["www-authenticate"]);
  });

  it("that are refused do not make a request with a body go twice", async () => {
    const backend = await backendFake((_, response) => response.writeHead(401, REFUSED).end("no"));
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await http(`${proxy.url}/`, { method: "POST", body: "x" });
    assert.equal(got.json.error.code, "callee-refused");
    assert.equal(backend.seen.length, 1);
  });

  it("that are refused with a body are fetched anew for the request after it", async () => {
    const backend = await backendFake((seen, response) =>
      claimsOf(seen)["jti"] === undefined ? response.writeHead(401, REFUSED).end() : response.end("taken"),
    );
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    await until(() => proxy.metadata.seen.some(({ url }) => url.includes("/identity")));
    const post = () => http(`${proxy.url}/`, { method: "POST", body: "x" });
    proxy.metadata.answer(mintsAnew(Date.now));
    assert.equal((await post()).status, 502);
    await until(() => proxy.metadata.seen.length > 0);
    const got = await post();
    assert.deepEqual([got.status, got.text, backend.seen.length], [200, "taken", 2]);
  });

  it("that come once the client has left are used for nothing", async () => {
    const backend = await backendFake();
    const held: (() => void)[] = [];
    const mint = mintsAnew(Date.now);
    const metadata = await Fake.start((seen, response) => void held.push(() => mint(seen, response)));
    later(() => metadata.stop());
    const lines: string[] = [];
    const world = { line: (line: string) => lines.push(line) };
    const env = { BACKEND_URL: backend.url, GCE_METADATA_HOST: metadata.host, REQUEST_LOG: "on" };
    const proxy = await proxyWith(env, world);
    const client = connect(proxy.port, "127.0.0.1");
    client.write("GET /left HTTP/1.1\r\nHost: h\r\n\r\n");
    await until(() => metadata.seen.some(({ url }) => url.includes("/identity")));
    assert.equal((await http(`${proxy.url}/health`)).status, 200, "by then the request has come");
    client.destroy();
    await until(() => lines.some((line) => line.includes('"code":"client-gone"')));
    for (const answer of held) answer();
    assert.equal((await http(`${proxy.url}/`)).status, 200);
    assert.deepEqual(
      backend.seen.map(({ url }) => url),
      ["/"],
    );
  });

  it("that are refused to a client that has left are not fetched anew", async () => {
    let left = false;
    const backend = await backendFake((seen, response) => {
      if (seen.url !== "/refused") return void response.end("taken");
      response.on("close", () => {
        left = true;
      });
      response.writeHead(401, { ...REFUSED, "content-length": "2" }).write("n");
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    await http(`${proxy.url}/`);
    proxy.metadata.answer(mintsAnew(Date.now));
    const client = connect(proxy.port, "127.0.0.1");
    client.write("GET /refused HTTP/1.1\r\nHost: h\r\n\r\n");
    await until(() => backend.seen.length === 2);
    assert.equal((await http(`${proxy.url}/`)).text, "taken", "by then the refusal has come");
    client.destroy();
    await until(() => left);
    assert.equal((await http(`${proxy.url}/`)).text, "taken");
    assert.deepEqual(proxy.metadata.seen, []);
  });

  for (const status of [429, 500, 502, 503]) {
    it(`are no reason to send again after ${status}`, async () => {
      const backend = await backendFake((_, response) => response.writeHead(status, { "retry-after": "1" }).end("own"));
      const proxy = await proxyWith({ BACKEND_URL: backend.url });
      const got = await http(`${proxy.url}/`);
      assert.deepEqual([got.status, got.text, backend.seen.length], [status, "own", 1]);
    });
  }
});
