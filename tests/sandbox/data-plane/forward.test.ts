import * as assert from "node:assert/strict";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { ask, deploy, email, type Mesh, open, openMesh, reach, until, url } from "./mesh";

const MIB = 1024 * 1024;

describe("front end: requests and answers", () => {
  const PUBLIC = url("public");
  const SHORT = url("short");
  let mesh: Mesh;
  let access: ProxyAccess;

  before(async () => {
    mesh = await openMesh((controlPlane) => {
      deploy(controlPlane, "public", { self: { invokerIamDisabled: true } });
      deploy(controlPlane, "short", { self: { invokerIamDisabled: true }, template: { timeout: "1s" } });
    });
    access = await mesh.plane.proxyFor({ email: email("caller") });
    await mesh.plane.ready();
  });
  after(() => mesh.plane.close());

  const seen = async (): Promise<{ sent: number; left: number; held: number }> =>
    (await ask(access, `${PUBLIC}/seen`)).json();

  /** What a number is once it no longer grows. */
  async function settled(read: () => number | Promise<number>): Promise<number> {
    let [last, same] = [-1, 0];
    await until(async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const value = await read();
      same = value === last && value > 0 ? same + 1 : 0;
      last = value;
      return same >= 5;
    }, "the number no longer grows");
    return last;
  }

  it("reach the container with method, path, query and body as they were", async () => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const body = method === "GET" ? "" : "what is said";
      const headers: Record<string, string> = body ? { "Content-Length": String(body.length) } : {};
      const answer = await ask(access, `${PUBLIC}/a%2Fb/?c=d%20e&c=`, { method, headers, body });
      const { method: used, url: target, body: read } = answer.json();
      assert.deepEqual([used, target, read], [method, "/a%2Fb/?c=d%20e&c=", body]);
    }
  });

  it("get the container's own refusals, with a decision that says whose they are", async () => {
    const answer = await ask(access, `${PUBLIC}/refuse`, {});
    assert.equal(answer.code, 418);
    assert.equal(answer.body, "the container's own words");
    const own = "the invoker check is switched off (invokerIamDisabled); the answer is the container's own";
    assert.equal(mesh.said(), `418 public: ${own}`);
    assert.equal(mesh.decisions.at(-1)!.verdict, "allowed");
  });

  it("stream bodies up at the pace of the container", async () => {
    const total = 30 * MIB;
    let flushed = 0;
    const answer = open(access, `${PUBLIC}/hold`, {
      method: "POST",
      headers: { "Transfer-Encoding": "chunked" },
      send(request) {
        const chunk = Buffer.alloc(MIB / 4);
        const more = (left: number): void => {
          if (left === 0) request.end();
          else
            request.write(chunk, () => {
              flushed += chunk.length;
              more(left - chunk.length);
            });
        };
        more(total);
      },
    });
    const stalled = await settled(() => flushed);
    assert.ok(stalled < total * 0.8, `${stalled} bytes left the client although the container reads none`);
    await ask(access, `${PUBLIC}/release`);
    let body = "";
    for await (const chunk of await answer) body += chunk;
    assert.equal(body, String(total));
  });

  it("stream bodies down at the pace of the client", async () => {
    const total = 96 * MIB;
    const before = (await seen()).sent;
    const response = await open(access, `${PUBLIC}/bytes?count=${total}`);
    const stalled = await settled(async () => (await seen()).sent - before);
    assert.ok(stalled < total * 0.8, `${stalled} bytes left the container although the client reads none`);
    let bytes = 0;
    for await (const chunk of response) bytes += chunk.length;
    assert.equal(bytes, total);
  });

  it("pass events on as they happen", async () => {
    const response = await open(access, `${PUBLIC}/events`);
    assert.equal(response.headers["content-type"], "text/event-stream");
    const events = response.setEncoding("utf8")[Symbol.asyncIterator]();
    assert.equal((await events.next()).value, "data: one\n\n");
    await ask(access, `${PUBLIC}/release`);
    assert.equal((await events.next()).value, "data: two\n\n");
    assert.equal((await events.next()).done, true);
  });

  it("pass trailers on both ways", async () => {
    const { trailers, body } = await ask(access, `${PUBLIC}/trailers`);
    assert.deepEqual([body, trailers["x-sum"]], ["body", "42"]);
    const answer = await ask(access, PUBLIC, {
      method: "POST",
      headers: { "Transfer-Encoding": "chunked", Trailer: "X-Check" },
      send(request) {
        request.write("body");
        request.addTrailers({ "X-Check": "7" });
        request.end();
      },
    });
    assert.deepEqual([answer.json().body, answer.json().trailers], ["body", { "x-check": "7" }]);
  });

  it("have no body for HEAD, be it the container's or a refusal", async () => {
    const answer = await ask(access, PUBLIC, { method: "HEAD" });
    assert.deepEqual([answer.code, answer.body, answer.headers["content-type"]], [200, "", "application/json"]);
    const refused = await ask(access, url("nobody"), { method: "HEAD" });
    assert.deepEqual([refused.code, refused.body], [404, ""]);
    assert.ok(Number(refused.headers["content-length"]) > 100);
    const failed = await ask(access, `${PUBLIC}/garbage`, { method: "HEAD" });
    assert.deepEqual([failed.code, failed.body, failed.headers["content-length"]], [502, "", "87"]);
  });

  it("use a connection again, also after an answer that came before the end of the body", async () => {
    const socket = await reach(access, new URL(PUBLIC).host);
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    const head = `Host: ${new URL(PUBLIC).host}\r\n`;
    socket.write(`POST /early HTTP/1.1\r\n${head}Content-Length: ${4 * MIB}\r\n\r\n`);
    await until(() => text.includes("before the end"), "the early answer");
    socket.write(Buffer.alloc(4 * MIB));
    socket.write(`GET /release HTTP/1.1\r\n${head}\r\n`);
    await until(() => text.includes("released"), "the second answer");
    socket.destroy();
  });

  it("are 500 where the container announces more than 32 MiB, and pass where it streams them", async () => {
    const announced = (count: number, method = "GET") => ask(access, `${PUBLIC}/announced?count=${count}`, { method });
    assert.equal((await announced(32 * MIB)).body.length, 32 * MIB);
    const refused = await announced(32 * MIB + 1);
    assert.deepEqual([refused.code, refused.headers.server], [500, "Google Frontend"]);
    assert.match(refused.body, /<title>500 Server Error<\/title>[\s\S]*could not complete your request\./);
    assert.equal(
      mesh.said(),
      "500 public: the answer announces more than 32 MiB by its Content-Length, the limit of HTTP/1; streamed, it passes",
    );
    const { reason, verdict } = mesh.decisions.at(-1)!;
    assert.deepEqual([reason, verdict], ["answer-too-large", "failed"]);
    assert.equal((await announced(32 * MIB + 1, "HEAD")).code, 200);
    assert.equal((await ask(access, `${PUBLIC}/bytes?count=${33 * MIB}`)).body.length, 33 * MIB);
  });

  it("may have 32 MiB and no byte more, announced or not", async () => {
    const upload = (bytes: number, headers: Record<string, string>) =>
      ask(access, `${PUBLIC}/count`, { method: "POST", headers, body: Buffer.alloc(bytes) });
    const most = await upload(32 * MIB, { "Transfer-Encoding": "chunked" });
    assert.deepEqual([most.code, most.body], [200, String(32 * MIB)]);
    const announced = await ask(access, `${PUBLIC}/count`, {
      method: "POST",
      headers: { "Content-Length": String(32 * MIB + 1) },
      send: (request) => request.flushHeaders(),
    });
    const message = "413 public: the request has more than 32 MiB, the limit of HTTP/1";
    assert.deepEqual([announced.code, mesh.said()], [413, message]);
    mesh.decisions.length = 0;
    const counted = await ask(access, `${PUBLIC}/count`, {
      method: "POST",
      headers: { "Transfer-Encoding": "chunked" },
      send(request) {
        // The connection is closed on what is left of it.
        request.on("error", () => {});
        request.write(Buffer.alloc(32 * MIB));
        request.write("x");
      },
    });
    assert.deepEqual([counted.code, mesh.said()], [413, message]);
  });

  it("end with 504 when the service's timeout is over, and break off when the answer had begun", async () => {
    const late = ask(access, `${SHORT}/slow?ms=9000`);
    const response = await open(access, `${SHORT}/events`);
    const broken = (async () => {
      for await (const _ of response);
    })();
    await assert.rejects(broken, { message: "aborted" });
    const { code, body } = await late;
    assert.deepEqual([code, body], [504, "upstream request timeout"]);
    const said = mesh.decisions.filter(({ callee, code }) => callee === "short" && code === 504);
    assert.deepEqual(
      said.map(({ verdict, reason, message }) => [verdict, reason, message]),
      Array(2).fill(["failed", "callee-timeout", "the request took longer than the service's timeout of 1 s"]),
    );
  });

  it("leave the container when the caller leaves", async () => {
    const before = (await seen()).left;
    const socket = await reach(access, new URL(PUBLIC).host);
    socket.write(`GET /hold HTTP/1.1\r\nHost: ${new URL(PUBLIC).host}\r\n\r\n`);
    await until(async () => (await seen()).held === 1, "the container has the request");
    socket.destroy();
    await until(async () => (await seen()).left === before + 1, "the container sees it gone");
    const { code, verdict, message } = mesh.decisions.find((one) => one.reason === "caller-left")!;
    assert.deepEqual([code, verdict, message], [0, "failed", "the caller closed the connection"]);
    await ask(access, `${PUBLIC}/release`);
  });

  it("are 502 where the container's answer is not HTTP", async () => {
    const answer = await ask(access, `${PUBLIC}/garbage`);
    assert.equal(answer.code, 502);
    assert.match(mesh.said(), /^502 public: its answer is not HTTP \(HPE_\w+\)$/);
  });
});
