/** The limits that the environment sets, each other than the default of whatever library applies it. */
import * as assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { http } from "../support";
import { backendFake, proxyWith, raw, rawBackend, stopAll, told } from "./support";

/** Node's and undici's own limit of a header is 16 KiB: one size below it and one above. */
const BELOW = 3_000;
const ABOVE = 30_000;

describe("a limit of the auth proxy", () => {
  afterEach(stopAll);

  for (const [limit, size, status, code] of [
    [2_048, BELOW, 431, "headers-too-large"],
    [65_536, ABOVE, 200, undefined],
  ] as const) {
    it(`HEADER_LIMIT_BYTES ${limit}: a request's header of ${size} bytes is answered ${status}`, async () => {
      let asked = 0;
      const backend = await rawBackend((socket) => {
        let got = "";
        socket.on("data", (part) => {
          got += part;
          if (!got.endsWith("\r\n\r\n")) return;
          asked += 1;
          socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
      });
      const proxy = await proxyWith({ BACKEND_URL: backend.url, HEADER_LIMIT_BYTES: String(limit) });
      const text = `GET / HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\nX-A: ${"a".repeat(size)}\r\n\r\n`;
      assert.deepEqual(told(await raw(proxy.port, text)), { status, code });
      assert.equal(asked, status === 200 ? 1 : 0);
    });
  }

  for (const [limit, size, status, code] of [
    [2_048, BELOW, 502, "callee-answer-invalid"],
    [65_536, ABOVE, 200, undefined],
  ] as const) {
    it(`HEADER_LIMIT_BYTES ${limit}: an answer's header of ${size} bytes is answered ${status}`, async () => {
      const backend = await backendFake((_, response) => response.writeHead(200, { "x-a": "a".repeat(size) }).end());
      const proxy = await proxyWith({ BACKEND_URL: backend.url, HEADER_LIMIT_BYTES: String(limit) });
      const text = "GET / HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n";
      assert.deepEqual(told(await raw(proxy.port, text)), { status, code });
    });
  }

  it("CONNECT_TIMEOUT_MS ends a connection that comes to nothing, TLS included, before the request's own limit", async () => {
    const silent = await rawBackend(() => {});
    const url = silent.url.replace("http:", "https:");
    const proxy = await proxyWith({ BACKEND_URL: url, CONNECT_TIMEOUT_MS: "100", REQUEST_TIMEOUT_MS: "30000" });
    const got = await http(`${proxy.url}/`);
    assert.deepEqual([got.status, got.json.error.code], [504, "callee-timeout"]);
  }).timeout(4_000);
});
