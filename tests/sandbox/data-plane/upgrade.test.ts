import * as assert from "node:assert/strict";
import { once } from "node:events";
import { ask, deploy, email, grant, type Mesh, openMesh, reach, until, url } from "./mesh";

describe("front end: upgrades", () => {
  const caller = email("caller");
  let mesh: Mesh;

  before(async () => {
    mesh = await openMesh((controlPlane) => {
      deploy(controlPlane, "caller");
      for (const [name, template] of [
        ["order", {}],
        ["short", { timeout: "1s" }],
      ] as const) {
        deploy(controlPlane, name, { template });
        grant(controlPlane, name, `serviceAccount:${caller}`);
      }
    });
    await mesh.plane.ready();
  });
  after(() => mesh.plane.close());

  /** A connection that has asked for an upgrade, and what came back so far. */
  async function upgrade(service: string, path: string, token?: string) {
    const { host } = new URL(url(service));
    const socket = await reach(await mesh.plane.proxyFor({}), host);
    const received = { text: "" };
    socket.setEncoding("utf8").on("data", (chunk) => {
      received.text += chunk;
    });
    socket.on("error", () => {});
    const authorization = token === undefined ? "" : `Authorization: Bearer ${token}\r\n`;
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n${authorization}\r\nearly `,
    );
    return { socket, received };
  }
  const good = (service = "order") => mesh.plane.idToken(caller, url(service));
  const seen = async (): Promise<{ left: number; joined: number }> =>
    (await ask(await mesh.plane.proxyFor({}), `${url("order")}/seen`, { token: await good() })).json();

  it("join caller and container, without the token's signature", async () => {
    const { socket, received } = await upgrade("order", "/ws", await good());
    await until(() => received.text.includes("early "), "what was sent with the request");
    assert.match(
      received.text,
      /^HTTP\/1\.1 101 Switching Protocols\r\n(.*\r\n)*Upgrade: echo\r\n\r\nhello true early $/,
    );
    socket.write("more");
    await until(() => received.text.endsWith("early more"), "the echo");
    assert.equal(mesh.said(), "101 order: caller-sa has roles/run.invoker");
    const before = await seen();
    socket.destroy();
    await until(async () => (await seen()).left === before.left + 1, "the container sees the caller leave");
  });

  it("may name their target in full", async () => {
    const { socket, received } = await upgrade("order", `${url("order")}/ws`, await good());
    await until(() => received.text.endsWith("early "), "what was sent with the request");
    assert.equal(mesh.decisions.at(-1)!.path, "/ws");
    socket.destroy();
  });

  it("are refused like every other request", async () => {
    for (const [token, code] of [
      [undefined, "403 Forbidden"],
      ["x", "401 Unauthorized"],
    ] as const) {
      const { socket, received } = await upgrade("order", "/ws", token);
      await once(socket, "close");
      assert.ok(received.text.startsWith(`HTTP/1.1 ${code}\r\n`), received.text);
      assert.ok(received.text.includes(`<title>${code}</title>`), received.text);
      assert.equal(mesh.decisions.at(-1)!.verdict, "refused");
    }
  });

  it("get the container's own answer where it does not want them", async () => {
    const { socket, received } = await upgrade("order", "/no-upgrade", await good());
    await once(socket, "close");
    assert.match(received.text, /^HTTP\/1\.1 400 Bad Request\r\n(.*\r\n)*\r\nno$/);
    assert.equal(mesh.decisions.at(-1)!.code, 400);
  });

  it("end with the service's timeout, answered or not", async () => {
    const joined = await upgrade("short", "/ws", await good("short"));
    const silent = await upgrade("short", "/silent", await good("short"));
    await Promise.all([once(joined.socket, "close"), once(silent.socket, "close")]);
    assert.match(joined.received.text, /hello true early $/);
    assert.match(silent.received.text, /^HTTP\/1\.1 504 Gateway Timeout\r\n/);
    const { reason, message } = mesh.decisions.at(-1)!;
    assert.deepEqual(
      [reason, message],
      ["callee-timeout", "the connection lasted longer than the service's timeout of 1 s"],
    );
  });

  it("that the caller gives up before an answer are told, too", async () => {
    const before = await seen();
    const { socket } = await upgrade("order", "/silent", await good());
    await until(async () => (await seen()).joined === before.joined + 1, "the container has the request");
    socket.destroy();
    await until(() => mesh.decisions.some(({ reason }) => reason === "caller-left"), "the decision");
    const { code, message } = mesh.decisions.find(({ reason }) => reason === "caller-left")!;
    assert.deepEqual([code, message], [0, "the caller closed the connection"]);
  });
});
