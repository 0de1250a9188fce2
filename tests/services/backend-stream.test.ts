import * as assert from "node:assert/strict";
import { connect } from "node:net";
import { afterEach, describe, it } from "mocha";
import { type Answer, createLog, type RunningServer, serve, systemClock } from "../../services/runtime/index";
import { raw } from "./auth-proxy/support";
import { http, settled, until } from "./support";

const GET = "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

describe("an answer in parts", () => {
  let server: RunningServer;
  let lines: Record<string, unknown>[];
  afterEach(() => server.drain());

  async function start(answer: () => Answer, requestTimeoutMs = 30_000): Promise<string> {
    lines = [];
    server = await serve({
      name: "test-service",
      routes: [{ method: "GET", path: "/x", handler: answer }],
      port: 0,
      bindAddress: "127.0.0.1",
      requestTimeoutMs,
      bodyLimitBytes: 100,
      drainTimeoutMs: 0,
      log: createLog({ clock: systemClock, line: (line) => lines.push(JSON.parse(line)) }),
      clock: systemClock,
      random: Math.random,
    });
    return `http://127.0.0.1:${server.port}/x`;
  }

  it("is text as it is, with the type that the handler says", async () => {
    const url = await start(() => ({ body: "<p>é", headers: { "content-type": "text/html; charset=utf-8" } }));
    const got = await http(url);
    assert.deepEqual([got.status, got.text, got.headers["content-length"]], [200, "<p>é", "5"]);
    assert.equal(got.headers["content-type"], "text/html; charset=utf-8");
    const head = await http(url, { method: "HEAD" });
    assert.deepEqual([head.status, head.text, head.headers["content-length"]], [200, "", "5"]);
  });

  it("goes out part by part, the header before the first", async () => {
    let next: (part: string) => void = () => {};
    const url = await start(() => ({
      body: (async function* () {
        for (let part = ""; part !== "end"; yield part) {
          part = await new Promise<string>((resolve) => {
            next = resolve;
          });
        }
      })(),
    }));
    let got = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.setEncoding("utf8").on("data", (text) => {
      got += text;
    });
    socket.write(GET);
    await until(() => got.includes("\r\n\r\n"));
    for (const part of ["one", "two", "end"]) {
      next(part);
      await until(() => got.includes(part));
    }
    await until(() => got.endsWith("\r\n0\r\n\r\n"));
  });

  it("has no body for HEAD, and its parts are not asked for", async () => {
    let asked = 0;
    const url = await start(() => ({
      body: (async function* () {
        asked += 1;
        yield "x";
      })(),
    }));
    assert.equal((await http(url, { method: "HEAD" })).text, "");
    assert.equal(asked, 0);
  });

  it("waits for a client that does not read", async () => {
    let made = 0;
    const chunk = "x".repeat(65_536);
    const url = await start(() => ({
      body: (async function* () {
        for (; made < 2_000; made++) yield chunk;
      })(),
    }));
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.pause();
    socket.write(GET);
    for (let last = -1; last !== made || made === 0; await new Promise((done) => setTimeout(done, 100))) last = made;
    assert.ok(made < 1_000, `${made} parts were made`);
    let read = 0;
    socket.on("data", (part) => {
      read += part.length;
    });
    socket.resume();
    await until(() => read > 2_000 * chunk.length);
  });

  it("breaks off at the deadline, which ends its source and is told in the log", async () => {
    let ended = false;
    const url = await start(
      () => ({
        body: {
          [Symbol.asyncIterator]: () => ({
            next: () => new Promise<IteratorResult<string>>(() => {}),
            async return() {
              ended = true;
              return { done: true, value: undefined };
            },
          }),
        },
      }),
      100,
    );
    const got = await raw(Number(new URL(url).port), GET);
    assert.match(got, /^HTTP\/1\.1 200 /);
    assert.ok(!got.endsWith("0\r\n\r\n"), got);
    assert.ok(ended);
    assert.deepEqual([lines[0]!["severity"], lines[0]!["code"]], ["WARNING", "request-timeout"]);
  });

  it("breaks off when its source fails, rather than pass for whole", async () => {
    const url = await start(() => ({
      body: (async function* () {
        yield "half";
        await settled();
        throw new Error("insides");
      })(),
    }));
    const got = await raw(Number(new URL(url).port), GET);
    assert.match(got, /half/);
    assert.ok(!got.endsWith("0\r\n\r\n") && !got.includes("insides"), got);
    assert.deepEqual([lines[0]!["severity"], lines[0]!["code"]], ["ERROR", "internal"]);
  });
});
