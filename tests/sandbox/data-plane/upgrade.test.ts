import * as assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { forwardUpgrade } from "../../../sandbox/data-plane/front-end/upgrade";
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

describe("front end: the end of an upgrade", () => {
  const JOINED = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
  let container: Server;
  let door: Server;
  before(async () => {
    container = createServer();
    const portOf = (server: Server) => (server.address() as AddressInfo).port;
    door = createHttpServer().on("upgrade", (request, socket: Socket, head) => {
      socket.on("error", () => {});
      const lease = { port: portOf(container), agent: new Agent(), isAlive: () => true, release: () => {} };
      const backend = { acquire: async () => lease };
      void forwardUpgrade({ request, socket, head, backend, headers: [], timeoutMs: 60_000, report: () => {} });
    });
    for (const server of [container, door]) await once(server.listen(0, "127.0.0.1"), "listening");
  });
  after(() => {
    door.close();
    container.close();
  });

  /** A caller, who keeps an end open until told otherwise, the front end's side of the connection, and the container. */
  async function asked(answer: string | Buffer) {
    const atDoor = once(door, "connection") as Promise<[Socket]>;
    const atContainer = once(container, "connection") as Promise<[Socket]>;
    const port = (door.address() as AddressInfo).port;
    const caller = connect({ host: "127.0.0.1", port, allowHalfOpen: true }).on("error", () => {});
    caller.write("GET / HTTP/1.1\r\nHost: order\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    const [[frontEnd], [other]] = await Promise.all([atDoor, atContainer]);
    await once(
      other.on("error", () => {}),
      "data",
    );
    other.write(answer);
    return { caller, frontEnd, container: other };
  }

  it("comes for the caller when the container ends it, who has all that was sent before", async () => {
    const { caller, frontEnd, container: other } = await asked(JOINED);
    let text = "";
    caller.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    const closed = once(frontEnd, "close");
    other.end("the last word");
    await closed;
    await until(() => text.endsWith("the last word"), "the last word");
    caller.destroy();
  });

  it("comes for the caller when the container breaks it off, also where the caller reads nothing", async () => {
    const { caller, frontEnd, container: other } = await asked(JOINED);
    caller.pause();
    other.write(Buffer.alloc(32 * 1024 * 1024));
    await until(() => frontEnd.writableNeedDrain, "the caller holds the container back");
    other.resetAndDestroy();
    await until(() => {
      caller.write("x");
      return frontEnd.destroyed;
    }, "the caller's connection is closed");
    caller.destroy();
  });

  it("comes for the container when the caller breaks it off", async () => {
    const { caller, container: other } = await asked(JOINED);
    await once(caller, "data");
    const closed = once(other, "close");
    caller.resetAndDestroy();
    await closed;
  });

  it("comes for the caller when the container's own answer breaks off", async () => {
    const {
      caller,
      frontEnd,
      container: other,
    } = await asked("HTTP/1.1 400 Bad Request\r\nContent-Length: 10\r\n\r\nno");
    let text = "";
    caller.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    await until(() => text.endsWith("no"), "the answer's begin");
    const closed = once(frontEnd, "close");
    other.resetAndDestroy();
    await closed;
    caller.destroy();
  });
});
