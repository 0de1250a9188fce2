/** A request that Node itself refuses: an answer of Google's form, and one line in the log, whichever server it reached. */
import * as assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import type { ProxyAccess } from "../../../sandbox/data-plane";
import { refuseUnreadable, type Unreadable } from "../../../sandbox/data-plane/unreadable";
import { deploy, email, type Mesh, openMesh, reach, url } from "./mesh";

const HOST = new URL(url("public")).hostname;
const LONG = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`;
const NO_HEADER = `GET /a?secret=1 HTTP/1.1\r\nHost: ${HOST}\r\nno header\r\n\r\n`;
const WRONG_CHUNK = `POST /count HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n`;

async function said(socket: Duplex, bytes: string): Promise<{ head: string; body: string }> {
  socket.write(bytes);
  const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  return { head, body };
}

describe("a request that cannot be read", () => {
  let mesh: Mesh;
  let access: ProxyAccess;
  before(async () => {
    mesh = await openMesh((controlPlane) => deploy(controlPlane, "public", { self: { invokerIamDisabled: true } }));
    access = await mesh.plane.proxyFor({ email: email("caller"), network: "default" });
    await mesh.plane.ready();
  });
  after(() => mesh.plane.close());
  beforeEach(() => {
    mesh.decisions.length = 0;
  });
  const told = () => mesh.decisions.map(({ time: _, verdict: __, ...decision }) => decision);
  const CALLER = { caller: email("caller"), from: "vpc", callee: HOST, reason: "request-unreadable" } as const;

  it("is answered and told through TLS, with who sent it and to whom", async () => {
    for (const [bytes, code, more, why] of [
      [LONG, 431, { method: "", path: "" }, "Header overflow (HPE_HEADER_OVERFLOW)"],
      [NO_HEADER, 400, { method: "GET", path: "/a" }, "Invalid header token (HPE_INVALID_HEADER_TOKEN)"],
    ] as const) {
      mesh.decisions.length = 0;
      const { head, body } = await said(await reach(access, HOST), bytes);
      assert.match(head, new RegExp(`^HTTP/1\\.1 ${code} `));
      assert.match(head, /\r\nServer: Google Frontend\r\nConnection: close$/);
      assert.match(body, new RegExp(`<title>${code} `));
      const { method, path, ...decision } = told()[0]!;
      assert.deepEqual(decision, { ...CALLER, code, message: `the request cannot be read: ${why}` });
      if (code === 400) assert.deepEqual({ method, path }, more);
      assert.deepEqual([told().length, mesh.decisions[0]?.verdict], [1, "refused"]);
    }
  });

  it("is answered and told at the proxy itself", async () => {
    const { port, hostname } = new URL(access.url);
    const proxy = () => connect(Number(port), hostname);
    for (const scheme of ["http", "https"]) {
      const asked = `GET ${scheme}://${HOST}/a HTTP/1.1\r\nHost: ${HOST}\r\nno header\r\n\r\n`;
      assert.match((await said(proxy(), asked)).head, /^HTTP\/1\.1 400 /);
      const message = "the request cannot be read: Invalid header token (HPE_INVALID_HEADER_TOKEN)";
      assert.deepEqual(told(), [{ ...CALLER, code: 400, method: "GET", path: "/a", message }]);
      mesh.decisions.length = 0;
    }
    assert.match((await said(proxy(), "nonsense\r\n\r\n")).head, /^HTTP\/1\.1 400 /);
    assert.deepEqual(
      mesh.decisions.map(({ caller, callee, code }) => ({ caller, callee, code })),
      [{ caller: email("caller"), callee: "the proxy", code: 400 }],
    );
  });

  it("is answered where it becomes unreadable in its body", async () => {
    assert.match((await said(await reach(access, HOST), WRONG_CHUNK)).head, /^HTTP\/1\.1 400 /);
    assert.equal(mesh.decisions[0]?.code, 400);
  });

  it("is refused by the time that it takes, where its headers do not end", async () => {
    const refused: Unreadable[] = [];
    const server = createServer({ headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 20 });
    refuseUnreadable(server, (one) => refused.push(one));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const { head } = await said(connect(port, "127.0.0.1"), "GET / HTTP/1.1\r\nHost: a\r\n");
      assert.match(head, /^HTTP\/1\.1 408 Request Timeout\r\n/);
      assert.deepEqual(
        refused.map(({ code, message }) => [code, message]),
        [[408, "the request cannot be read: Request timeout (ERR_HTTP_REQUEST_TIMEOUT)"]],
      );
    } finally {
      server.close();
    }
  });

  it("is told of nobody who only closes the connection", async () => {
    const socket = await reach(access, HOST);
    socket.destroy();
    const { head } = await said(
      await reach(access, HOST),
      `GET /seen HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
    );
    assert.match(head, /^HTTP\/1\.1 200 /);
    assert.deepEqual(
      mesh.decisions.map(({ code }) => code),
      [200],
    );
  });
});
