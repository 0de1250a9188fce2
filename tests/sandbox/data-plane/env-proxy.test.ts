/** What is loaded first into programs on a Node whose own clients know no proxy variables. */
import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { promisify } from "node:util";
import { needs } from "../../support/needs";

const PRELOAD = path.join(__dirname, "../../../sandbox/data-plane/processes/env-proxy.cjs");

describe("proxy variables in a Node that does not know them", () => {
  const asked: string[] = [];
  let proxy: Server;
  let site: Server;
  const portOf = (server: Server) => (server.address() as AddressInfo).port;

  before(async function () {
    needs(this, "Node.js before 22.21", !process.allowedNodeEnvironmentFlags.has("--use-env-proxy"));
    proxy = createServer().on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    });
    site = createServer((_, response) => response.end("site"));
    for (const server of [proxy, site]) await once(server.listen(0, "127.0.0.1"), "listening");
  });
  after(() => {
    for (const server of [proxy, site]) server?.close();
  });

  /** What a program prints. */
  async function run(code: string, more: Record<string, string> = {}): Promise<string> {
    const proxyUrl = `http://127.0.0.1:${portOf(proxy)}`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-r", PRELOAD, "-e", code], {
      env: {
        ...{ HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl, NO_PROXY: "localhost,127.0.0.1", NODE_USE_ENV_PROXY: "1" },
        ...{ SITE: `http://127.0.0.1:${portOf(site)}/`, ...more },
      },
    });
    return stdout.trim();
  }

  const GET = (client: string, target: string) =>
    `require("${client}").get(${target}, (a) => a.on("data", (d) => console.log(String(d)))).on("error", (e) => console.log(e.message))`;
  const FETCH = (target: string) =>
    `fetch(${target}).then((a) => a.text()).then(console.log, (e) => console.log(e.message))`;

  it("lead http, https and fetch through the proxy, whose refusal is the error", async () => {
    const refused = "elsewhere.example:%: the proxy answers 502";
    assert.equal(await run(GET("http", '"http://elsewhere.example/"')), refused.replace("%", "80"));
    assert.equal(await run(GET("https", '"https://elsewhere.example/"')), refused.replace("%", "443"));
    assert.equal(await run(FETCH('"https://elsewhere.example/"')), "fetch failed");
    assert.deepEqual(asked.splice(0), ["elsewhere.example:80", "elsewhere.example:443", "elsewhere.example:443"]);
  });

  it("let this machine be asked without it", async () => {
    assert.equal(await run(GET("http", "process.env.SITE")), "site");
    assert.equal(await run(FETCH("process.env.SITE")), "site");
    assert.deepEqual(asked, []);
  });

  it("do nothing where Node is not told to heed them", async () => {
    const all = { NO_PROXY: "", NODE_USE_ENV_PROXY: "" };
    assert.equal(await run(GET("http", "process.env.SITE"), all), "site");
    assert.equal(await run(FETCH("process.env.SITE"), all), "site");
    assert.deepEqual(asked, []);
  });

  it("leave a program its own dispatcher", async () => {
    const own = `const { Agent, setGlobalDispatcher } = require("undici"); setGlobalDispatcher(new Agent()); ${FETCH("process.env.SITE")}`;
    assert.equal(await run(own, { NO_PROXY: "" }), "site");
    assert.deepEqual(asked, []);
  });
});
