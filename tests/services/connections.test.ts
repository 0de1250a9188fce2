/** How long each server keeps and waits on its connections: what Google's front end, or a slow client, would meet. */
import * as assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "mocha";
import { createCaller, createLog, proxyAwareDispatcher, serve, systemClock } from "../../services/runtime/index";
import { backendFake, later, proxyWith, stopAll } from "./auth-proxy/support";
import { Fake, http, json } from "./support";

/** Google's front end keeps an idle connection for this long. Source: https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries */
const FRONT_END_KEEPS_MS = 600_000;

/** The server that answers at a URL, as Node tells of each request. */
async function serverAt(url: string): Promise<Server> {
  const servers: Server[] = [];
  const note = (message: unknown) => servers.push((message as { server: Server }).server);
  subscribe("http.server.request.start", note);
  try {
    const { headers } = await http(`${url}/health`, { headers: { connection: "keep-alive" } });
    assert.equal(headers["keep-alive"], "timeout=620", "what the server tells a client that keeps connections");
  } finally {
    unsubscribe("http.server.request.start", note);
  }
  const found = servers.find((server) => url.endsWith(`:${(server.address() as AddressInfo).port}`));
  assert.ok(found, `a server of this process answered at ${url}`);
  return found;
}

describe("the connections of", () => {
  afterEach(stopAll);

  it("a service outlast the front end's, and a request that does not arrive ends soon after its own limit", async () => {
    const server = await serve({
      ...{ name: "test", routes: [], port: 0, bindAddress: "127.0.0.1", bodyLimitBytes: 100, drainTimeoutMs: 0 },
      ...{ requestTimeoutMs: 30_000, clock: systemClock, random: () => 0.5 },
      log: createLog({ clock: systemClock, line: () => {} }),
    });
    later(() => server.drain());
    const { keepAliveTimeout, requestTimeout, headersTimeout } = await serverAt(`http://127.0.0.1:${server.port}`);
    assert.ok(keepAliveTimeout > FRONT_END_KEEPS_MS);
    assert.deepEqual({ requestTimeout, headersTimeout }, { requestTimeout: 35_000, headersTimeout: 35_000 });
  });

  it("the auth proxy outlast the front end's; a body has an hour, a header the time of HEADER_TIMEOUT_MS", async () => {
    const backend = await backendFake();
    const proxy = await proxyWith({ BACKEND_URL: backend.url, HEADER_TIMEOUT_MS: "7000" });
    const { keepAliveTimeout, requestTimeout, headersTimeout } = await serverAt(proxy.url);
    assert.ok(keepAliveTimeout > FRONT_END_KEEPS_MS);
    assert.deepEqual({ requestTimeout, headersTimeout }, { requestTimeout: 3_600_000, headersTimeout: 7_000 });
  });

  it("a caller wait as long as the call's own limit says: undici's five minutes do not cut a longer one", async () => {
    const callee = await Fake.start((_, response) => json(response, 200, {}));
    const limits: unknown[] = [];
    const plain = proxyAwareDispatcher({});
    const dispatcher = plain.compose((dispatch) => (options, handler) => {
      limits.push([options.headersTimeout, options.bodyTimeout]);
      return dispatch(options, handler);
    });
    later(() => callee.stop());
    later(() => plain.destroy());
    const tokens = { get: async () => "token", renew: async () => "token" };
    const caller = createCaller({
      ...{ callee: "order", url: callee.url, tokens, dispatcher, clock: systemClock, random: () => 0 },
      timeoutMs: 3_600_000,
    });
    assert.equal((await caller.call({ path: "/" })).status, 200);
    assert.deepEqual(limits, [[0, 0]]);
  });
});
