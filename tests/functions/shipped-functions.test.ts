/** The functions of the example, each in the real framework, outside of production: there it would answer with a stack. */
import * as assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { freePort } from "../services/implementations";

const ROOT = path.join(__dirname, "../..");
const FRAMEWORK = require.resolve("@google-cloud/functions-framework").replace(/index\.js$/, "main.js");
const BIND = path.join(ROOT, "sandbox/running/bind-address.cjs");

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** A function that runs, and what it answers. */
class Running {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  static async start(folder: string, target: string): Promise<Running> {
    const port = await freePort();
    const child = spawn(process.execPath, ["-r", BIND, FRAMEWORK, `--target=${target}`, "--signature-type=http"], {
      cwd: path.join(ROOT, folder),
      env: { PATH: process.env["PATH"], PORT: String(port), BIND_ADDRESS: "127.0.0.1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const text of child.stdout) if (String(text).includes("URL:")) break;
    return new Running(child, port);
  }

  async send({ method = "POST", headers = {}, body }: Sent): Promise<Answer> {
    const request = httpRequest({ port: this.port, host: "127.0.0.1", method, headers, agent: false }).end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    return { status: response.statusCode ?? 0, headers: response.headers, body: text };
  }

  /** Status, and the answer as JSON. */
  async json(body: unknown): Promise<[number, unknown]> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await this.send({ headers: JSON_BODY, body: text });
    return [answer.status, JSON.parse(answer.body)];
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "close");
    this.child.kill("SIGKILL");
    await ended;
  }
}

const JSON_BODY = { "Content-Type": "application/json" };
const WRONG = "the body has fields that are not taken";

const functions = [
  {
    folder: "functions/account-scoring",
    target: "scoreAccount",
    good: { openDeals: true, recentContact: false, renewal: true },
    answers: { score: 70, because: ["openDeals", "renewal"] },
  },
  {
    folder: "functions/account-summary",
    target: "summarizeAccount",
    good: { account: "Acme", score: 70 },
    answers: { summary: "Acme is ready for an offer" },
  },
];

for (const { folder, target, good, answers } of functions) {
  describe(`${target} of ${folder}`, () => {
    let running: Running;
    before(async () => {
      running = await Running.start(folder, target);
    });
    after(() => running?.stop());

    const failure = (code: string, message: string, more: object = {}) => ({ error: { code, message, ...more } });

    it("answers what it takes", async () => {
      assert.deepEqual(await running.json(good), [200, answers]);
      const headers = { "Content-Type": "application/json; charset=utf-8" };
      assert.equal((await running.send({ headers, body: JSON.stringify(good) })).status, 200);
    });

    it("takes no other method, and says which", async () => {
      for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        const { status, headers, body } = await running.send({ method });
        assert.deepEqual([status, headers.allow], [405, "POST"]);
        assert.deepEqual(JSON.parse(body), failure("method-unknown", `${method} is not allowed; allowed: POST`));
      }
      const head = await running.send({ method: "HEAD" });
      assert.deepEqual([head.status, head.headers.allow, head.body], [405, "POST", ""]);
    });

    it("takes JSON alone", async () => {
      for (const [type, said] of [
        ["text/plain", "text/plain"],
        ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded"],
        [undefined, ""],
      ]) {
        const headers = type !== undefined && { headers: { "Content-Type": type } };
        const { status, body } = await running.send({ ...headers, body: JSON.stringify(good) });
        const message = `got "${said}"; allowed: application/json`;
        assert.deepEqual([status, JSON.parse(body)], [415, failure("media-type-unsupported", message)]);
      }
    });

    it("says of a body that is no JSON object that it is none, before and after the framework has parsed it", async () => {
      for (const body of ["{", "", "7", '"x"', "null", "[]", '{"account": NaN}', "\u0000"]) {
        const expected = [400, failure("body-not-json", "the body is no JSON object")];
        assert.deepEqual(await running.json(body), expected, JSON.stringify(body));
      }
    });

    it("answers in its own form what else the framework cannot read", async () => {
      const encoded = await running.send({ headers: { ...JSON_BODY, "Content-Encoding": "zstd-x" }, body: "{}" });
      const message = "the body is in an encoding or a character set that is not taken";
      assert.deepEqual([encoded.status, JSON.parse(encoded.body)], [415, failure("media-type-unsupported", message)]);
      const charset = await running.send({
        headers: { "Content-Type": "application/json; charset=ebcdic" },
        body: "{}",
      });
      assert.deepEqual([charset.status, JSON.parse(charset.body).error.message], [415, message]);
      const zipped = await running.send({ headers: { ...JSON_BODY, "Content-Encoding": "gzip" }, body: "no gzip" });
      assert.deepEqual(JSON.parse(zipped.body), failure("body-not-json", "the body is no JSON object"));
    });

    it("takes 10000 bytes and no more, compressed ones counted as they are", async () => {
      const padded = (bytes: number) => JSON.stringify(good).padEnd(bytes, " ");
      assert.deepEqual(await running.json(padded(10_000)), [200, answers]);
      const expected = [413, failure("body-too-large", "the body has more than 10000 bytes")];
      assert.deepEqual(await running.json(padded(10_001)), expected);
      const headers = { ...JSON_BODY, "Content-Encoding": "gzip" };
      const { status, body } = await running.send({ headers, body: gzipSync(padded(10_001)) });
      assert.deepEqual([status, JSON.parse(body)], expected);
    });

    it("tells nobody where it runs", async () => {
      const tried: Sent[] = [
        { headers: JSON_BODY, body: "{" },
        { headers: JSON_BODY, body: "[" },
        { headers: JSON_BODY, body: '{"__proto__": {"a": 1}}' },
        { headers: { "Content-Type": "application/cloudevents+json" }, body: "{" },
        { headers: { "Content-Type": "text/plain; charset=x" }, body: "x" },
        { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: `${"a&".repeat(2000)}` },
        { method: "GET" },
      ];
      for (const sent of tried) {
        const { status, headers, body } = await running.send(sent);
        assert.match(headers["content-type"] ?? "", /^application\/json/, JSON.stringify(sent));
        assert.ok(status >= 400 && status < 500, String(status));
        assert.doesNotMatch(body, /node_modules|\.js|\bat |\/\w+\/|Error/);
      }
    });
  });
}

describe("what is wrong with a body", () => {
  it("is told field by field, all at once, by account-scoring", async () => {
    const running = await Running.start("functions/account-scoring", "scoreAccount");
    try {
      assert.deepEqual(await running.json({ openDeals: "yes", renewal: null, recentContact: true, color: 1 }), [
        400,
        {
          error: {
            code: "body-invalid",
            message: WRONG,
            details: [
              { path: "openDeals", message: "got a string; allowed: true or false" },
              { path: "renewal", message: "got null; allowed: true or false" },
              { path: "color", message: "unknown; allowed: openDeals, recentContact, renewal" },
            ],
          },
        },
      ]);
      assert.deepEqual(await running.json({}), [200, { score: 0, because: [] }]);
    } finally {
      await running.stop();
    }
  });

  it("is told field by field, all at once, by account-summary", async () => {
    const running = await Running.start("functions/account-summary", "summarizeAccount");
    try {
      const details = async (body: object) => {
        const [status, { error }] = (await running.json(body)) as [number, { error: Record<string, unknown> }];
        assert.deepEqual([status, error["code"], error["message"]], [400, "body-invalid", WRONG]);
        return error["details"];
      };
      const account = "allowed: a text of 1 to 100 characters";
      const score = "allowed: a number from 0 to 100";
      assert.deepEqual(await details({}), [
        { path: "account", message: `got nothing; ${account}` },
        { path: "score", message: `got nothing; ${score}` },
      ]);
      assert.deepEqual(await details({ account: " ", score: 101, more: [] }), [
        { path: "account", message: `got another text; ${account}` },
        { path: "score", message: `got another number; ${score}` },
        { path: "more", message: "unknown; allowed: account, score" },
      ]);
      assert.deepEqual(await details({ account: "a".repeat(101), score: "70" }), [
        { path: "account", message: `got another text; ${account}` },
        { path: "score", message: `got a string; ${score}` },
      ]);
      for (const [value, state] of [
        [0, "quiet"],
        [29.5, "quiet"],
        [30, "worth a call"],
        [100, "ready for an offer"],
      ]) {
        assert.deepEqual(await running.json({ account: " Acme ", score: value }), [
          200,
          { summary: `Acme is ${state}` },
        ]);
      }
    } finally {
      await running.stop();
    }
  });

  it("is told in the same few lines by each function, as each is deployed on its own", () => {
    const folders = readdirSync(path.join(ROOT, "functions"));
    const texts = folders.map((name) => readFileSync(path.join(ROOT, "functions", name, "requests.js"), "utf8"));
    assert.ok(folders.length > 1);
    assert.equal(new Set(texts).size, 1);
  });
});
