import * as assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, it } from "mocha";
import {
  type Answer,
  createLog,
  type Route,
  type RunningServer,
  type ServerOptions,
  ServiceError,
  serve,
  systemClock,
} from "../../services/runtime/index";
import { HeldClock, http, settled, until } from "./support";

describe("the server", () => {
  let server: RunningServer;
  let lines: Record<string, unknown>[];
  let url: string;
  let held: HeldClock | undefined;

  async function start(routes: readonly Route[], more: Partial<ServerOptions> = {}) {
    lines = [];
    const clock = more.clock ?? systemClock;
    held = clock instanceof HeldClock ? clock : undefined;
    server = await serve({
      name: "test-service",
      routes,
      port: 0,
      bindAddress: "127.0.0.1",
      requestTimeoutMs: 30_000,
      bodyLimitBytes: 100,
      drainTimeoutMs: 8_000,
      log: createLog({ clock, line: (line) => lines.push(JSON.parse(line)) }),
      clock,
      random: () => 0.5,
      ...more,
    });
    url = `http://127.0.0.1:${server.port}`;
  }

  afterEach(() => (held ? drained(held) : server.drain()));

  const echo: Route = { method: "POST", path: "/echo", handler: async (r) => ({ json: await r.json() }) };

  it("routes by path and method, fixed segments first", async () => {
    const say = (path: string): Route => ({
      method: "GET",
      path,
      handler: ({ params }) => ({ json: { path, params } }),
    });
    await start([say("/a/{id}"), say("/a/b"), say("/a/{id}/c"), { ...say("/a/b"), method: "DELETE" }]);
    assert.deepEqual((await http(`${url}/a/b`)).json, { path: "/a/b", params: {} });
    assert.deepEqual((await http(`${url}/a/x%20y?q=1`)).json, { path: "/a/{id}", params: { id: "x y" } });
    assert.deepEqual((await http(`${url}/a/b/c`)).json, { path: "/a/{id}/c", params: { id: "b" } });
    const unknown = await http(`${url}/a/`);
    assert.equal(unknown.status, 404);
    assert.deepEqual(unknown.json, { error: { code: "route-unknown", message: "no path /a/ here" } });
    const refused = await http(`${url}/a/b`, { method: "POST" });
    assert.equal(refused.status, 405);
    assert.equal(refused.headers.allow, "GET, DELETE");
    assert.deepEqual(refused.json, {
      error: { code: "method-unknown", message: "POST is not allowed on /a/b; allowed: GET, DELETE" },
    });
    assert.equal((await http(`${url}/a/%zz`)).json.error.code, "parameter-invalid");
    const head = await http(`${url}/a/b`, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(head.text, "");
    assert.equal(head.headers["content-length"], "27");
  });

  it("takes a segment for a parameter only where it is wholly in braces", async () => {
    const say = (path: string): Route => ({ method: "GET", path, handler: () => ({ json: path }) });
    await start([say("/a/{id}x"), say("/b/x{id}")]);
    for (const path of ["/a/1x", "/a/1", "/b/x1", "/b/1"]) {
      assert.deepEqual((await http(`${url}${path}`)).json, {
        error: { code: "route-unknown", message: `no path ${path} here` },
      });
    }
  });

  it("answers 204 where there is nothing to say, and 200 where there is", async () => {
    const say = (path: string, answer: Answer): Route => ({ method: "GET", path, handler: () => answer });
    await start([say("/nothing", {}), say("/text", { body: "x" }), say("/made", { status: 201 })]);
    const statusOf = async (path: string) => (await http(`${url}${path}`)).status;
    assert.deepEqual([await statusOf("/nothing"), await statusOf("/text"), await statusOf("/made")], [204, 200, 201]);
  });

  it("writes parts of a body at the client's pace, and all of them", async () => {
    const part = "x".repeat(1024 * 1024);
    let made = 0;
    async function* parts() {
      for (; made < 64; made++) yield part;
    }
    await start([{ method: "GET", path: "/parts", handler: () => ({ body: parts() }) }]);
    const incoming = await new Promise<IncomingMessage>((resolve) => {
      request(`${url}/parts`, { agent: false }, resolve).end();
    });
    await until(() => made > 0);
    await settled();
    assert.ok(made < 64, `${made} MiB are written to a client that reads none`);
    let bytes = 0;
    for await (const chunk of incoming) bytes += (chunk as Buffer).length;
    assert.equal(bytes, 64 * part.length);
  });

  it("refuses a body that is announced as too large before it comes", async () => {
    await start([echo]);
    const socket = connect(server.port, "127.0.0.1");
    socket.write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 101\r\n\r\n");
    const [chunk] = (await once(socket, "data")) as [Buffer];
    assert.match(chunk.toString(), /^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it("keeps the connection after a refusal", async () => {
    await start([]);
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    assert.equal(await post(kept, `${url}/nowhere`, ""), false);
    kept.destroy();
  });

  it("logs as a warning what another service is to blame for", async () => {
    const failing: Route = {
      method: "GET",
      path: "/failing",
      handler: () => {
        throw new ServiceError("callee-failed", "order: answered 500");
      },
    };
    await start([failing]);
    assert.equal((await http(`${url}/failing`)).status, 502);
    const [{ severity, message, code }] = lines as [Record<string, unknown>];
    assert.deepEqual(
      { severity, message, code },
      { severity: "WARNING", message: "order: answered 500", code: "callee-failed" },
    );
  });

  it("tells that it is healthy on a path that Cloud Run does not keep to itself", async () => {
    await start([]);
    assert.deepEqual((await http(`${url}/health`)).json, { service: "test-service", status: "ok" });
  });

  for (const [what, options, status, code] of [
    ["no JSON", { headers: { "content-type": "text/plain" }, body: "{}" }, 415, "media-type-unsupported"],
    ["broken JSON", { headers: { "content-type": "application/json" }, body: "{" }, 400, "body-not-json"],
    ["an announced body over the limit", { json: "x".repeat(99) }, 413, "body-too-large"],
    [
      "an unannounced body over the limit",
      { headers: { "content-type": "application/json", "transfer-encoding": "chunked" }, body: `"${"x".repeat(99)}"` },
      413,
      "body-too-large",
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await start([echo]);
      const got = await http(`${url}/echo`, { method: "POST", ...options });
      assert.equal(got.status, status);
      assert.equal(got.json.error.code, code);
    });
  }

  it("reads a body of exactly the limit", async () => {
    await start([echo]);
    const got = await http(`${url}/echo`, { method: "POST", json: "x".repeat(98) });
    assert.equal(got.json, "x".repeat(98));
  });

  it("answers at its deadline, also for a handler that hears nothing and for a body that never ends", async () => {
    const clock = new HeldClock();
    const signals: AbortSignal[] = [];
    const deaf: Route = {
      method: "GET",
      path: "/deaf",
      handler: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    };
    await start([deaf, echo], { clock, requestTimeoutMs: 500 });
    const got = http(`${url}/deaf`);
    await until(() => signals.length === 1);
    await clock.pass(500);
    const { status, json } = await got;
    assert.equal(status, 504);
    assert.deepEqual(json, { error: { code: "request-timeout", message: "no answer within 500 ms" } });
    assert.ok(signals[0]!.aborted);

    const socket = connect(server.port, "127.0.0.1");
    socket.write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[");
    const chunks: string[] = [];
    socket.on("data", (chunk) => chunks.push(chunk.toString()));
    await until(() => clock.waiting === 1);
    await clock.pass(500);
    await until(() => chunks.join("").includes("request-timeout"));
    socket.destroy();
  });

  it("stops the work when the client goes, and logs nothing", async () => {
    let reason: ServiceError | undefined;
    let asked = false;
    const slow: Route = {
      method: "GET",
      path: "/slow",
      handler: ({ signal }) => {
        asked = true;
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            reject(reason);
          });
        });
      },
    };
    await start([slow]);
    const client = request(`${url}/slow`, { agent: false }).on("error", () => {});
    client.end();
    await until(() => asked);
    client.destroy();
    await until(() => reason !== undefined);
    assert.equal(reason!.code, "client-gone");
    assert.deepEqual(lines, []);
  });

  it("answers a defect without its insides, and logs it with its stack and trace", async () => {
    const broken: Route = {
      method: "GET",
      path: "/broken",
      handler: () => {
        throw new TypeError("password=hunter2");
      },
    };
    await start([broken]);
    const traceparent = `00-${"c".repeat(32)}-${"d".repeat(16)}-01`;
    const got = await http(`${url}/broken`, { headers: { traceparent } });
    assert.equal(got.status, 500);
    assert.deepEqual(got.json, { error: { code: "internal", message: "internal error" } });
    const [entry] = lines;
    assert.equal(entry!["severity"], "ERROR");
    assert.equal(entry!["logging.googleapis.com/trace"], "c".repeat(32));
    assert.match(String(entry!["stack_trace"]), /TypeError: password=hunter2\n {4}at /);
  });

  it("says that the port is taken", async () => {
    await start([]);
    const port = server.port;
    await assert.rejects(start([], { port }), (error: ServiceError) => {
      assert.equal(error.code, "port-taken");
      assert.equal(error.message, `127.0.0.1:${port} is taken; set PORT to another`);
      return true;
    });
  });

  it("serves 1,000 connections at once", async () => {
    let release!: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let inside = 0;
    const wait: Route = {
      method: "GET",
      path: "/wait",
      async handler() {
        if (++inside === 1_000) release();
        await gate;
        return { json: inside };
      },
    };
    await start([wait]);
    const got = await Promise.all(Array.from({ length: 1_000 }, () => http(`${url}/wait`)));
    assert.ok(got.every(({ status, json }) => status === 200 && json === 1_000));
  });

  it("drains under load without losing a request that it took", async () => {
    const work: Route = {
      method: "POST",
      path: "/work",
      async handler(r) {
        const body = await r.json();
        await settled();
        return { json: body };
      },
    };
    await start([work]);
    const results = { answered: 0, afterTurn: 0, lost: [] as string[] };
    let stopping = false;
    // A client as the front end is one: kept connections, and elsewhere once an answer says that this one closes.
    const client = async (name: number) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let sent = 0; ; sent++) {
        const closing = await post(agent, `${url}/work`, `${name}-${sent}`).catch((error) => {
          results.lost.push(error.message);
          return true;
        });
        results.answered += 1;
        if (stopping) results.afterTurn += 1;
        if (closing) break;
      }
      agent.destroy();
    };
    const clients = Array.from({ length: 50 }, (_, name) => client(name));
    await until(() => results.answered > 500);
    stopping = true;
    const drained = server.drain();
    await Promise.all(clients);
    await drained;
    assert.deepEqual(results.lost, []);
    assert.ok(results.afterTurn >= 50);
    await assert.rejects(http(`${url}/health`), /ECONNREFUSED/);
  });

  it("takes what was on its way when it was told to stop, on kept and on new connections", async () => {
    await start([]);
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    await post(kept, `${url}/health`, "");
    const drained = server.drain();
    const [early, late] = await Promise.all([post(kept, `${url}/x`, ""), http(`${url}/health`)]);
    assert.equal(early, true);
    assert.equal(late.status, 503);
    assert.deepEqual(late.json, { service: "test-service", status: "draining" });
    kept.destroy();
    await drained;
  });

  it("cuts what takes longer than the drain with an answer that says so", async () => {
    const clock = new HeldClock();
    let asked = false;
    const slow: Route = {
      method: "GET",
      path: "/slow",
      handler: () => {
        asked = true;
        return new Promise(() => {});
      },
    };
    await start([slow], { clock });
    const got = http(`${url}/slow`);
    await until(() => asked);
    const done = drained(clock);
    const { status, json, headers } = await got;
    await done;
    assert.equal(status, 503);
    assert.equal(json.error.code, "shutting-down");
    assert.equal(headers.connection, "close");
    assert.ok(clock.now() - Date.UTC(2026, 0, 1) < 10_000, "done before Cloud Run's SIGKILL");
  });

  async function drained(clock: HeldClock): Promise<void> {
    let done = false;
    const drain = server.drain().then(() => {
      done = true;
    });
    // A minute of the clock's time: far longer than Cloud Run waits.
    for (let passed = 0; !done && passed < 60_000; passed += 10) await clock.pass(10);
    assert.ok(done, "everything is drained");
    await drain;
  }
});

/** Whether the answer says that the connection closes. */
function post(agent: Agent, url: string, body: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const outgoing = request(url, { method: "POST", agent, headers }, (incoming) => {
      let text = "";
      incoming.on("data", (chunk) => {
        text += chunk;
      });
      incoming.on("end", () => {
        if (incoming.statusCode === 200 && text !== JSON.stringify(body)) reject(new Error(`got ${text} for ${body}`));
        else resolve(incoming.headers.connection === "close");
      });
      incoming.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
}
