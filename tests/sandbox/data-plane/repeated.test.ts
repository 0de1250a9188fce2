/** Which requests the front end sends to a container a second time: it may never have heard them, and none may work twice. */
import * as assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer as createHttpServer, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { forward, type Lease, type Outcome } from "../../../sandbox/data-plane/front-end/forward";
import { headersForContainer } from "../../../sandbox/data-plane/front-end/headers";

describe("front end: a request that a container may not have heard", () => {
  /** Answers the first request of a connection, and breaks the connection at the second, or at the first. */
  let container: Server;
  let breaks: "at the first" | "at the second";
  let door: Server;
  /** Methods of what the container heard. */
  let heard: string[];
  let bodies: string;
  let outcomes: Outcome[];
  let agent: Agent;
  let isAlive = true;
  let acquire: () => Lease;
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const lease = (port: number): Lease => ({
    port,
    agent,
    isAlive: () => isAlive,
    release: () => {},
  });

  before(async () => {
    container = createServer((socket) => {
      let requests = 0;
      socket.on("error", () => {});
      socket.setEncoding("latin1").on("data", (chunk: unknown) => {
        const [head, method] = /^([A-Z]+) \/[\s\S]*\r\n\r\n/.exec(String(chunk)) ?? [""];
        bodies += String(chunk).slice(head.length);
        if (method === undefined) return;
        heard.push(method);
        requests += 1;
        if (requests > 1 || breaks === "at the first") socket.resetAndDestroy();
        else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      });
    });
    door = createHttpServer((request, response) => {
      const headers = headersForContainer(request, { host: "order", clientAddress: "203.0.113.10" });
      const backend = { acquire: async () => acquire() };
      void forward({ request, response, backend, headers, timeoutMs: 10_000, report: (one) => outcomes.push(one) });
    });
    for (const server of [container, door]) await once(server.listen(0, "127.0.0.1"), "listening");
  });
  beforeEach(() => {
    agent = new Agent({ keepAlive: true });
    isAlive = true;
    breaks = "at the second";
    acquire = () => lease(portOf(container));
    [heard, bodies, outcomes] = [[], "", []];
  });
  afterEach(() => agent.destroy());
  after(() => {
    door.close();
    container.close();
  });

  async function ask(method: string, headers: Record<string, string> = {}, body = ""): Promise<number> {
    const request = httpRequest({ host: "127.0.0.1", port: portOf(door), method, headers, agent: false }).end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    await once(response.resume(), "end");
    return response.statusCode!;
  }

  /** The same, where the container's idle connection breaks under it. */
  async function askBroken(...asked: Parameters<typeof ask>): Promise<[code: number, heard: string[]]> {
    assert.equal(await ask("GET"), 200);
    heard = [];
    return [await ask(...asked), heard];
  }

  for (const method of ["GET", "HEAD", "OPTIONS", "TRACE"]) {
    it(`is sent again where the idle connection broke and the method is ${method}, which changes nothing`, async () => {
      assert.deepEqual(await askBroken(method), [200, [method, method]]);
      assert.deepEqual(outcomes.at(-1), { code: 200 });
    });
  }

  it("gets a connection of its own where it may not be sent again: another method, or a body", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      assert.deepEqual(await askBroken(method), [200, [method]], method);
      agent.destroy();
    }
    const framed: Record<string, string>[] = [{ "Content-Length": "4" }, { "Transfer-Encoding": "chunked" }];
    for (const headers of framed) {
      assert.deepEqual(await askBroken("GET", headers, "body"), [200, ["GET"]], JSON.stringify(headers));
      agent.destroy();
    }
  });

  it("is sent again with a body that has no byte", async () => {
    assert.deepEqual(await askBroken("GET", { "Content-Length": "0" }), [200, ["GET", "GET"]]);
  });

  const message = "the container closed the connection before it answered (ECONNRESET)";
  const died: Outcome = { code: 503, failure: { reason: "callee-died", message } };

  it("is 503, and sent once, where the container's process has ended", async () => {
    isAlive = false;
    assert.deepEqual(await askBroken("GET"), [503, ["GET"]]);
    assert.deepEqual(outcomes.at(-1), died);
  });

  it("is 503, and sent once, where a connection broke that was made for it: the container heard it", async () => {
    breaks = "at the first";
    assert.deepEqual([await ask("GET"), heard, outcomes], [503, ["GET"], [died]]);
  });

  it("goes to another process whatever it is, body and all, where nobody listens; after five of them it is 503", async () => {
    const closed = createServer();
    await once(closed.listen(0, "127.0.0.1"), "listening");
    const nowhere = portOf(closed);
    await once(closed.close(), "close");
    let left = 4;
    acquire = () => lease(left-- > 0 ? nowhere : portOf(container));
    assert.equal(await ask("POST", { "Content-Length": "4" }, "body"), 200);
    assert.deepEqual([heard, bodies, left], [["POST"], "body", -1]);
    left = 5;
    assert.equal(await ask("POST", { "Content-Length": "4" }, "body"), 503);
    assert.deepEqual([heard, left], [["POST"], 0]);
    const message = "the container closed the connection before it answered (ECONNREFUSED)";
    assert.deepEqual(outcomes, [{ code: 200 }, { code: 503, failure: { reason: "callee-died", message } }]);
  });
});
