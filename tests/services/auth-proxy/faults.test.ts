import * as assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTls } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, it } from "mocha";
import { http, until } from "../support";
import { selfSigned } from "./certificate";
import { backendFake, handBackend, later, listen, proxyWith, raw, rawBackend, stopAll, told } from "./support";

describe("bad input to the auth proxy", () => {
  afterEach(stopAll);

  const head = (line: string, more = "") => `${line}\r\nHost: h\r\n${more}Connection: close\r\n\r\n`;
  const post = (more: string, body: string) => `POST / HTTP/1.1\r\nHost: h\r\n${more}Connection: close\r\n\r\n${body}`;

  const cases: readonly (readonly [what: string, text: string, status: number, code: string])[] = [
    [
      "Content-Length and Transfer-Encoding",
      post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      400,
      "request-malformed",
    ],
    [
      "Transfer-Encoding and Content-Length",
      post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
      400,
      "request-malformed",
    ],
    ["two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "12345"), 400, "request-malformed"],
    ["one length twice", post("Content-Length: 5\r\nContent-Length: 5\r\n", "12345"), 400, "request-malformed"],
    ["a length with a sign", post("Content-Length: +5\r\n", "12345"), 400, "request-malformed"],
    ["a length in words", post("Content-Length: 5, 5\r\n", "12345"), 400, "request-malformed"],
    [
      "a transfer coding before chunked",
      post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
      400,
      "request-malformed",
    ],
    [
      "a transfer coding after chunked",
      post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
      400,
      "request-malformed",
    ],
    [
      "chunked twice",
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      400,
      "request-malformed",
    ],
    [
      "a transfer coding in HTTP/1.0",
      post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"),
      400,
      "request-malformed",
    ],
    [
      "a chunk size that is none",
      post("Transfer-Encoding: chunked\r\n", "0x5\r\n12345\r\n0\r\n\r\n"),
      400,
      "request-malformed",
    ],
    ["a space before the colon", head("GET / HTTP/1.1", "Transfer-Encoding : chunked\r\n"), 400, "request-malformed"],
    [
      "a folded line",
      head("GET / HTTP/1.1", "X-A: 1\r\n X-Serverless-Authorization: Bearer x\r\n"),
      400,
      "request-malformed",
    ],
    ["NUL in a header", head("GET / HTTP/1.1", "X-A: a\0b\r\n"), 400, "request-malformed"],
    ["a bare CR in a header", head("GET / HTTP/1.1", "X-A: a\rX-B: b\r\n"), 400, "request-malformed"],
    ["a bare LF between headers", "GET / HTTP/1.1\r\nHost: h\nX-B: b\r\n\r\n", 400, "request-malformed"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "request-malformed"],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400, "request-malformed"],
    ["a header over the limit", head("GET / HTTP/1.1", `X-A: ${"a".repeat(20_000)}\r\n`), 431, "headers-too-large"],
    ["a path over the limit", head(`GET /${"a".repeat(20_000)} HTTP/1.1`), 431, "headers-too-large"],
    ["another version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400, "request-malformed"],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, "request-malformed"],
    ["an unknown method", head("BREW / HTTP/1.1"), 400, "request-malformed"],
    ["TRACE", head("TRACE / HTTP/1.1"), 405, "method-unknown"],
    ["CONNECT", head("CONNECT h:443 HTTP/1.1"), 405, "method-unknown"],
    ["absolute form", head("GET http://evil.example/ HTTP/1.1"), 400, "request-malformed"],
    ["asterisk form", head("OPTIONS * HTTP/1.1"), 400, "request-malformed"],
    ["an empty first segment", head("GET //evil.example/ HTTP/1.1"), 400, "path-ambiguous"],
    ["an empty segment within", head("GET /a//b HTTP/1.1"), 400, "path-ambiguous"],
    ["a dot segment", head("GET /a/../b HTTP/1.1"), 400, "path-ambiguous"],
    ["a dot segment at the end", head("GET /a/. HTTP/1.1"), 400, "path-ambiguous"],
    ["an encoded dot segment", head("GET /a/%2e%2E/b HTTP/1.1"), 400, "path-ambiguous"],
    ["a half encoded dot segment", head("GET /a/.%2e/b HTTP/1.1"), 400, "path-ambiguous"],
    ["an encoded slash around dots", head("GET /a%2f..%2fb HTTP/1.1"), 400, "path-ambiguous"],
    ["a dot segment with a parameter", head("GET /a/..;x=1/b HTTP/1.1"), 400, "path-ambiguous"],
    ["a backslash", head("GET /a\\..\\b HTTP/1.1"), 400, "path-ambiguous"],
    ["an encoded backslash", head("GET /a%5c..%5cb HTTP/1.1"), 400, "path-ambiguous"],
    ["an encoded NUL", head("GET /a%00.html HTTP/1.1"), 400, "path-ambiguous"],
    ["an encoded line end", head("GET /a%0d%0aX-B:%20b HTTP/1.1"), 400, "path-ambiguous"],
    ["broken encoding", head("GET /a%zz HTTP/1.1"), 400, "path-ambiguous"],
    ["a fragment", head("GET /a#b HTTP/1.1"), 400, "request-malformed"],
    ["bytes beyond ASCII in the path", head("GET /\xe9 HTTP/1.1"), 400, "request-malformed"],
    ["bytes beyond ASCII in the query", head("GET /?a=\xe9 HTTP/1.1"), 400, "request-malformed"],
  ];

  for (const [what, text, status, code] of cases) {
    it(`${what}: ${status} ${code}, and nothing whole reaches the backend`, async () => {
      let whole = 0;
      const backend = await handBackend((incoming, response) => {
        incoming.resume().on("end", () => {
          whole += 1;
          response.end();
        });
      });
      const proxy = await proxyWith({ BACKEND_URL: backend.url });
      const got = await raw(proxy.port, text);
      assert.deepEqual(told(got), { status, code }, got);
      assert.equal(whole, 0);
    });
  }

  it("says which transfer coding it takes", async () => {
    const proxy = await proxyWith({ BACKEND_URL: "http://127.0.0.1:9" });
    const got = await raw(proxy.port, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"));
    assert.ok(got.includes('"message":"the body\'s transfer coding is not known here; allowed: chunked"'), got);
  });

  it("leaves ordinary paths as they are, byte for byte", async () => {
    const backend = await backendFake();
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const paths = [
      "/",
      "/a%2Fb",
      "/a.b/..c/...",
      "/.well-known/x",
      "/a;v=1/b",
      "/%C3%A9?q=a//b/../c%2e",
      "/a/?",
      "/~x'()*!$&+,:=@",
    ];
    for (const path of paths) await raw(proxy.port, head(`GET ${path} HTTP/1.1`));
    assert.deepEqual(
      backend.seen.map(({ url }) => url),
      paths,
    );
  });

  it("refuses a body over the limit, announced or not, and still answers", async () => {
    const backend = await handBackend((incoming, response) => incoming.resume().on("end", () => response.end("all")));
    const proxy = await proxyWith({ BACKEND_URL: backend.url, BODY_LIMIT_BYTES: "1000" });
    const body = "x".repeat(1_001);
    const message = { error: { code: "body-too-large", message: "the body has more than 1000 bytes" } };
    for (const headers of [undefined, { "transfer-encoding": "chunked" }]) {
      const got = await http(`${proxy.url}/`, { method: "POST", body, ...(headers && { headers }) });
      assert.deepEqual([got.status, got.json], [413, message]);
    }
    assert.equal((await http(`${proxy.url}/`, { method: "POST", body: body.slice(1) })).text, "all");
  });

  it("cuts a client that sends its header too slowly", async () => {
    const proxy = await proxyWith({ BACKEND_URL: "http://127.0.0.1:9", HEADER_TIMEOUT_MS: "200" });
    const socket = connect(proxy.port, "127.0.0.1");
    let got = "";
    let closed = false;
    socket.setEncoding("utf8").on("data", (text) => {
      got += text;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      closed = true;
    });
    socket.write("GET / HTTP/1.1\r\nHost: h\r\n");
    const drip = setInterval(() => socket.write("X-A: 1\r\n"), 30);
    await until(() => closed);
    clearInterval(drip);
    assert.deepEqual(told(got), { status: 408, code: "request-stalled" });
  });

  for (const [what, text] of [
    ["CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"],
    ["a WebSocket", "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["an upgrade to something else", "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"],
  ] as const) {
    it(`goes on where the connection breaks behind ${what}`, async () => {
      const proxy = await proxyWith({ BACKEND_URL: "http://127.0.0.1:9" });
      const socket = connect(proxy.port, "127.0.0.1");
      socket.write(text, () => socket.resetAndDestroy());
      await once(socket, "close");
      const got = await http(`${proxy.url}/health`);
      assert.deepEqual([got.status, got.json.status], [200, "ok"]);
    });
  }

  it("cuts a client that stops sending its body", async () => {
    const backend = await handBackend((incoming) => incoming.resume());
    const proxy = await proxyWith({ BACKEND_URL: backend.url, REQUEST_TIMEOUT_MS: "200" });
    const got = await raw(proxy.port, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n123");
    assert.deepEqual(told(got), { status: 408, code: "request-stalled" });
  });
});

describe("bad backends behind the auth proxy", () => {
  afterEach(stopAll);

  const answering = (text: string) =>
    rawBackend((socket) => socket.once("data", () => socket.write(text, "latin1", () => socket.end())));

  const cases: readonly (readonly [what: string, answer: string, status: number, code: string])[] = [
    ["closes without an answer", "", 502, "callee-unreachable"],
    ["breaks off within the header", "HTTP/1.1 200 OK\r\nX-A: ", 502, "callee-unreachable"],
    ["does not speak HTTP", "SSH-2.0-OpenSSH\r\n\r\n", 502, "callee-answer-invalid"],
    [
      "sends an unasked 100 Continue",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      502,
      "callee-answer-invalid",
    ],
    [
      "sends an unasked 101",
      "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      502,
      "callee-answer-invalid",
    ],
    ["sends too large a header", `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`, 502, "callee-answer-invalid"],
    [
      "sends two lengths",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      502,
      "callee-answer-invalid",
    ],
    ["sends NUL in a header", "HTTP/1.1 200 OK\r\nX-A: a\0b\r\n\r\n", 502, "callee-answer-invalid"],
  ];
  for (const [what, answer, status, code] of cases) {
    it(`that ${what}: ${status} ${code}, without its insides`, async () => {
      const backend = await answering(answer);
      const proxy = await proxyWith({ BACKEND_URL: backend.url });
      const got = await http(`${proxy.url}/`);
      assert.deepEqual([got.status, got.json.error.code], [status, code]);
      assert.ok(!/127\.0\.0\.1|ECONN|HPE|UND_ERR/.test(got.text), got.text);
      assert.equal(proxy.log.find((entry) => entry["code"] === code)?.["severity"], "WARNING");
    });
  }

  it("that reset: 502", async () => {
    const backend = await rawBackend((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await http(`${proxy.url}/`, { method: "POST", body: "x".repeat(100_000) });
    assert.deepEqual(
      [got.status, got.json],
      [502, { error: { code: "callee-unreachable", message: "backend: the connection failed" } }],
    );
  });

  it("that are not there: 502, with the body unread", async () => {
    const proxy = await proxyWith({ BACKEND_URL: "http://127.0.0.1:9" });
    const got = await http(`${proxy.url}/`, { method: "POST", body: "x".repeat(1_000_000) });
    assert.deepEqual([got.status, got.json.error.code], [502, "callee-unreachable"]);
  });

  it("that stall: 504 after the request's time", async () => {
    const backend = await rawBackend(() => {});
    const proxy = await proxyWith({ BACKEND_URL: backend.url, REQUEST_TIMEOUT_MS: "200" });
    const started = performance.now();
    const got = await http(`${proxy.url}/`);
    assert.deepEqual(
      [got.status, got.json],
      [504, { error: { code: "callee-timeout", message: "backend: nothing came within its time" } }],
    );
    assert.ok(performance.now() - started < 2_000);
  });

  it("that do not take the body: 504, and the client is not blamed", async () => {
    const backend = await rawBackend((socket) => socket.pause());
    const proxy = await proxyWith({ BACKEND_URL: backend.url, REQUEST_TIMEOUT_MS: "300" });
    const got = await http(`${proxy.url}/`, { method: "POST", body: "x".repeat(30_000_000) });
    assert.deepEqual([got.status, got.json.error.code], [504, "callee-timeout"]);
  });

  it("that stall within the answer: the answer breaks off after the idle time", async () => {
    const backend = await handBackend((_, response) => void response.write("begun"));
    const proxy = await proxyWith({ BACKEND_URL: backend.url, STREAM_IDLE_TIMEOUT_MS: "200" });
    const got = await raw(proxy.port, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert.match(got, /begun/);
    assert.ok(!got.endsWith("0\r\n\r\n"));
  });

  it("that send less than they announce: the answer breaks off", async () => {
    const backend = await answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await raw(proxy.port, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert.match(got, /content-length: 10\r\n[\s\S]*\r\n\r\nabc$/i);
  });

  it("that send more than they announce: the client gets what was announced, and the next request another connection", async () => {
    let connections = 0;
    const backend = await rawBackend((socket) => {
      connections += 1;
      socket.on("data", () =>
        socket.write(
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",
        ),
      );
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    assert.equal((await http(`${proxy.url}/1`)).text, "abc");
    assert.equal((await http(`${proxy.url}/2`)).text, "abc");
    assert.equal(connections, 2);
  });

  it("that answer before they have the body: the client gets the answer", async () => {
    const backend = await handBackend((_, response) => response.writeHead(413).end("enough"));
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await http(`${proxy.url}/`, { method: "POST", body: "x".repeat(3_000_000) });
    assert.deepEqual([got.status, got.text], [413, "enough"]);
  });

  it("with an untrusted certificate get no token", async () => {
    const seen: string[] = [];
    const server = createTls(selfSigned(), (incoming, response) => {
      seen.push(incoming.rawHeaders.join(" "));
      response.end();
    });
    await listen(server);
    later(() => new Promise((resolve) => server.close(resolve)));
    const proxy = await proxyWith({ BACKEND_URL: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const got = await http(`${proxy.url}/`);
    assert.deepEqual(
      [got.status, got.json],
      [502, { error: { code: "callee-unreachable", message: "backend: the connection failed" } }],
    );
    assert.deepEqual(seen, []);
  });
});
