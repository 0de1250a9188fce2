import * as assert from "node:assert/strict";
import { Script } from "node:vm";
import { after, afterEach, before, describe, it } from "mocha";
import { SCRIPT } from "../../services/frontend/page/script";
import { frontend } from "../../services/frontend/service";
import { type RunningService, startService } from "../../services/runtime/index";
import { Fake, http, json } from "./support";

const env = { PORT: "0", BIND_ADDRESS: "127.0.0.1" };
const start = (chatUrl?: string) => startService(frontend(chatUrl), { env, line: () => {} });

describe("the chat page", () => {
  let service: RunningService;
  let url: string;
  before(async () => {
    service = await start();
    url = `http://127.0.0.1:${service.port}`;
  });
  after(() => service.stop());

  it("is four files, under a policy that lets nothing come from elsewhere, run inline or be framed", async () => {
    for (const [path, type] of [
      ["/", "text/html; charset=utf-8"],
      ["/page.css", "text/css; charset=utf-8"],
      ["/page.js", "text/javascript; charset=utf-8"],
      ["/icon.svg", "image/svg+xml"],
    ] as const) {
      const { status, headers } = await http(url + path);
      assert.deepEqual([status, headers["content-type"]], [200, type]);
      assert.equal(
        headers["content-security-policy"],
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
          "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
      );
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers["referrer-policy"], "no-referrer");
    }
  });

  it("names its own files only, and holds no script, style or handler inline", async () => {
    const { text } = await http(`${url}/`);
    const named = [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1]);
    assert.deepEqual(named, ["/icon.svg", "/page.css", "/page.js"]);
    assert.ok(!/<style|\son\w+=|\sstyle=|<script(?! src=)/.test(text));
    for (const { status } of await Promise.all(named.map((path) => http(url + path)))) assert.equal(status, 200);
  });

  it("labels its field, and has a polite place for what screen readers are told", async () => {
    const { text } = await http(`${url}/`);
    assert.match(text, /<html lang="en">/);
    assert.match(text, /<label for="message">Your message<\/label>\s*<textarea id="message"/);
    assert.match(text, /id="announcement" class="spoken" aria-live="polite"/);
    const described = /aria-describedby="([^"]*)"/.exec(text)![1]!.split(" ");
    for (const id of described) assert.ok(text.includes(`id="${id}"`), id);
  });

  it("keeps light and dark readable, and moves for nobody who has asked for less", async () => {
    const { text } = await http(`${url}/page.css`);
    for (const theme of themes(text)) {
      for (const [front, back] of [
        ["text", "back"],
        ["text", "mine"],
        ["quiet", "back"],
        ["quiet", "mine"],
        ["wrong", "back"],
        ["on-accent", "accent"],
      ] as const) {
        const ratio = contrast(theme[front]!, theme[back]!);
        assert.ok(ratio >= 4.5, `${front} on ${back}: ${ratio.toFixed(2)}`);
      }
    }
    const animated = text.match(/^.*::after \{\n(?:.*\n)*?\s+animation: (?!none)/gm)?.length;
    const stilled = /prefers-reduced-motion: reduce\) \{\s+[^}]+::after \{\s+animation: none;/.test(text);
    assert.deepEqual([animated, stilled], [1, true]);
  });

  it("has a script that parses and makes no markup", () => {
    new Script(SCRIPT);
    assert.ok(!/innerHTML|insertAdjacentHTML|document\.write|eval\(/.test(SCRIPT));
  });

  it("has no /chat of its own: the auth proxy gives that path to the backend", async () => {
    const got = await http(`${url}/chat`, { method: "POST", json: { message: "hi" } });
    assert.deepEqual([got.status, got.json.error.code], [404, "route-unknown"]);
    assert.equal((await http(`${url}/health`)).json.service, "chat-frontend (TypeScript)");
  });
});

describe("the chat page on a laptop", () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function laptop(respond: Parameters<typeof Fake.start>[0]) {
    const proxy = await Fake.start(respond);
    const service = await start(proxy.url);
    stops.push(
      () => service.stop(),
      () => proxy.stop(),
    );
    return { proxy, chat: `http://127.0.0.1:${service.port}/chat` };
  }

  it("hands questions on to CHAT_URL, and streams the answer back", async () => {
    const { proxy, chat } = await laptop((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"text":"é');
      setImmediate(() => response.end('"}\n\n'));
    });
    const got = await http(chat, { method: "POST", json: { message: "hi" }, headers: { origin: "http://localhost" } });
    assert.deepEqual([got.status, got.text], [200, 'data: {"text":"é"}\n\n']);
    assert.equal(got.headers["content-type"], "text/event-stream");
    const { method, url, body, headers } = proxy.seen[0]!;
    assert.deepEqual([method, url, body], ["POST", "/chat", '{"message":"hi"}']);
    assert.deepEqual([headers["origin"], headers["authorization"]], [undefined, undefined]);
  });

  it("hands errors on as they are, and says what a redirect to a sign-in means", async () => {
    const { proxy, chat } = await laptop((_, response) =>
      json(response, 403, { error: { code: "origin-refused", message: "no" } }),
    );
    const refused = await http(chat, { method: "POST", json: {} });
    assert.deepEqual([refused.status, refused.json.error.code], [403, "origin-refused"]);
    proxy.answer((_, response) => response.writeHead(302, { location: "https://accounts.google.com/" }).end());
    const redirected = await http(chat, { method: "POST", json: {} });
    assert.deepEqual(redirected.json.error, {
      code: "callee-refused",
      message: "CHAT_URL: it asks for a sign-in; open it with `gcloud run services proxy` and name that address here",
    });
  });

  it("says that CHAT_URL cannot be reached", async () => {
    const service = await start("http://127.0.0.1:9");
    stops.push(() => service.stop());
    const got = await http(`http://127.0.0.1:${service.port}/chat`, { method: "POST", json: {} });
    const error = { code: "callee-unreachable", message: "CHAT_URL: the connection failed" };
    assert.deepEqual([got.status, got.json], [502, { error }]);
  });

  it("does not start with a CHAT_URL that is no origin", async () => {
    await assert.rejects(start("http://chat.example/x"), {
      code: "options-invalid",
      message:
        "CHAT_URL: allowed: https://HOST without a path (http on loopback); unset it where an auth proxy is in front",
    });
  });
});

/** The colours of each theme, by name. */
function themes(css: string): Record<string, string>[] {
  return [...css.matchAll(/:root \{([^}]*)\}/g)].map((match) =>
    Object.fromEntries([...match[1]!.matchAll(/--([\w-]+): (#\w{6});/g)].map(([, name, value]) => [name!, value!])),
  );
}

/** Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
