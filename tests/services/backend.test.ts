import * as assert from "node:assert/strict";
import { request } from "node:http";
import { after, afterEach, before, describe, it } from "mocha";
import { answerTo, questionIn } from "../../services/backend/answer";
import { chatBackend } from "../../services/backend/service";
import { type Clock, type RunningService, startService, systemClock } from "../../services/runtime/index";
import { AUDIENCE, assertion, google, keySet, now } from "./iap/support";
import { http, until } from "./support";

/** The system's clock, whose timers of a word's pause are counted, and run at once when told to. */
function countingClock(hasten: boolean) {
  const pauses = { begun: 0, cancelled: 0 };
  const clock: Clock = {
    now: systemClock.now,
    after(ms, run) {
      if (ms !== 40) return systemClock.after(ms, run);
      pauses.begun += 1;
      const cancel = systemClock.after(hasten ? 0 : 60_000, run);
      return () => {
        pauses.cancelled += 1;
        cancel();
      };
    },
  };
  return { clock, pauses };
}

describe("the chat backend", () => {
  let service: RunningService;
  let url: string;
  before(async () => {
    const world = { clock: countingClock(true).clock, line: () => {}, env: { PORT: "0", BIND_ADDRESS: "127.0.0.1" } };
    service = await startService(chatBackend(), world);
    url = `http://127.0.0.1:${service.port}`;
  });
  after(() => service.stop());

  it("streams its answer word by word, then says that it is done", async () => {
    const got = await http(`${url}/chat`, { method: "POST", json: { message: " hello  there " } });
    assert.equal(got.status, 200);
    assert.equal(got.headers["content-type"], "text/event-stream; charset=utf-8");
    assert.equal(got.headers["cache-control"], "no-store");
    const events = got.text.trimEnd().split("\n\n");
    const last = events.pop();
    const words = events.map((event) => JSON.parse(event.replace(/^data: /, "")).text as string);
    assert.equal(words.join(""), answerTo({ message: "hello  there", history: [] }, undefined));
    assert.ok(words.every((word) => /^\S+\s?/.test(word)));
    assert.equal(last, `event: done\ndata: {"words":${words.length}}`);
  });

  it("says the same to the same, counts the conversation, and greets whom the proxy has verified", async () => {
    const end =
      "I am a small program with one fixed answer and no language model; each of these words reaches you as it is sent.";
    assert.equal(
      answerTo({ message: "hi", history: [] }, undefined),
      `Hello. You wrote one word: “hi”. It is your first message. ${end}`,
    );
    const history = [
      { role: "user", text: "a" },
      { role: "assistant", text: "b" },
    ] as const;
    assert.equal(
      answerTo({ message: "how are you", history }, "ada@acme.example"),
      `Hello, ada@acme.example. You wrote 3 words: “how are you”. It is message 2 of this conversation. ${end}`,
    );
    const headers = { "x-auth-proxy-user": "accounts.google.com:1", "x-auth-proxy-email": "ada@acme.example" };
    const got = await http(`${url}/chat`, { method: "POST", json: { message: "hi" }, headers });
    assert.match(got.text, /"Hello, "[\s\S]*"ada@acme\.example\. "/);
  });

  it("believes nobody's unsigned word for who is signed in: not IAP's own headers, which anybody can set", async () => {
    const said = "accounts.google.com:root@acme.example";
    for (const header of [
      "x-goog-authenticated-user-email",
      "x-goog-authenticated-user-id",
      "x-forwarded-email",
      "x-forwarded-user",
      "x-iap-jwt-assertion-email",
      "remote-user",
    ]) {
      const headers = { [header]: said };
      const got = await http(`${url}/chat`, { method: "POST", json: { message: "hi" }, headers });
      assert.match(got.text, /^data: \{"text":"Hello\. "\}\n\n/, header);
      const verified = { ...headers, "x-auth-proxy-email": "ada@acme.example" };
      const greeted = await http(`${url}/chat`, { method: "POST", json: { message: "hi" }, headers: verified });
      assert.match(greeted.text, /"ada@acme\.example\. "/, header);
      assert.doesNotMatch(greeted.text, /root/, header);
    }
  });

  it("refuses what is no question, with everything that is wrong", async () => {
    const got = await http(`${url}/chat`, { method: "POST", json: { message: " ", history: [{ role: "system" }] } });
    assert.equal(got.status, 400);
    const message = "allowed: text of 1 to 4000 characters";
    const turns = 'allowed: a list of at most 100 turns, each { "role": "user" or "assistant", "text": "…" }';
    assert.deepEqual(got.json.error, {
      code: "body-invalid",
      message: `message: ${message}; history: ${turns}`,
      details: [
        { path: "message", message },
        { path: "history", message: turns },
      ],
    });
    for (const body of [
      null,
      [],
      "hi",
      { message: 1 },
      { message: "x".repeat(4_001) },
      { message: "a", history: "b" },
    ]) {
      assert.throws(() => questionIn(body), { code: "body-invalid" });
    }
    assert.equal((await http(`${url}/chat`, { method: "PUT" })).json.error.code, "method-unknown");
  });

  it("sends whoever opens it back to the page", async () => {
    const { status, headers } = await http(`${url}/chat`);
    assert.deepEqual([status, headers["location"]], [303, "/"]);
  });

  it("tells that it runs", async () => {
    const { json } = await http(`${url}/health`);
    assert.deepEqual(json, { service: "chat-backend (TypeScript)", status: "ok" });
  });
});

describe("the chat backend behind Identity-Aware Proxy", () => {
  const clock: Clock = { ...countingClock(true).clock, now: () => now * 1000 };
  const env = { PORT: "0", BIND_ADDRESS: "127.0.0.1", IAP_AUDIENCE: AUDIENCE, DRAIN_TIMEOUT_MS: "0" };
  let service: RunningService;
  before(async () => {
    service = await startService(chatBackend(), { clock, env, line: () => {}, loadIapKeys: async () => keySet });
  });
  after(() => service.stop());
  const ask = (headers: Record<string, string>) =>
    http(`http://127.0.0.1:${service.port}/chat`, { method: "POST", json: { message: "hi" }, headers });

  it("greets whom the assertion names, whatever other headers say", async () => {
    const forged = { "x-auth-proxy-email": "eve@acme.example", "x-goog-authenticated-user-email": "eve@acme.example" };
    const got = await ask({ ...forged, "x-goog-iap-jwt-assertion": assertion(google) });
    assert.equal(got.status, 200);
    assert.ok(got.text.includes(`"Hello, "`) && got.text.includes(`"${google.email}. "`), got.text);
    assert.ok(!got.text.includes("eve@"), got.text);
  });

  it("answers nobody without one", async () => {
    const got = await ask({ "x-auth-proxy-email": "ada@acme.example" });
    assert.equal(got.status, 401);
    assert.equal(got.json.error.code, "identity-missing");
  });
});

describe("the chat backend's clients", () => {
  let service: RunningService | undefined;
  afterEach(() => service?.stop());

  it("stop it when they go: no word is made for nobody", async () => {
    const { clock, pauses } = countingClock(false);
    const lines: string[] = [];
    const env = { PORT: "0", BIND_ADDRESS: "127.0.0.1" };
    service = await startService(chatBackend(), { clock, env, line: (line) => lines.push(line) });
    const headers = { "content-type": "application/json" };
    const options = { method: "POST", headers, agent: false };
    let got = "";
    const outgoing = request(`http://127.0.0.1:${service.port}/chat`, options, (incoming) => {
      incoming.setEncoding("utf8").on("data", (text) => {
        got += text;
      });
      incoming.on("error", () => {});
    });
    outgoing.on("error", () => {});
    outgoing.end('{"message":"hi"}');
    await until(() => got !== "");
    assert.equal(got, 'data: {"text":"Hello. "}\n\n');
    assert.deepEqual(pauses, { begun: 1, cancelled: 0 });
    outgoing.destroy();
    await until(() => pauses.cancelled === 1);
    assert.equal(pauses.begun, 1);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).severity),
      ["INFO"],
      "a client that goes is no failure",
    );
  });
});
