import * as assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { type HeaderRow, REQUEST_HEADERS, RESPONSE_HEADERS } from "../../../services/auth-proxy/rules/header-table";
import { withoutOrigin } from "../../../services/auth-proxy/rules/headers";
import { claimsOf, Fake, http } from "../support";
import { backendFake, handBackend, later, proxyWith, raw, stopAll } from "./support";

/** A row's names as a client could spell them: each stands for a prefix with an ending, and in another case. */
const spellings = (row: HeaderRow) => row.names.map((name) => name.replace("*", "anything"));

/** What cannot be sent as any header is: it decides about the connection or the message itself. */
const STRUCTURAL = /^(host|connection|te|transfer-encoding|content-length|upgrade|expect|trailer|keep-alive|http2-.*)$/;

describe("the auth proxy's header table: requests", () => {
  afterEach(stopAll);

  async function seenOf(headers: Record<string, string>, env: Record<string, string> = {}) {
    const backend = await backendFake();
    const proxy = await proxyWith({ BACKEND_URL: backend.url, ...env });
    const got = await http(`${proxy.url}/x`, { headers });
    assert.equal(got.status, 200, got.text);
    return { seen: backend.seen[0]!, backend, proxy };
  }

  for (const row of REQUEST_HEADERS) {
    const plain = spellings(row).filter((name) => !STRUCTURAL.test(name));
    if (plain.length === 0) continue;
    it(`${row.names.join(", ")}: ${row.does}`, async () => {
      for (const name of plain) {
        const { seen } = await seenOf({ [name.toUpperCase()]: "from-client" });
        const got = seen.headers[name];
        if (row.does === "passed") assert.equal(got, "from-client", name);
        else if (row.does === "dropped") assert.equal(got, undefined, name);
        else if (name === "x-forwarded-for") assert.equal(got, "from-client, 127.0.0.1");
        else assert.notEqual(got, "from-client", name);
        await stopAll();
      }
    });
  }

  it("never lets a client name these, however the table is written", async () => {
    const names = [
      ...["x-serverless-authorization", "x-auth-proxy-user", "x-auth-proxy-email", "x-auth-proxy-anything"],
      ...["x-goog-iap-jwt-assertion", "x-goog-authenticated-user-email", "x-goog-authenticated-user-id"],
      ...["forwarded", "x-forwarded-host", "x-forwarded-prefix", "x-forwarded-uri", "x-forwarded-user", "x-real-ip"],
      ...["x-client-ip", "true-client-ip", "x-original-url", "x-original-host", "x-rewrite-url"],
      ...["x-http-method-override", "x-method-override", "proxy-authorization", "proxy-connection"],
    ];
    const { seen } = await seenOf(Object.fromEntries(names.map((name) => [name, "from-client"])));
    const passed = Object.entries(seen.headers).filter(([, value]) => String(value).includes("from-client"));
    assert.deepEqual(passed, []);
  });

  it("sets what it must set, whatever the client says", async () => {
    const { seen, backend, proxy } = await seenOf({
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      te: "gzip, trailers;q=0.5",
      authorization: "Bearer of-the-application",
    });
    assert.equal(seen.headers.host, backend.host);
    assert.equal(seen.headers["x-forwarded-for"], "203.0.113.7, 127.0.0.1");
    assert.equal(seen.headers["x-forwarded-proto"], "https");
    assert.equal(seen.headers["x-forwarded-host"], `127.0.0.1:${proxy.port}`);
    assert.equal(seen.headers["te"], "trailers");
    assert.equal(seen.headers.authorization, "Bearer of-the-application");
    assert.equal(claimsOf(seen)["aud"], backend.url);
    assert.equal(seen.headers["x-auth-proxy-user"], undefined);
  });

  it("sends http as the protocol where the front end says nothing sensible", async () => {
    const { seen } = await seenOf({ "x-forwarded-proto": "gopher" });
    assert.equal(seen.headers["x-forwarded-proto"], "http");
  });

  it("puts the token into Authorization only when told to, in the place of the client's", async () => {
    const { seen, backend } = await seenOf({ authorization: "Bearer mine" }, { TOKEN_HEADER: "authorization" });
    assert.notEqual(seen.headers.authorization, "Bearer mine");
    assert.equal(seen.headers["x-serverless-authorization"], undefined);
    assert.equal(claimsOf(seen)["aud"], backend.url);
  });

  it("drops what Connection names, but nothing that the proxy sets", async () => {
    const { seen, backend } = await seenOf({
      connection: "keep-alive, X-Hop, x-serverless-authorization, x-forwarded-for, host",
      "x-hop": "1",
      "x-kept": "2",
    });
    assert.equal(seen.headers["x-hop"], undefined);
    assert.equal(seen.headers["x-kept"], "2");
    assert.equal(seen.headers.host, backend.host);
    assert.equal(seen.headers["x-forwarded-for"], "127.0.0.1");
    assert.equal(claimsOf(seen)["aud"], backend.url);
  });

  it("drops hop-by-hop headers", async () => {
    const backend = await backendFake();
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const hops =
      "Keep-Alive: timeout=5\r\nTrailer: x-a\r\nHTTP2-Settings: AAMAAABk\r\nTE: gzip\r\nExpect: 100-continue\r\n";
    await raw(proxy.port, `GET / HTTP/1.1\r\nHost: h\r\n${hops}Connection: close\r\n\r\n`);
    for (const name of ["keep-alive", "trailer", "http2-settings", "te", "expect", "transfer-encoding"]) {
      assert.equal(backend.seen[0]!.headers[name], undefined, name);
    }
  });

  it("takes underscores for hyphens, which CGI and WSGI cannot tell apart", async () => {
    const { seen } = await seenOf({
      x_serverless_authorization: "Bearer x",
      X_Auth_Proxy_User: "admin",
      x_goog_iap_jwt_assertion: "x",
      X_Forwarded_For: "1.2.3.4",
      x_own: "kept",
    });
    const names = Object.keys(seen.headers).filter((name) => name.includes("_"));
    assert.deepEqual(names, ["x_own"]);
    assert.equal(seen.headers["x-forwarded-for"], "127.0.0.1");
  });

  it("keeps duplicates, their order and their bytes", async () => {
    const backend = await handBackend((incoming, response) => response.end(JSON.stringify(incoming.rawHeaders)));
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await raw(
      proxy.port,
      "GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nCookie: a=\xe9\r\nX-A: 2\r\nConnection: close\r\n\r\n",
    );
    assert.match(got, /"X-A","1","Cookie","a=\xc3\xa9","X-A","2"/);
  });

  it("frames the body anew: a length as it was, or chunked", async () => {
    const backend = await backendFake();
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    await http(`${proxy.url}/`, { method: "POST", body: "12345" });
    await http(`${proxy.url}/`, { method: "POST", body: "12345", headers: { "transfer-encoding": "chunked" } });
    await http(`${proxy.url}/`, { method: "POST" });
    const framing = backend.seen.map(({ headers: h, body }) => [h["content-length"], h["transfer-encoding"], body]);
    assert.deepEqual(framing, [
      ["5", undefined, "12345"],
      [undefined, "chunked", "12345"],
      ["0", undefined, ""],
    ]);
  });
});

describe("the auth proxy's header table: answers", () => {
  afterEach(stopAll);

  async function answerTo(answer: Record<string, string | string[]>, sent: Record<string, string> = {}, env = {}) {
    const backend = await Fake.start((_, response) => {
      for (const [name, value] of Object.entries(answer)) response.setHeader(name, value);
      response.end("{}");
    });
    later(() => backend.stop());
    const proxy = await proxyWith({ BACKEND_URL: backend.url, ...env });
    return { got: await http(`${proxy.url}/x`, { headers: sent }), backend, proxy };
  }

  for (const row of RESPONSE_HEADERS) {
    const plain = spellings(row).filter((name) => !STRUCTURAL.test(name) && name !== "content-encoding");
    if (plain.length === 0) continue;
    it(`${row.names.join(", ")}: ${row.does}`, async () => {
      for (const name of plain) {
        const { got } = await answerTo({ [name]: "from-backend" });
        const value = got.headers[name];
        if (row.does === "passed" || /location/.test(name))
          assert.deepEqual(value, name === "set-cookie" ? ["from-backend"] : "from-backend", name);
        else assert.equal(value, undefined, name);
        await stopAll();
      }
    });
  }

  it("never lets a backend name these, however the table is written", async () => {
    const names = [
      ...[
        "x-serverless-authorization",
        "x-auth-proxy-user",
        "x-goog-iap-jwt-assertion",
        "alt-svc",
        "proxy-authenticate",
      ],
      ...["access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-headers"],
    ];
    const { got } = await answerTo(Object.fromEntries(names.map((name) => [name, "from-backend"])));
    assert.deepEqual(
      Object.keys(got.headers).filter((name) => names.includes(name)),
      [],
    );
  });

  it("drops hop-by-hop headers and what Connection names, and keeps each cookie on its line", async () => {
    const { got } = await answerTo({
      connection: "close, x-hop",
      "x-hop": "1",
      te: "x",
      "set-cookie": ["a=1; Path=/", "b=2"],
      "content-encoding": "identity",
    });
    assert.equal(got.headers["x-hop"], undefined);
    assert.equal(got.headers["te"], undefined);
    assert.deepEqual(got.headers["set-cookie"], ["a=1; Path=/", "b=2"]);
    assert.equal(got.headers["content-encoding"], "identity");
  });

  it("points redirects of the backend to itself, and leaves others alone", async () => {
    let location = "";
    const backend = await Fake.start((_, response) => response.writeHead(302, { location }).end());
    later(() => backend.stop());
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const told = async (to: string) => {
      location = to;
      return (await http(`${proxy.url}/`)).headers.location;
    };
    assert.equal(await told(`${backend.url}/in?a=1`), "/in?a=1");
    assert.equal(await told("https://accounts.google.com/o/oauth2"), "https://accounts.google.com/o/oauth2");
  });

  for (const [from, to] of [
    ["https://b-1.run.app/chat?x=1#y", "/chat?x=1#y"],
    ["http://b-1.run.app", "/"],
    ["//b-1.run.app/z", "/z"],
    ["https://b-1.run.app//evil.example/", "/.//evil.example/"],
    ["https://b-1.run.app.evil.example/", "https://b-1.run.app.evil.example/"],
    ["https://b-1.run.app@evil.example/", "https://b-1.run.app@evil.example/"],
    ["HTTPS:\\\\b-1.run.app\\z", "/z"],
    ["ftp://b-1.run.app/z", "ftp://b-1.run.app/z"],
    ["/here//b-1.run.app/z", "/here//b-1.run.app/z"],
    ["/here", "/here"],
    ["here", "here"],
    ["http://[", "http://["],
  ] as const) {
    it(`turns Location ${from} into ${to}`, () => assert.equal(withoutOrigin(from, "b-1.run.app"), to));
  }

  it("adds nothing of its own insides to an answer", async () => {
    const { got } = await answerTo({ "content-type": "application/json" });
    const names = ["connection", "content-length", "content-type", "date"];
    assert.deepEqual(Object.keys(got.headers).sort(), names);
  });
});
