import * as assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "mocha";
import { http, until } from "../support";
import { backendFake, handBackend, later, listen, proxyWith, raw, stopAll } from "./support";

describe("the auth proxy's gate", () => {
  afterEach(stopAll);

  it("routes by the longest prefix, on whole segments, and leaves the path as it is", async () => {
    const names = ["one", "two", "three"];
    const backends = await Promise.all(names.map(() => backendFake()));
    const env = Object.fromEntries(names.map((name, at) => [`${name.toUpperCase()}_URL`, backends[at]!.url]));
    const proxy = await proxyWith({ ...env, ROUTES: '{"/":"one","/a":"two","/a/b":"three"}' });
    for (const path of ["/", "/ab", "/a", "/a/", "/a?x=/a/b", "/a/bc", "/a/b", "/a/b/c?d", "/%61"])
      await http(proxy.url + path);
    assert.deepEqual(
      backends.map(({ seen }) => seen.map(({ url }) => url)),
      [
        ["/", "/ab", "/%61"],
        ["/a", "/a/", "/a?x=/a/b", "/a/bc"],
        ["/a/b", "/a/b/c?d"],
      ],
    );
  });

  it("passes the allowed methods and paths only", async () => {
    const backend = await backendFake();
    const env = { BACKEND_URL: backend.url, ALLOWED_METHODS: "GET,POST", ALLOWED_PATHS: "/api,/chat" };
    const proxy = await proxyWith(env);
    const get = async (path: string, method = "GET") => (await http(proxy.url + path, { method })).status;
    assert.deepEqual([await get("/api"), await get("/chat/x", "POST")], [200, 200]);
    assert.deepEqual([await get("/"), await get("/apix"), await get("/%61pi")], [404, 404, 404]);
    const refused = await http(`${proxy.url}/api`, { method: "DELETE" });
    assert.deepEqual([refused.status, refused.headers.allow], [405, "GET, POST"]);
    assert.deepEqual(refused.json, {
      error: { code: "method-unknown", message: "DELETE is not allowed here; allowed: GET, POST" },
    });
    const unknown = await http(`${proxy.url}/`);
    assert.deepEqual(unknown.json, { error: { code: "route-unknown", message: "no such path here" } });
    assert.equal(backend.seen.length, 2);
  });

  it("keeps paths of its own, where it is told, and gives the others to the backends", async () => {
    const backend = await backendFake();
    const env = { BACKEND_URL: backend.url, HEALTH_PATH: "/-/alive", READY_PATH: "off", METRICS_PATH: "/-/metrics" };
    const proxy = await proxyWith(env);
    for (const path of ["/health", "/ready", "/metrics"]) await http(proxy.url + path);
    assert.deepEqual(
      backend.seen.map(({ url }) => url),
      ["/health", "/ready", "/metrics"],
    );
    assert.deepEqual((await http(`${proxy.url}/-/alive`)).json, { service: "auth-proxy (TypeScript)", status: "ok" });
    await raw(proxy.port, "GET /a/%2e%2e/b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const { text } = await http(`${proxy.url}/-/metrics`);
    assert.match(text, /^auth_proxy_requests_total\{backend="backend",status="200"\} 3$/m);
    assert.match(text, /^auth_proxy_errors_total\{code="path-ambiguous"\} 1$/m);
    assert.match(text, /^auth_proxy_request_seconds_count 4$/m);
    assert.match(text, /^auth_proxy_in_flight 0$/m);
  });

  it("writes no line per request, or one without the query when told to", async () => {
    const backend = await backendFake();
    const quiet = await proxyWith({ BACKEND_URL: backend.url });
    await http(`${quiet.url}/a?secret=1`);
    assert.deepEqual(
      quiet.log.map(({ severity }) => severity),
      ["INFO"],
    );
    const proxy = await proxyWith({ BACKEND_URL: backend.url, REQUEST_LOG: "on", GOOGLE_CLOUD_PROJECT: "shop" });
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    await http(`${proxy.url}/a?secret=1`, {
      headers: { traceparent, "x-forwarded-proto": "https", host: "app.example" },
    });
    await until(() => proxy.log.length === 2);
    const { time, httpRequest, ...entry } = proxy.log[1]!;
    const { latency, ...asked } = httpRequest as Record<string, unknown>;
    const seconds = Number(/^([\d.]+)s$/.exec(String(latency))?.[1]);
    assert.ok(seconds > 0 && seconds < 60, `how long it took, in seconds: ${latency}`);
    assert.deepEqual(asked, { requestMethod: "GET", requestUrl: "https://app.example/a", status: 200 });
    assert.deepEqual(entry, {
      severity: "INFO",
      message: "GET /a",
      backend: "backend",
      "logging.googleapis.com/trace": `projects/shop/traces/${"a".repeat(32)}`,
      "logging.googleapis.com/spanId": "b".repeat(16),
      "logging.googleapis.com/trace_sampled": true,
    });
  });

  it("speaks HTTP/2 to backends that it is told of", async () => {
    const seen: Record<string, unknown>[] = [];
    const server = createHttp2();
    server.on("stream", (stream, headers) => {
      seen.push(headers);
      stream.respond({ ":status": 200, "x-own": "1" });
      stream.pipe(stream);
    });
    await listen(server);
    later(() => new Promise((resolve) => server.close(resolve)));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const proxy = await proxyWith({ BACKEND_URL: url, HTTP2: "backend" });
    const got = await http(`${proxy.url}/x?y`, { method: "POST", body: "over h2", headers: { connection: "close" } });
    assert.deepEqual([got.status, got.text, got.headers["x-own"]], [200, "over h2", "1"]);
    assert.equal(seen[0]![":path"], "/x?y");
    assert.match(String(seen[0]!["x-serverless-authorization"]), /^Bearer /);
    assert.equal(seen[0]!["connection"], undefined);
  });
});

describe("the auth proxy behind a proxy", () => {
  afterEach(stopAll);

  /** A proxy that opens no tunnel, and what it was asked for. */
  async function outbound() {
    const asked: string[] = [];
    const server = createServer().on("connect", (incoming, socket) => {
      asked.push(incoming.url!);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    await listen(server);
    later(() => new Promise((resolve) => server.close(resolve)));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  for (const [protocol, set, used] of [
    ["https", ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"], "https_proxy"],
    ["https", ["HTTPS_PROXY", "http_proxy", "HTTP_PROXY"], "HTTPS_PROXY"],
    ["https", ["http_proxy", "HTTP_PROXY"], undefined],
    ["http", ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"], "http_proxy"],
    ["http", ["https_proxy", "HTTPS_PROXY", "HTTP_PROXY"], "HTTP_PROXY"],
    ["http", ["https_proxy", "HTTPS_PROXY"], undefined],
  ] as const) {
    it(`reaches a backend of ${protocol} ${used ? `through ${used}` : "straight"} where ${set.join(", ")} are set`, async () => {
      const way = await outbound();
      const aside = await outbound();
      const env = Object.fromEntries(set.map((name) => [name, (name === used ? way : aside).url]));
      const proxy = await proxyWith({ BACKEND_URL: `${protocol}://127.0.0.1:9`, ...env });
      const got = await http(`${proxy.url}/`);
      assert.deepEqual([got.status, got.json.error.code], [502, "callee-unreachable"]);
      assert.deepEqual([way.asked, aside.asked], [used ? ["127.0.0.1:9"] : [], []]);
    });
  }

  it("reaches what NO_PROXY names straight, and reads it in lower case first", async () => {
    const way = await outbound();
    const ask = async (env: Record<string, string>) => {
      const proxy = await proxyWith({ BACKEND_URL: "https://127.0.0.1:9", HTTPS_PROXY: way.url, ...env });
      await http(`${proxy.url}/`);
      return way.asked.splice(0).length;
    };
    assert.equal(await ask({ NO_PROXY: "127.0.0.1" }), 0);
    assert.equal(await ask({ NO_PROXY: "other.example" }), 1);
    assert.equal(await ask({ NO_PROXY: "127.0.0.1", no_proxy: "other.example" }), 1);
  });
});

describe("the auth proxy in HTTP/2 to a backend", () => {
  afterEach(stopAll);

  it("lets no stream wait for another: bodies go while 150 event streams are open", async () => {
    const server = createHttp2();
    let streams = 0;
    server.on("session", (session) => later(async () => session.destroy()));
    server.on("stream", (stream, headers) => {
      stream.on("error", () => {});
      stream.respond({ ":status": 200, "content-type": "text/event-stream" });
      if (headers[":method"] === "POST") stream.pipe(stream);
      else {
        streams += 1;
        stream.write(":\n\n");
      }
    });
    await listen(server);
    later(() => new Promise((resolve) => server.close(resolve)));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const proxy = await proxyWith({ BACKEND_URL: url, HTTP2: "backend" });
    const events = Array.from({ length: 150 }, () => request(`${proxy.url}/events`, { agent: false }));
    let begun = 0;
    for (const outgoing of events) {
      outgoing.on("error", () => {});
      outgoing.on("response", () => {
        begun += 1;
      });
      outgoing.end();
    }
    await until(() => begun === 150);
    assert.equal(streams, 150);
    const posted = await Promise.all(
      Array.from({ length: 20 }, (_, at) => http(`${proxy.url}/`, { method: "POST", body: `body ${at}` })),
    );
    assert.deepEqual(
      posted.map(({ status, text }) => [status, text]),
      posted.map((_, at) => [200, `body ${at}`]),
    );
    for (const outgoing of events) outgoing.destroy();
  });
});

describe("the auth proxy's drain", () => {
  afterEach(stopAll);

  it("answers what is under way, says Connection: close, and ends event streams properly in time", async () => {
    let finish: () => void = () => {};
    const backend = await handBackend((incoming, response) => {
      if (incoming.url === "/events") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("data: 1\n\n");
      } else finish = () => response.end("slow");
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url, DRAIN_TIMEOUT_MS: "600" });
    let events = "";
    const outgoing = request(`${proxy.url}/events`, { agent: false }, (incoming) => {
      incoming.setEncoding("utf8").on("data", (text) => {
        events += text;
      });
      incoming.on("end", () => {
        events += "ended";
      });
    });
    outgoing.on("error", (error) => {
      events += error.message;
    });
    outgoing.end();
    const slow = http(`${proxy.url}/slow`, { headers: { connection: "keep-alive" } });
    await until(() => events !== "" && String(finish).includes("slow"));
    const started = performance.now();
    const stopped = proxy.stopProxy();
    const late = await http(`${proxy.url}/health`, { headers: { connection: "keep-alive" } });
    assert.deepEqual([late.status, late.json.status, late.headers.connection], [503, "draining", "close"]);
    finish();
    const got = await slow;
    assert.deepEqual([got.text, got.headers.connection], ["slow", "close"]);
    await stopped;
    assert.ok(performance.now() - started < 2_000);
    await until(() => events.includes("ended"));
    assert.equal(events, "data: 1\n\nended");
  });

  it("cuts what does not end in time, with an answer where there is none yet", async () => {
    let arrived = 0;
    const backend = await handBackend(() => {
      arrived += 1;
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url, DRAIN_TIMEOUT_MS: "300" });
    const slow = http(`${proxy.url}/`);
    await until(() => arrived === 1);
    await proxy.stopProxy();
    const got = await slow;
    assert.deepEqual([got.status, got.json.error.code, got.headers.connection], [503, "shutting-down", "close"]);
    assert.equal(await raw(proxy.port, "GET / HTTP/1.1\r\n\r\n"), "");
  });
});
