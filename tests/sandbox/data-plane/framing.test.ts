/** Where a request and an answer end, and what an answer may be: what Node reads, and others do not send on. */
import * as assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { ask, deploy, email, type Mesh, openMesh, reach, url } from "./mesh";

const MIB = 1024 * 1024;

describe("front end: what requests and answers are made of: they", () => {
  const PUBLIC = url("public");
  let mesh: Mesh;
  let access: ProxyAccess;

  before(async () => {
    mesh = await openMesh((controlPlane) => deploy(controlPlane, "public", { self: { invokerIamDisabled: true } }));
    access = await mesh.plane.proxyFor({ email: email("caller") });
    await mesh.plane.ready();
  });
  after(() => mesh.plane.close());

  const raw = (answer: string, asked = {}) => ask(access, `${PUBLIC}/raw?answer=${encodeURIComponent(answer)}`, asked);

  it("are 502 where the answer's status is none that can be handed on, and the next ones are served", async () => {
    for (const status of ["099 Odd", "200 \x01", "101 Odd\r\nConnection: Upgrade\r\nUpgrade: odd"]) {
      const answer = await raw(`HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nhi`);
      assert.deepEqual([answer.code, mesh.decisions.at(-1)!.reason], [502, "callee-malformed"], status);
      assert.equal(mesh.said(), "502 public: its answer is not HTTP (HPE_INVALID_STATUS)");
    }
    assert.equal((await raw("HTTP/1.1 200 \xe9t\xe9\r\nContent-Length: 2\r\n\r\nhi")).body, "hi");
  });

  it("may announce trailers beside a length, on both ways", async () => {
    assert.equal((await raw("HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nhi")).body, "hi");
    const socket = await reach(access, new URL(PUBLIC).host);
    socket.write(
      `POST /count HTTP/1.1\r\nHost: ${new URL(PUBLIC).host}\r\nConnection: close\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nhi`,
    );
    assert.match(await text(socket), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n2$/s);
  });

  it("may tell the length of what they do not hold", async () => {
    for (const status of ["204 No Content", "304 Not Modified"]) {
      const { code } = await raw(`HTTP/1.1 ${status}\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
      assert.equal(String(code), status.slice(0, 3));
    }
  });

  it("hide no second request in a body whose length Connection names", async () => {
    const host = `Host: ${new URL(PUBLIC).host}\r\n`;
    const hidden = `GET /hidden HTTP/1.1\r\n${host}\r\n`;
    const socket = await reach(access, new URL(PUBLIC).host);
    const head = `GET /a HTTP/1.1\r\n${host}Connection: close, content-length\r\nContent-Length: ${hidden.length}\r\n\r\n`;
    socket.write(head + hidden);
    assert.ok((await text(socket)).includes(`"body":${JSON.stringify(hidden)}`));
  });
});
