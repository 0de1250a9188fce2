import * as assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, it } from "mocha";
import { type HeaderRow, REQUEST_HEADERS } from "../../../services/auth-proxy/rules/header-table";
import { http } from "../support";
import { createRequests, SMUGGLED, seeded } from "./fuzz-requests";
import { handBackend, proxyWith, stopAll } from "./support";

const LEAST_ANSWERS = 100_000;
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_260_101);
const AT_ONCE = 12;
const PER_CONNECTION = 30;
/** Nothing more comes: the last request swallowed what followed as its body, or lacks the end of its own. */
const SILENCE_MS = 500;
/** A machine that is too slow for the whole run says so, rather than run for ever. */
const LONGEST_MS = 240_000;
const KNOWN = [200, 400, 401, 403, 404, 405, 408, 413, 431, 501, 502];

/** What a header that the table does not let pass may hold, as the proxy alone decides it. */
const OURS: Readonly<Record<string, (value: string, host: string) => boolean>> = {
  "x-serverless-authorization": (value) => /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/.test(value),
  host: (value, host) => value === host,
  "x-forwarded-for": (value) => /(^|, )127\.0\.0\.1$/.test(value),
  "x-forwarded-host": (value) => !/[\r\n]/.test(value),
  "x-forwarded-proto": (value) => value === "http" || value === "https",
  te: (value) => value === "trailers",
  connection: (value) => /^(keep-alive|close|upgrade)$/i.test(value),
  upgrade: (value) => value === "websocket",
  "transfer-encoding": (value) => value === "chunked",
};

/** What the table, the paths and the methods forbid and this request has, told without the proxy's own functions. */
function wrongIn({ method = "", url = "", rawHeaders }: IncomingMessage, host: string, ids: Set<string>): string[] {
  const wrong: string[] = [];
  if (!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].includes(method)) wrong.push(`method ${method}`);
  const path = url.split("?")[0]!;
  const segments = unescape(path).split("/");
  const dots = segments.some((segment) => /^\.\.?(;|$)/.test(segment));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  if (!/^\/(chat|api)(\/|$)/.test(path) || /\/\/|[\\#\x00-\x20\x7f-\xff]/.test(path) || dots) wrong.push(`path ${url}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  if (/[\\\x00-\x1f\x7f]/.test(unescape(path))) wrong.push(`path ${url}`);
  const once = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at]!.toLowerCase(), rawHeaders[at + 1]!];
    const dashed = name.replaceAll("_", "-");
    if (!REQUEST_HEADERS.some((row) => row.does !== "passed" && names(row, dashed))) continue;
    if (!OURS[name]?.(value, host) || once.has(name)) wrong.push(`header ${name}: ${value}`);
    once.add(name);
  }
  if (!once.has("x-serverless-authorization") || !once.has("host")) wrong.push("no token or no host");
  const id = rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === "x-fuzz-id") + 1]!;
  if (id === SMUGGLED || ids.has(id)) wrong.push(`request ${id}, which nobody has sent`);
  ids.add(id);
  return wrong;
}

function names(row: HeaderRow, name: string): boolean {
  return row.names.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one));
}

/** Sends requests one after the other without waiting, and reads until the proxy ends the connection or falls silent. */
function statusesOf(port: number, requests: readonly string[]): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let got = "";
    const silence = setTimeout(() => socket.destroy(), SILENCE_MS);
    socket.setEncoding("latin1").on("data", (text) => {
      got += text;
      silence.refresh();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(silence);
      const statuses = [...got.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
      resolve(statuses.filter((status) => status >= 200));
    });
    socket.write(requests.join(""), "latin1");
  });
}

describe("the auth proxy under invented requests", () => {
  afterEach(stopAll);

  it(`answers ${LEAST_ANSWERS} without a crash, and sends nothing on that its rules forbid`, async function () {
    this.timeout(2 * LONGEST_MS);
    const wrong: string[] = [];
    const ids = new Set<string>();
    let forwarded = 0;
    const backend = await handBackend((incoming, response) => {
      forwarded += 1;
      wrong.push(...wrongIn(incoming, backend.host, ids));
      incoming.resume();
      incoming.on("error", () => {});
      if (forwarded % 997 === 0) incoming.socket.destroy();
      else if (forwarded % 991 === 0) response.writeHead(200, { "content-length": 10 }).end("short");
      else if (forwarded % 983 === 0) {
        ids.delete(String(incoming.headers["x-fuzz-id"]));
        response.writeHead(401, { "www-authenticate": "Bearer error=invalid_token" }).end();
      } else response.end("ok");
    });
    const env = { BACKEND_URL: backend.url, ALLOWED_PATHS: "/chat,/api", METRICS_PATH: "/metrics" };
    const proxy = await proxyWith({ ...env, BODY_LIMIT_BYTES: "1000000" });
    const next = createRequests(seeded(SEED));
    const untilMs = performance.now() + LONGEST_MS;
    const answers = new Map<number, number>();
    let answered = 0;
    let connections = 0;
    const work = async () => {
      while (answered < LEAST_ANSWERS && wrong.length === 0 && performance.now() < untilMs) {
        const requests = Array.from({ length: PER_CONNECTION }, next);
        const id = `X-Fuzz-Id: last-${++connections}`;
        requests.push(`GET /chat HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${id}\r\n\r\n`);
        for (const status of await statusesOf(proxy.port, requests)) {
          answered += 1;
          answers.set(status, (answers.get(status) ?? 0) + 1);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const told = JSON.stringify(Object.fromEntries(answers));
    assert.deepEqual(wrong, [], `seed ${SEED}`);
    assert.ok(answered >= LEAST_ANSWERS, `${answered} answers on ${connections} connections`);
    assert.deepEqual(
      [...answers.keys()].filter((status) => !KNOWN.includes(status)),
      [],
      told,
    );
    for (const status of [200, 400, 403, 404, 405, 413, 501, 502]) assert.ok((answers.get(status) ?? 0) > 0, told);
    assert.ok(forwarded > LEAST_ANSWERS / 4, `${forwarded} were forwarded: ${told}`);
    assert.deepEqual(
      proxy.log.filter(({ code, severity }) => code === "internal" || severity === "ERROR"),
      [],
    );
    assert.equal((await http(`${proxy.url}/chat`, { headers: { "x-fuzz-id": "after" } })).text, "ok");
    const { text } = await http(`${proxy.url}/metrics`);
    assert.match(text, /^auth_proxy_in_flight 0$/m);
  });
});
