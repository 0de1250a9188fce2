import * as assert from "node:assert/strict";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, it } from "mocha";
import { http, until } from "../support";
import { handBackend, proxyWith, raw, rawBackend, stands, stopAll } from "./support";

const MIB = 1_048_576;

/** A request of which the test has both ends in hand. */
function open(url: string, options: { method?: string; headers?: Record<string, string> } = {}): ClientRequest {
  const outgoing = request(url, { agent: false, ...options });
  outgoing.on("error", () => {});
  return outgoing;
}

const answerOf = (outgoing: ClientRequest) =>
  new Promise<IncomingMessage>((resolve) => outgoing.once("response", resolve));

describe("the auth proxy's streams", () => {
  afterEach(stopAll);

  it("hands each server-sent event on as it comes, and the header before the first", async () => {
    let send: (text: string) => void = () => {};
    const backend = await handBackend((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      send = (text) => response.write(text);
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const outgoing = open(`${proxy.url}/events`);
    outgoing.end();
    const answer = await answerOf(outgoing);
    assert.equal(answer.headers["content-type"], "text/event-stream");
    const events: string[] = [];
    answer.setEncoding("utf8").on("data", (text) => events.push(text));
    for (const text of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]) {
      const before = events.length;
      send(text);
      await until(() => events.length > before);
    }
    assert.equal(events.join(""), "data: 1\n\ndata: 2\n\ndata: 3\n\n");
    outgoing.destroy();
  });

  it("sends a body on while the client still writes it, and answers meanwhile", async () => {
    const backend = await handBackend((incoming, response) => {
      response.writeHead(200);
      incoming.pipe(response);
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const outgoing = open(`${proxy.url}/`, { method: "POST" });
    outgoing.write("ping");
    const answer = await answerOf(outgoing);
    let got = "";
    answer.setEncoding("utf8").on("data", (text) => {
      got += text;
    });
    await until(() => got === "ping");
    outgoing.end("pong");
    await until(() => got === "pingpong");
  });

  it("holds a backend back while the client does not read", async () => {
    let written = 0;
    let finished = false;
    const backend = await handBackend((_, response) => {
      const chunk = Buffer.alloc(65_536);
      const more = () => {
        while (written < 256 * MIB) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
        finished = true;
        response.end();
      };
      more();
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const socket = connect(proxy.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    socket.pause();
    await stands(() => written);
    assert.ok(written < 64 * MIB, `${written} bytes were taken from the backend`);
    let read = 0;
    socket.on("data", (chunk) => {
      read += chunk.length;
    });
    socket.resume();
    await until(() => finished && read > 256 * MIB);
    socket.destroy();
  });

  it("holds a client back while the backend does not read", async () => {
    let incoming: IncomingMessage | undefined;
    const backend = await handBackend((request, response) => {
      incoming = request;
      request.on("end", () => response.end("all"));
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url, BODY_LIMIT_BYTES: String(1024 * MIB) });
    const outgoing = open(`${proxy.url}/`, { method: "POST" });
    let sent = 0;
    const chunk = Buffer.alloc(65_536);
    const more = () => {
      while (sent < 128 * MIB) {
        sent += chunk.length;
        if (!outgoing.write(chunk)) return void outgoing.once("drain", more);
      }
      outgoing.end();
    };
    more();
    await until(() => incoming !== undefined);
    await stands(() => sent);
    assert.ok(sent < 64 * MIB, `${sent} bytes were taken from the client`);
    incoming!.resume();
    assert.equal((await answerOf(outgoing)).statusCode, 200);
  });

  it("lets go of the backend when the client goes, before and during the answer", async () => {
    for (const answers of [false, true]) {
      let closed = 0;
      let arrived = 0;
      const backend = await handBackend((incoming, response) => {
        arrived += 1;
        if (answers) response.write("begun");
        response.on("close", () => {
          closed += 1;
        });
        incoming.resume();
      });
      const proxy = await proxyWith({ BACKEND_URL: backend.url });
      const outgoing = open(`${proxy.url}/`);
      const answer = answerOf(outgoing);
      outgoing.end();
      await until(() => arrived === 1);
      if (answers) await answer;
      outgoing.destroy();
      await until(() => closed === 1);
    }
  });

  it("lets go of the backend for every request of a client that did not wait for answers", async () => {
    let [arrived, closed] = [0, 0];
    const backend = await handBackend((_, response) => {
      arrived += 1;
      response.on("close", () => {
        closed += 1;
      });
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url, METRICS_PATH: "/metrics" });
    const socket = connect(proxy.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(5));
    await until(() => arrived === 5);
    socket.destroy();
    await until(() => closed === 5);
    assert.match((await http(`${proxy.url}/metrics`)).text, /^auth_proxy_in_flight 0$/m);
  });

  it("breaks the answer off when the backend does, rather than pass it as whole", async () => {
    const backend = await handBackend((_, response) => {
      response.write("half");
      setImmediate(() => setImmediate(() => response.destroy()));
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const got = await raw(proxy.port, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert.match(got, /^HTTP\/1\.1 200 /);
    assert.ok(!got.endsWith("0\r\n\r\n"), got);
  });

  it("answers Expect: 100-continue when the backend takes the body, not before it may be refused", async () => {
    const backend = await handBackend((incoming, response) => incoming.pipe(response));
    const proxy = await proxyWith({ BACKEND_URL: backend.url, BODY_LIMIT_BYTES: "10" });
    const post = (length: number, rest: string) =>
      raw(
        proxy.port,
        `POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n${rest}`,
        (got) => /HTTP\/1\.1 [2-5]\d\d[\s\S]*\r\n\r\n[\s\S]+/.test(got),
      );
    assert.match(await post(3, "abc"), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    assert.match(await post(11, ""), /^HTTP\/1\.1 413 /);
  });

  it("passes early hints on, drops other interim answers, and passes trailers to who takes them", async () => {
    const backend = await rawBackend((socket) =>
      socket.once("data", () =>
        socket.end(
          "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" +
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 9\r\nSet-Cookie: a=1\r\n\r\n",
        ),
      ),
    );
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const ask = (te: string) => raw(proxy.port, `GET / HTTP/1.1\r\nHost: h\r\n${te}Connection: close\r\n\r\n`);
    const got = await ask("TE: trailers\r\n");
    assert.match(got, /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK\r\n/i);
    assert.match(got, /\r\n0\r\nX-Sum: 9\r\n\r\n$/);
    const without = await ask("");
    assert.ok(!/trailer|x-sum/i.test(without), without);
    assert.match(without, /\r\n0\r\n\r\n$/);
  });

  it("passes several links of a hint on, and answers where Node knows no form of one", async () => {
    const answering = (links: string) =>
      rawBackend((socket) =>
        socket.once("data", () =>
          socket.end(`HTTP/1.1 103 Early Hints\r\n${links}\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`),
        ),
      );
    const ask = async (links: string) => {
      const proxy = await proxyWith({ BACKEND_URL: (await answering(links)).url });
      return raw(proxy.port, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    };
    const several = await ask("Link: </a.css>; rel=preload\r\nLink: </b.css>; rel=preload, </c.css>; rel=preload\r\n");
    assert.match(
      several,
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>.*<\/b\.css>.*<\/c\.css>.*\r\n\r\nHTTP\/1\.1 200/,
    );
    assert.match(await ask('Link: <https://x.example>; rel="preconnect dns-prefetch"\r\n'), /^HTTP\/1\.1 200 OK\r\n/);
  });

  it("serves the next request of a client whose body nobody read to its end", async () => {
    const backend = await handBackend((incoming, response) => {
      response.writeHead(incoming.url === "/next" ? 200 : 401).end("said");
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const body = "x".repeat(400_000);
    const got = await raw(
      proxy.port,
      `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`,
    );
    assert.deepEqual(got.match(/HTTP\/1\.1 \d{3}/g), ["HTTP/1.1 401", "HTTP/1.1 200"]);
  });

  it("cuts a client that has its whole answer and does not end its body within two seconds", async () => {
    const backend = await handBackend((_, response) => response.writeHead(401).end("said"));
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const started = performance.now();
    const got = await raw(proxy.port, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\nbegun");
    const tookMs = performance.now() - started;
    assert.match(got, /^HTTP\/1\.1 401 Unauthorized\r\n[\s\S]*said/);
    assert.ok(tookMs >= 1_900 && tookMs < 5_000, `${tookMs} ms`);
  });

  it("serves the next request of a client whose body of unknown length was over the limit", async () => {
    const backend = await handBackend((incoming, response) => {
      incoming.resume().on("end", () => response.end("said"));
      incoming.on("error", () => {});
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url, BODY_LIMIT_BYTES: "100000" });
    const chunk = `2710\r\n${"x".repeat(10_000)}\r\n`;
    const got = await raw(
      proxy.port,
      `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(40)}0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`,
    );
    assert.deepEqual(got.match(/HTTP\/1\.1 \d{3}/g), ["HTTP/1.1 413", "HTTP/1.1 200"]);
  });

  it("serves HEAD, 204, 304 and HTTP/1.0 as they are", async () => {
    const backend = await handBackend((incoming, response) => {
      const status = Number(/\d{3}/.exec(incoming.url!)?.[0] ?? 200);
      response.writeHead(status, status === 200 ? { "content-length": 5 } : {});
      response.end(status === 200 && incoming.method !== "HEAD" ? "hello" : "");
    });
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const ask = (line: string) => raw(proxy.port, `${line}\r\nHost: h\r\nConnection: close\r\n\r\n`);
    assert.match(await ask("HEAD / HTTP/1.1"), /^HTTP\/1\.1 200 OK[\s\S]*content-length: 5[\s\S]*\r\n\r\n$/);
    assert.match(await ask("GET /204 HTTP/1.1"), /^HTTP\/1\.1 204 No Content[\s\S]*\r\n\r\n$/);
    assert.match(await ask("GET /304 HTTP/1.1"), /^HTTP\/1\.1 304 Not Modified[\s\S]*\r\n\r\n$/);
    assert.match(await ask("GET / HTTP/1.0"), /^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nhello$/);
  });

  it("keeps pipelined requests and their answers in order", async () => {
    const backend = await handBackend((incoming, response) => response.end(incoming.url));
    const proxy = await proxyWith({ BACKEND_URL: backend.url });
    const one = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`;
    const got = await raw(proxy.port, one("/1") + one("/2") + one("/3", "Connection: close\r\n"));
    assert.deepEqual(got.match(/\r\n\r\n(\/\d)/g), ["\r\n\r\n/1", "\r\n\r\n/2", "\r\n\r\n/3"]);
  });
});
