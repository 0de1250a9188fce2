import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { afterEach, describe, it } from "mocha";
import { HeldClock, http, idToken, until } from "../support";
import { handBackend, later, proxyWith, raw, rawBackend, stands, stopAll, told } from "./support";

const MIB = 1_048_576;

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const accept = (key: string) =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** A backend that takes WebSockets and sends every byte back. */
async function echoBackend() {
  const seen: { headers: Record<string, string | string[] | undefined>; socket: Socket }[] = [];
  const backend = await handBackend((_, response) => response.writeHead(403).end("no page here"));
  backend.server.on("upgrade", (incoming, socket: Socket, head) => {
    socket.on("error", () => {});
    seen.push({ headers: incoming.headers, socket });
    if (incoming.url === "/refused") {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Own: 1\r\n\r\nno");
      return;
    }
    const accepted = accept(String(incoming.headers["sec-websocket-key"]));
    const protocol = String(incoming.headers["sec-websocket-protocol"]).split(",").at(-1)!.trim();
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accepted}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\nhello`,
    );
    if (head.length > 0) socket.write(head);
    socket.pipe(socket);
  });
  return { ...backend, seen };
}

const handshake = (path = "/", more = "") =>
  `GET ${path} HTTP/1.1\r\nHost: app.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Protocol: chat.v1, chat.v2\r\nSec-WebSocket-Extensions: permessage-deflate\r\n${more}\r\n`;

describe("the auth proxy's WebSockets", () => {
  afterEach(stopAll);

  it("carry the token in the handshake, with all subprotocols and extensions, then bytes both ways", async () => {
    const backend = await echoBackend();
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await raw(
      proxy.port,
      `${handshake("/ws?room=1", "X-Serverless-Authorization: Bearer forged\r\nAuthorization: Bearer app\r\n")}early`,
      (text) => text.endsWith("helloearly"),
    );
    assert.match(got, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
    assert.ok(got.toLowerCase().includes(`sec-websocket-accept: ${accept(KEY)}`.toLowerCase()));
    assert.match(got, /sec-websocket-protocol: chat\.v2\r\n/i);
    const { headers } = backend.seen[0]!;
    assert.equal(headers["sec-websocket-protocol"], "chat.v1, chat.v2");
    assert.equal(headers["sec-websocket-extensions"], "permessage-deflate");
    assert.equal(headers["host"], backend.host);
    assert.equal(headers["authorization"], "Bearer app");
    assert.match(String(headers["x-serverless-authorization"]), /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    await until(() => backend.seen[0]!.socket.destroyed);
  });

  it("end on the client's side when the backend ends them", async () => {
    const backend = await echoBackend();
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const closed = raw(proxy.port, handshake());
    await until(() => backend.seen.length === 1);
    backend.seen[0]!.socket.end("bye");
    assert.match(await closed, /bye$/);
  });

  it("that the backend refuses get its own answer", async () => {
    const backend = await echoBackend();
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await raw(proxy.port, handshake("/refused"));
    assert.match(got, /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*x-own: 1\r\n[\s\S]*\r\n\r\nno$/i);
  });

  it("keep the bytes of the backend's headers, opened or refused", async () => {
    const backend = await rawBackend((socket) =>
      socket.once("data", (asked) =>
        socket.end(
          String(asked).startsWith("GET /open")
            ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Own: caf\xe9\r\n\r\n"
            : "HTTP/1.1 403 Forbidden\r\nX-Own: caf\xe9\r\nContent-Length: 0\r\n\r\n",
          "latin1",
        ),
      ),
    );
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    assert.match(await raw(proxy.port, handshake("/open")), /^HTTP\/1\.1 101 [\s\S]*x-own: caf\xe9\r\n/i);
    assert.match(await raw(proxy.port, handshake("/refused")), /^HTTP\/1\.1 403 [\s\S]*x-own: caf\xe9\r\n/i);
  });

  it("that the backend answers with a page hold it back while the client does not read", async () => {
    let written = 0;
    const backend = await handBackend((_, response) => response.end());
    backend.server.on("upgrade", (_, socket: Socket) => {
      socket.on("error", () => {});
      later(async () => socket.destroy());
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const chunk = Buffer.alloc(65_536);
      const more = () => {
        while (written < 256 * MIB) {
          written += chunk.length;
          if (!socket.write(chunk)) return void socket.once("drain", more);
        }
        socket.end();
      };
      more();
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const socket = connect(proxy.port, "127.0.0.1");
    later(async () => socket.destroy());
    socket.on("error", () => {});
    socket.write(handshake("/page"));
    socket.pause();
    await stands(() => written);
    assert.ok(written < 64 * MIB, `${written} bytes were taken from the backend`);
    let read = 0;
    socket.on("data", (chunk) => {
      read += chunk.length;
    });
    socket.resume();
    await until(() => read > 256 * MIB);
  });

  it("are logged and counted once each: opened, answered with a page, refused, left by the client, or failed", async () => {
    const backend = await echoBackend();
    const plain = backend.server.listeners("upgrade")[0] as (...all: unknown[]) => void;
    backend.server.removeAllListeners("upgrade");
    backend.server.on("upgrade", (incoming, socket: Socket, head) => {
      if (incoming.url !== "/silent" && incoming.url !== "/endless") return plain(incoming, socket, head);
      later(async () => socket.destroy());
      if (incoming.url === "/silent") return;
      socket.on("error", () => {});
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = () => void socket.write(Buffer.alloc(65_536), (error) => error ?? more());
      more();
    });
    const env = {
      METRICS_PATH: "/metrics",
      REQUEST_LOG: "on",
      REQUEST_TIMEOUT_MS: "500",
      ALLOWED_ORIGINS: "https://good.example",
    };
    const proxy = await proxyWith({ BACKEND_URL: backend.url, ...env });
    const down = await proxyWith({ BACKEND_URL: "http://127.0.0.1:9", ...env });
    const lines = ({ log }: typeof proxy) =>
      log
        .filter((entry) => entry["httpRequest"] !== undefined)
        .map(({ message, code, httpRequest }) => [message, (httpRequest as { status?: number }).status, code]);
    const ended = async (by: typeof proxy, expected: unknown[]) => {
      await until(() => lines(by).length >= expected.length);
      assert.deepEqual(lines(by), expected);
    };
    const expected: unknown[] = [];
    const next = (...line: unknown[]) => {
      expected.push(line);
      return ended(proxy, expected);
    };

    await raw(proxy.port, handshake("/open?secret=1"), (text) => text.endsWith("hello"));
    await next("GET /open", 101, undefined);
    await raw(proxy.port, handshake("/refused"));
    await next("GET /refused", 403, undefined);
    await raw(proxy.port, handshake("/foreign", "Origin: https://evil.example\r\n"));
    await next("GET /foreign", 403, "origin-refused");
    await raw(proxy.port, handshake("/endless"), (text) => text.length > MIB);
    await next("GET /endless", 200, "client-gone");
    await raw(proxy.port, handshake("/silent"));
    await next("GET /silent", 504, "callee-timeout");
    const { latency } = proxy.log.at(-1)!["httpRequest"] as { latency: string };
    const seconds = Number(/^([\d.]+)s$/.exec(latency)?.[1]);
    assert.ok(seconds >= 0.5 && seconds < 60, `a handshake without an answer lasts as long as it may: ${latency}`);
    await raw(down.port, handshake("/down"));
    await ended(down, [["GET /down", 502, "callee-unreachable"]]);

    const { text } = await http(`${proxy.url}/metrics`);
    assert.deepEqual(text.match(/^auth_proxy_requests_total.*/gm), [
      'auth_proxy_requests_total{backend="backend",status="101"} 1',
      'auth_proxy_requests_total{backend="backend",status="403"} 1',
      'auth_proxy_requests_total{backend="",status="403"} 1',
      'auth_proxy_requests_total{backend="backend",status="200"} 1',
      'auth_proxy_requests_total{backend="backend",status="504"} 1',
    ]);
    await proxy.stopProxy();
    assert.deepEqual(lines(proxy), expected);
  });

  it("end with the instance though their client reads nothing", async () => {
    const backend = await handBackend((_, response) => response.end());
    let flooded = false;
    backend.server.on("upgrade", (_, socket: Socket) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      const more = (): void => {
        while (socket.write(Buffer.alloc(65_536)));
        flooded = true;
        socket.once("drain", more);
      };
      more();
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const socket = connect(proxy.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(handshake("/flood"));
    socket.pause();
    await until(() => flooded);
    await proxy.stopProxy();
    socket.destroy();
  });

  it("are cut two seconds after their idle time where their client reads nothing", async () => {
    const backend = await handBackend((_, response) => response.end());
    let written = 0;
    let flooded: Socket | undefined;
    backend.server.on("upgrade", (_, socket: Socket) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      const more = (): void => {
        do written += 1;
        while (socket.write(Buffer.alloc(65_536)));
        flooded = socket;
        socket.once("drain", more);
      };
      more();
    });
    const clock = new HeldClock(Date.now());
    const proxy = await proxyWith({ BACKEND_URL: backend.url, STREAM_IDLE_TIMEOUT_MS: "1000" }, { clock });
    const socket = connect(proxy.port, "127.0.0.1");
    later(async () => socket.destroy());
    let isCut = false;
    socket.on("error", () => {
      isCut = true;
    });
    socket.write(handshake("/flood"));
    socket.pause();
    await until(() => flooded !== undefined);
    await stands(() => written);
    await clock.pass(1_125);
    await until(() => flooded!.destroyed, "the proxy lets go of the backend");
    assert.equal(isCut, false);
    await clock.pass(2_000);
    await until(() => {
      socket.write("x");
      return isCut;
    });
  });

  it("leave nothing to wait for once their client has gone", async () => {
    const backend = await echoBackend();
    const clock = new HeldClock(Date.now());
    const proxy = await proxyWith({ BACKEND_URL: backend.url }, { clock });
    await http(`${proxy.url}/`);
    await raw(proxy.port, handshake(), (text) => text.endsWith("hello"));
    await until(() => backend.seen[0]!.socket.destroyed);
    await clock.pass(500);
    assert.equal(clock.waiting, 0);
  });

  it("are refused to pages of undeclared origins, as browsers do not ask", async () => {
    const backend = await echoBackend();
    const proxy = await proxyWith({ BACKEND_URL: backend.url, ALLOWED_ORIGINS: "https://good.example" });
    const from = async (origin: string) =>
      told(await raw(proxy.port, handshake("/", `Origin: ${origin}\r\n`), (got) => got.endsWith("hello")));
    assert.deepEqual(await from("https://evil.example"), { status: 403, code: "origin-refused" });
    assert.deepEqual(await from("null"), { status: 403, code: "origin-refused" });
    assert.deepEqual(await from("https://app.example:8443"), { status: 403, code: "origin-refused" });
    assert.equal((await from("https://good.example")).status, 101);
    assert.equal((await from("https://app.example")).status, 101);
  });

  for (const [what, text, status, code] of [
    ["another protocol", handshake().replace("Upgrade: websocket", "Upgrade: h2c"), 501, "upgrade-unsupported"],
    ["another method", handshake().replace("GET", "POST"), 501, "upgrade-unsupported"],
    ["a path that can be read in two ways", handshake("/a/../b"), 400, "path-ambiguous"],
  ] as const) {
    it(`are refused for ${what}`, async () => {
      const backend = await echoBackend();
      const proxy = await proxyWith({ BACKEND_URL: backend.url });
      assert.deepEqual(told(await raw(proxy.port, text)), { status, code });
      assert.equal(backend.seen.length, 0);
    });
  }

  it("are refused where the backend is spoken to in HTTP/2, with the reason", async () => {
    const proxy = await proxyWith({ BACKEND_URL: "http://127.0.0.1:9", HTTP2: "backend" });
    const got = await raw(proxy.port, handshake());
    assert.deepEqual(told(got), { status: 501, code: "upgrade-unsupported" });
    assert.ok(got.includes("backend: it is spoken to in HTTP/2, which carries no WebSocket here"), got);
  });

  it("that Cloud Run refuses for their token are opened with another, once", async () => {
    const tokens: string[] = [];
    const challenge = 'WWW-Authenticate: Bearer error="invalid_token"\r\nContent-Length: 7\r\n\r\nrefused';
    const backend = await handBackend((_, response) => response.end());
    let refusals = 1;
    backend.server.on("upgrade", (incoming, socket: Socket) => {
      tokens.push(String(incoming.headers["x-serverless-authorization"]));
      if (refusals-- > 0) socket.end(`HTTP/1.1 401 Unauthorized\r\n${challenge}`);
      else
        socket.end(`HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\nhi`);
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    await until(() => proxy.metadata.seen.some(({ url }) => url.includes("/identity")));
    let life = 3_600_000;
    proxy.metadata.answer((_, response) => {
      life += 60_000;
      response.setHeader("metadata-flavor", "Google");
      response.end(idToken(backend.url, Date.now() + life));
    });
    assert.match(await raw(proxy.port, handshake()), /^HTTP\/1\.1 101 [\s\S]*hi$/);
    assert.deepEqual([tokens.length, new Set(tokens).size], [2, 2]);
    refusals = 2;
    const refused = await raw(proxy.port, handshake());
    assert.deepEqual(told(refused), { status: 502, code: "callee-refused" });
    refusals = 1;
    const own = await raw(proxy.port, handshake("/", "Authorization: Bearer app\r\n"));
    assert.match(own, /^HTTP\/1\.1 401 [\s\S]*refused$/, "the application's own");
  });

  it("that Cloud Run refuses for the only token there is are not asked for with it again", async () => {
    const tokens: unknown[] = [];
    const backend = await handBackend((_, response) => response.end());
    backend.server.on("upgrade", (incoming, socket: Socket) => {
      tokens.push(incoming.headers["x-serverless-authorization"]);
      const challenge = 'WWW-Authenticate: Bearer error="invalid_token"\r\nContent-Length: 0';
      socket.end(`HTTP/1.1 401 Unauthorized\r\n${challenge}\r\n\r\n`);
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const only = idToken(backend.url, Date.now() + 3_600_000);
    proxy.metadata.answer((_, response) => response.writeHead(200, { "metadata-flavor": "Google" }).end(only));
    assert.deepEqual(told(await raw(proxy.port, handshake())), { status: 502, code: "callee-refused" });
    assert.equal(tokens.length, 1);
  });

  it("are not opened without a token, nor where nobody listens", async () => {
    const proxy = await proxyWith({ BACKEND_URL: "http://127.0.0.1:9" });
    assert.deepEqual(told(await raw(proxy.port, handshake())), { status: 502, code: "callee-unreachable" });
    proxy.metadata.answer((_, response) => response.end(idToken("https://other", Date.now() + 3_600_000)));
    const other = await proxyWith({ BACKEND_URL: "http://127.0.0.1:9", GCE_METADATA_HOST: proxy.metadata.host });
    assert.deepEqual(told(await raw(other.port, handshake())), { status: 503, code: "token-invalid" });
  });

  it("go on while the instance drains, and end with it", async () => {
    const backend = await echoBackend();
    const proxy = await proxyWith({ BACKEND_URL: backend.url, DRAIN_TIMEOUT_MS: "500" });
    const socket = connect(proxy.port, "127.0.0.1");
    let got = "";
    let closed = false;
    socket.setEncoding("latin1").on("data", (text) => {
      got += text;
    });
    socket.on("close", () => {
      closed = true;
    });
    socket.on("error", () => {});
    socket.write(handshake());
    await until(() => got.endsWith("hello"));
    const stopped = proxy.stopProxy();
    socket.write("still here");
    await until(() => got.endsWith("still here"));
    assert.equal(closed, false);
    const late = told(await raw(proxy.port, handshake()));
    assert.deepEqual(late, { status: 503, code: "shutting-down" });
    await stopped;
    await until(() => closed && backend.seen[0]!.socket.destroyed);
  });

  it("are cut when nothing has gone either way for the idle time, not before", async () => {
    const backend = await echoBackend();
    const proxy = await proxyWith({ BACKEND_URL: backend.url, STREAM_IDLE_TIMEOUT_MS: "300" });
    const socket = connect(proxy.port, "127.0.0.1");
    let closedAt = 0;
    socket.on("close", () => {
      closedAt = performance.now();
    });
    socket.resume();
    socket.write(handshake());
    const opened = performance.now();
    const beat = setInterval(() => socket.write("x"), 50);
    await until(() => performance.now() - opened > 700);
    assert.equal(closedAt, 0);
    clearInterval(beat);
    const last = performance.now();
    await until(() => closedAt > 0);
    assert.ok(closedAt - last >= 200, String(closedAt - last));
  });
});
