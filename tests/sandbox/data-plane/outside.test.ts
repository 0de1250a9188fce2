/** What leaves for a host of the internet: how long it may take, how it ends, and answers that no server should give. */
import * as assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { passOn, tunnel, type WayOut } from "../../../sandbox/data-plane/proxy/outside";

const DIAL_MS = 50;

const ANSWERS: Readonly<Record<string, string>> = {
  "/status": "HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nhi",
  "/protocol": "HTTP/1.1 101 Odd\r\nConnection: Upgrade\r\nUpgrade: odd\r\n\r\nhi",
  "/trailer": "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nhi",
};

describe("a request that leaves for a host of the internet", () => {
  let host: Server;
  let door: Server;
  let way: WayOut = { dialMs: DIAL_MS };
  before(async () => {
    host = createServer((socket) => {
      socket
        .on("error", () => {})
        .once("data", (bytes) => {
          const target = String(bytes).split(" ")[1] ?? "";
          const answer = ANSWERS[target] ?? `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${String(bytes)}`;
          setTimeout(() => socket.end(answer), target === "/late" ? 4 * DIAL_MS : 0);
        });
    });
    door = createHttpServer((request, response) =>
      passOn(request, response, new URL(request.url!), way, (why) => response.writeHead(502).end(why)),
    );
    for (const server of [host, door]) await once(server.listen(0, "127.0.0.1"), "listening");
  });
  after(() => {
    door.close();
    host.close();
  });

  /** Status and body of the answer to a request as it is on the wire. */
  async function ask(target: string, headers = "", body = "", name = "127.0.0.1"): Promise<[string, string]> {
    const socket = connect((door.address() as AddressInfo).port, "127.0.0.1");
    const url = `http://${name}:${(host.address() as AddressInfo).port}${target}`;
    socket.write(`GET ${url} HTTP/1.1\r\nHost: odd.example\r\nConnection: close\r\n${headers}\r\n${body}`);
    const [head = "", rest = ""] = (await text(socket)).split(/\r\n\r\n(.*)/s);
    return [head.split(" ")[1] ?? "", rest];
  }

  it("waits for its answer as long as whoever asks", async () => {
    assert.match((await ask("/late")).join(" "), /^200 .*GET \/late HTTP\/1\.1/s);
  });

  it("is told where no connection comes about in time, its name's addresses included", async () => {
    way = { dialMs: DIAL_MS, lookup: () => {} };
    try {
      const [code, said] = await ask("/", "", "", "nowhere.example");
      assert.equal(code, "502");
      assert.match(said, /^1b\r\nno connection within 0\.05 s\r\n/);
    } finally {
      way = { dialMs: DIAL_MS };
    }
  });

  it("gets an answer whatever the host says, and the sandbox goes on", async () => {
    assert.deepEqual(await ask("/trailer"), ["200", "hi"]);
    const odd = async (target: string) => (await ask(target)).join(" ");
    assert.match(await odd("/status"), /^502 .*its answer is not HTTP: it has the status 99\b/s);
    assert.match(await odd("/protocol"), /^502 .*its answer is another protocol, which nobody asked for/s);
  });

  it("may announce trailers beside a length", async () => {
    const [code, heard] = await ask("/echo", "Trailer: X-Sum\r\nContent-Length: 2\r\n", "hi");
    assert.equal(code, "200");
    assert.doesNotMatch(heard, /trailer/i);
  });
});

describe("a tunnel to a host of the internet", () => {
  /** Both ends of a tunnel: what the caller holds, and what the host does. */
  async function joined(): Promise<{ caller: Socket; host: Socket; end: () => void }> {
    const outside = createServer();
    const door = createServer((socket) => {
      const { port } = outside.address() as AddressInfo;
      tunnel(
        socket.on("error", () => {}),
        Buffer.alloc(0),
        "127.0.0.1",
        port,
        {},
        (why) => assert.fail(why),
      );
    });
    for (const server of [outside, door]) await once(server.listen(0, "127.0.0.1"), "listening");
    const met = once(outside, "connection") as Promise<[Socket]>;
    const caller = connect((door.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    const [host] = await met;
    host.on("error", () => {});
    assert.equal(String(await once(caller, "data")), "HTTP/1.1 200 Connection Established\r\n\r\n");
    return { caller, host, end: () => [door, outside].forEach((server) => void server.close()) };
  }

  for (const [who, whom] of [
    ["caller", "host"],
    ["host", "caller"],
  ] as const) {
    it(`ends for the ${whom} when the ${who} breaks it off`, async () => {
      const { end, ...sides } = await joined();
      const closed = once(sides[whom].resume(), "close");
      sides[who].resetAndDestroy();
      await closed;
      end();
    });
  }
});
