import * as assert from "node:assert/strict";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../services/runtime/index";

export { until } from "../support/until";

/** A clock that stands until it is moved. Timers run in order, each after the promises before it have settled. */
export class HeldClock implements Clock {
  #timers: { atMs: number; run: () => void }[] = [];

  constructor(private nowMs = Date.UTC(2026, 0, 1)) {}

  now = (): number => this.nowMs;

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#timers.filter((one) => one.atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = untilMs;
    await settled();
  }

  get waiting(): number {
    return this.#timers.length;
  }
}

/** Lets everything run that is ready to. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A token that reads like one of Google's; nothing in a service checks the signature. */
export function idToken(audience: string, expiresAtMs: number, more: Record<string, unknown> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: "https://accounts.google.com", aud: audience, exp: Math.floor(expiresAtMs / 1000), ...more };
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c2lnbmF0dXJl`;
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that notes what it is asked, and answers as the test says. */
export class Fake {
  readonly seen: Seen[] = [];
  #server!: Server;

  private constructor(private respond: (seen: Seen, response: ServerResponse) => void) {}

  static async start(respond: (seen: Seen, response: ServerResponse) => void): Promise<Fake> {
    const fake = new Fake(respond);
    fake.#server = createServer(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const { method = "", url = "", headers } = incoming;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
      fake.seen.push(seen);
      fake.respond(seen, response);
    });
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  answer(respond: (seen: Seen, response: ServerResponse) => void): void {
    this.respond = respond;
    this.seen.length = 0;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** The server underneath, for tests that need its raw connections. */
  get server(): Server {
    return this.#server;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** A metadata server that mints for whatever audience it is asked, an hour ahead. */
export function metadataFake(): Promise<Fake> {
  return Fake.start((seen, response) => {
    const url = new URL(seen.url, "http://metadata");
    const refused = seen.headers["metadata-flavor"] !== "Google" || seen.headers["x-forwarded-for"] !== undefined;
    if (refused) response.writeHead(403).end();
    else if (url.pathname.endsWith("/identity")) {
      response.writeHead(200, { "metadata-flavor": "Google", "content-type": "text/html" });
      response.end(idToken(url.searchParams.get("audience")!, Date.now() + 3_600_000));
    } else {
      const account = JSON.stringify({ email: "gateway@acme-dev.iam.gserviceaccount.com", scopes: [] });
      const whole = url.pathname.endsWith("/default/");
      response.setHeader("metadata-flavor", "Google");
      response.setHeader("content-type", whole ? "application/json" : "application/text");
      response.end(whole ? account : url.pathname.endsWith("/project-id") ? "acme-dev" : "");
    }
  });
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many forms
  readonly json: any;
  readonly text: string;
}

/** One request on a connection of its own. */
export function http(
  url: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: string; json?: unknown } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const body = options.json === undefined ? options.body : JSON.stringify(options.json);
    const headers = { ...(options.json !== undefined && { "content-type": "application/json" }), ...options.headers };
    const outgoing = request(url, { method: options.method ?? "GET", headers, agent: false }, async (incoming) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const isJson = incoming.headers["content-type"]?.startsWith("application/json");
      resolve({
        status: incoming.statusCode!,
        headers: incoming.headers,
        text,
        json: isJson && text ? JSON.parse(text) : undefined,
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** The token in a request, in whichever of the two headers, with its claims. */
export function claimsOf(seen: Seen): Record<string, unknown> {
  const header = seen.headers["x-serverless-authorization"] ?? seen.headers.authorization;
  const [, token] = /^Bearer (\S+)$/.exec(String(header)) ?? [];
  assert.ok(token, `${seen.method} ${seen.url} carries no token`);
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
}
