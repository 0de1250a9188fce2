import * as assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { z } from "zod";
import {
  ask,
  type Caller,
  type CallerOptions,
  createCaller,
  path,
  proxyAwareDispatcher,
  ServiceError,
  systemClock,
  type TokenSource,
} from "../../services/runtime/index";
import { Fake, HeldClock, json, until } from "./support";

const UNAUTHORIZED = {
  "www-authenticate": 'Bearer error="invalid_token" error_description="The access token could not be verified"',
};

describe("the authenticated caller", () => {
  let fake: Fake;
  let tokens: TokenSource & { renewed: string[]; next: string };
  let dispatcher = proxyAwareDispatcher({});

  beforeEach(async () => {
    dispatcher = proxyAwareDispatcher({});
    fake = await Fake.start((_, response) => json(response, 200, { ok: true }));
    tokens = {
      next: "token-1",
      renewed: [],
      get: async () => tokens.next,
      renew: async (_, refused) => {
        tokens.renewed.push(refused);
        return tokens.next;
      },
    };
  });
  afterEach(async () => {
    await dispatcher.destroy();
    await fake.stop();
  });

  function caller(more: Partial<CallerOptions> = {}): Caller {
    const standard = { callee: "order", url: fake.url, tokens, dispatcher, clock: systemClock, random: () => 0 };
    return createCaller({ ...standard, ...more });
  }

  it("sends the token where Cloud Run looks first, and leaves Authorization to the application", async () => {
    const trace = { traceId: "a".repeat(32), spanId: "000000000000000b", sampled: true };
    const headers = { Authorization: "Basic abc", "X-Serverless-Authorization": "Bearer forged" };
    await caller().call({ method: "POST", path: "/orders", json: { a: 1 }, headers, context: { trace } });
    const [seen] = fake.seen;
    assert.equal(seen!.headers["x-serverless-authorization"], "Bearer token-1");
    assert.equal(seen!.headers.authorization, "Basic abc");
    assert.equal(seen!.headers["content-type"], "application/json");
    assert.equal(seen!.headers.traceparent, `00-${"a".repeat(32)}-000000000000000b-01`);
    assert.equal(seen!.headers["x-cloud-trace-context"], `${"a".repeat(32)}/11;o=1`);
    assert.equal(seen!.body, '{"a":1}');
  });

  it("says that it sends JSON only where it does, and leaves empty values out of the query", async () => {
    const query: [string, string][] = [
      ["page", "2"],
      ["filter", ""],
      ["tag", "a b"],
      ["tag", "c"],
    ];
    await caller().call({ path: "/orders", query });
    await caller().call({ path: "users" });
    const [first, second] = fake.seen;
    assert.equal(first!.url, "/orders?page=2&tag=a+b&tag=c");
    assert.equal(first!.method, "GET");
    assert.equal(first!.headers.accept, "application/json");
    assert.equal(first!.headers["content-type"], undefined);
    assert.equal(second!.url, "/users");
  });

  it("reads an answer as JSON by its type alone", async () => {
    const readAs = async (type: string, body = "1") => {
      fake.answer((_, response) => response.writeHead(200, type === "" ? {} : { "content-type": type }).end(body));
      return (await caller().call({ path: "/" })).json;
    };
    for (const type of ["application/json", "application/json; charset=utf-8", "application/problem+json"]) {
      assert.equal(await readAs(type), 1, type);
    }
    for (const type of [
      "",
      "text/plain",
      "text/json",
      "x-application/json",
      "application/jsonp",
      "application/+json",
    ]) {
      assert.equal(await readAs(type), undefined, type);
    }
    assert.equal(await readAs("application/json", ""), undefined, "nothing is no JSON, and no mistake");
  });

  it("refuses an answer that its API does not promise, and says where it differs", async () => {
    fake.answer((_, response) => json(response, 200, { id: 7 }));
    await assert.rejects(ask(caller(), { path: "/" }, z.object({ id: z.string() })), (error: ServiceError) => {
      assert.equal(error.code, "callee-answer-invalid");
      assert.equal(error.message, "order: its answer is not what its API promises");
      assert.deepEqual(
        error.details.map((detail) => detail.path),
        ["id"],
      );
      return true;
    });
  });

  it("sends nothing without a token", async () => {
    tokens.get = async () => {
      throw new ServiceError("token-unavailable", "down");
    };
    await assert.rejects(caller().call({ path: "/orders" }), { code: "token-unavailable" });
    assert.equal(fake.seen.length, 0);
  });

  for (const url of [
    "http://order.run.app",
    "https://order.run.app/path",
    "ftp://order.run.app",
    "order",
    "https://u:p@h",
  ]) {
    it(`refuses ${url}: a token would travel in the clear, or the audience is none`, () => {
      assert.throws(() => caller({ url }), { code: "options-invalid" });
    });
  }

  it("follows no redirect, so that the token goes nowhere else", async () => {
    fake.answer((_, response) => json(response, 302, {}, { location: "https://elsewhere.example/" }));
    assert.equal((await caller().call({ path: "/" })).status, 302);
    assert.equal(fake.seen.length, 1);
  });

  it("gives up at its deadline, whatever state the answer is in", async () => {
    for (const part of ["nothing", "half"]) {
      const clock = new HeldClock();
      fake.answer((_, response) => {
        if (part === "half") response.writeHead(200, { "content-type": "application/json" }).write("[");
      });
      const call = caller({ clock, timeoutMs: 700 }).call({ path: "/" });
      const failed = assert.rejects(call, { code: "callee-timeout", message: "order: no answer within 700 ms" });
      await until(() => fake.seen.length === 1);
      await clock.pass(700);
      await failed;
      assert.equal(clock.waiting, 0);
    }
  });

  it("ends with the request that it is made for, and with its reason", async () => {
    fake.answer(() => {});
    const request = new AbortController();
    const call = caller().call({ path: "/", context: { signal: request.signal } });
    await until(() => fake.seen.length === 1);
    const reason = new ServiceError("client-gone", "gone");
    request.abort(reason);
    await assert.rejects(call, reason);
  });

  for (const [method, sent] of [
    ["GET", 3],
    ["PUT", 3],
    ["DELETE", 3],
    ["POST", 1],
    ["PATCH", 1],
  ] as const) {
    it(`sends ${method} ${sent === 1 ? "once only" : "again"} after 503 and after a lost connection`, async () => {
      fake.answer((_, response) => json(response, 503, {}));
      assert.equal((await caller().call({ method, path: "/" })).status, 503);
      assert.equal(fake.seen.length, sent);
      fake.answer((_, response) => response.socket!.destroy());
      await assert.rejects(caller().call({ method, path: "/" }), { code: "callee-unreachable" });
      assert.equal(fake.seen.length, sent);
    });
  }

  it("takes the first answer that is no failure", async () => {
    fake.answer((_, response) => json(response, fake.seen.length < 3 ? 429 : 200, { at: fake.seen.length }));
    assert.deepEqual((await caller().call({ path: "/" })).json, { at: 3 });
  });

  it("sends a method again when the call says that it may", async () => {
    fake.answer((_, response) => json(response, 503, {}));
    await caller().call({ method: "PATCH", path: "/", idempotent: true });
    assert.equal(fake.seen.length, 3);
  });

  for (const status of [400, 403, 404, 409, 500, 504]) {
    it(`does not send again after ${status}`, async () => {
      fake.answer((_, response) => json(response, status, {}));
      assert.equal((await caller().call({ path: "/" })).status, status);
      assert.equal(fake.seen.length, 1);
    });
  }

  it("waits as long as Retry-After says, in seconds, and not at all when that is past the deadline", async () => {
    const clock = new HeldClock();
    fake.answer((_, response) => json(response, fake.seen.length === 1 ? 503 : 200, {}, { "retry-after": "5" }));
    const call = caller({ clock }).call({ path: "/" });
    await until(() => clock.waiting === 2);
    await clock.pass(4_999);
    assert.equal(fake.seen.length, 1);
    await clock.pass(1);
    assert.equal((await call).status, 200);
    for (const seconds of ["60", "10"]) {
      fake.answer((_, response) => json(response, 503, {}, { "retry-after": seconds }));
      assert.equal((await caller({ clock, timeoutMs: 10_000 }).call({ path: "/" })).status, 503);
      assert.equal(fake.seen.length, 1);
    }
  });

  it("waits up to 100 ms before it sends again, and up to twice as long before the next time", async () => {
    const clock = new HeldClock();
    fake.answer((_, response) => json(response, 503, {}));
    const call = caller({ clock, random: () => 1 }).call({ path: "/" });
    for (const [sent, waitMs] of [
      [1, 100],
      [2, 200],
    ] as const) {
      await until(() => fake.seen.length === sent && clock.waiting === 2);
      await clock.pass(waitMs - 1);
      assert.equal(clock.waiting, 2);
      await clock.pass(1);
    }
    assert.equal((await call).status, 503);
    assert.equal(fake.seen.length, 3);
  });

  it("stops sending again when most calls fail", async () => {
    fake.answer((_, response) => json(response, 503, {}));
    const one = caller();
    for (let call = 0; call < 20; call++) await one.call({ path: "/" });
    assert.equal(fake.seen.length, 20 + 3);
  });

  it("gets one other token when Cloud Run calls the first invalid, whatever the method", async () => {
    fake.answer((seen, response) => {
      const good = seen.headers["x-serverless-authorization"] === "Bearer token-2";
      json(response, good ? 201 : 401, {}, good ? {} : UNAUTHORIZED);
    });
    tokens.renew = async (_, refused) => {
      tokens.renewed.push(refused);
      return "token-2";
    };
    assert.equal((await caller().call({ method: "POST", path: "/", json: {} })).status, 201);
    assert.deepEqual(tokens.renewed, ["token-1"]);
    assert.equal(fake.seen.length, 2);
  });

  it("gives the 401 back when there is no other token, when the other is invalid too, and when it is not about the token", async () => {
    fake.answer((_, response) => json(response, 401, {}, UNAUTHORIZED));
    assert.equal((await caller().call({ path: "/" })).status, 401);
    assert.equal(fake.seen.length, 1);
    tokens.renew = async () => "token-2";
    assert.equal((await caller().call({ path: "/" })).status, 401);
    assert.equal(fake.seen.length, 3);
    for (const [status, headers] of [
      [401, {}],
      [401, { "www-authenticate": "Basic" }],
      [403, UNAUTHORIZED],
    ] as const) {
      fake.answer((_, response) => json(response, status, {}, headers));
      assert.equal((await caller().call({ path: "/" })).status, status);
      assert.equal(fake.seen.length, 1);
    }
  });

  it("does not count another token as one of its retries, and gets no third one", async () => {
    let renewals = 0;
    tokens.renew = async () => `token-${++renewals + 1}`;
    fake.answer((seen, response) => {
      const isFirst = seen.headers["x-serverless-authorization"] === "Bearer token-1";
      json(response, isFirst ? 401 : 503, {}, isFirst ? UNAUTHORIZED : {});
      tokens.next = "token-2";
    });
    assert.equal((await caller({ retries: 2 }).call({ path: "/" })).status, 503);
    assert.equal(fake.seen.length, 1 + 3, "the refused one, then one and its two retries");
    fake.answer((_, response) => json(response, 401, {}, UNAUTHORIZED));
    [tokens.next, renewals] = ["token-1", 0];
    assert.equal((await caller().call({ path: "/" })).status, 401);
    assert.deepEqual([fake.seen.length, renewals], [2, 1]);
  });

  it("says that a call is no proper request: nothing is sent, and no retry is spent", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const mistake = { code: "internal", message: "order: the call cannot be put into a request" };
    const one = caller();
    await assert.rejects(one.call({ path: "/", json: circle, idempotent: true }), mistake);
    const headers = { "x-note": "two\r\nlines" };
    for (let made = 0; made < 10; made++) await assert.rejects(one.call({ path: "/", headers }), mistake);
    assert.equal(fake.seen.length, 0);
    fake.answer((_, response) => json(response, fake.seen.length === 1 ? 503 : 200, {}));
    assert.equal((await one.call({ path: "/" })).status, 200, "mistakes leave the budget of retries alone");
  });

  it("gives back nothing where the answer is nothing and may be", async () => {
    fake.answer((_, response) => response.writeHead(204).end());
    assert.equal(await ask(caller(), { path: "/", method: "DELETE" }, z.undefined()), undefined);
  });

  it("reads no more than its limit, and no JSON that is none", async () => {
    fake.answer((_, response) => json(response, 200, "x".repeat(1_000)));
    await assert.rejects(caller({ answerLimitBytes: 1_001 }).call({ path: "/" }), {
      code: "callee-answer-too-large",
      message: "order: its answer has more than 1001 bytes",
    });
    assert.equal((await caller({ answerLimitBytes: 1_002 }).call({ path: "/" })).json, "x".repeat(1_000));
    fake.answer((_, response) => response.writeHead(200, { "content-type": "application/json" }).end("{"));
    await assert.rejects(caller().call({ path: "/" }), {
      code: "callee-answer-invalid",
      message: "order: its answer is declared as JSON, but is none",
    });
    fake.answer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"));
    assert.equal((await caller().call({ path: "/" })).json, undefined);
  });

  it("goes through the proxy that the environment names, with its credentials, and not where NO_PROXY says", async () => {
    const asked: [string, string][] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push([request.url!, String(request.headers["proxy-authorization"])]);
      const onward = connect(Number(fake.host.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const uri = `http://gateway:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const through = proxyAwareDispatcher({ HTTP_PROXY: uri, NO_PROXY: "localhost" });
    try {
      assert.equal((await caller({ dispatcher: through }).call({ path: "/" })).status, 200);
      const credentials = `Basic ${Buffer.from("gateway:pass").toString("base64")}`;
      assert.deepEqual(asked, [[fake.host, credentials]]);
      await caller({ dispatcher: through, url: fake.url.replace("127.0.0.1", "localhost") }).call({ path: "/" });
      assert.equal(asked.length, 1);
    } finally {
      await through.destroy();
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  for (const [names, asked] of [
    [["https_proxy", "HTTPS_PROXY"], "https_proxy"],
    [["HTTPS_PROXY"], "HTTPS_PROXY"],
  ] as const) {
    it(`goes to the proxy of ${asked} where ${names.join(" and ")} ${names.length > 1 ? "are" : "is"} set`, async () => {
      const hosts: string[] = [];
      const proxies = names.map((name) => ({
        name,
        server: createServer().on("connect", (request, socket) => {
          hosts.push(`${name} ${request.url}`);
          socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        }),
      }));
      for (const { server } of proxies) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const addressOf = (server: (typeof proxies)[0]["server"]) => (server.address() as AddressInfo).port;
      const env = Object.fromEntries(
        proxies.map(({ name, server }) => [name, `http://127.0.0.1:${addressOf(server)}`]),
      );
      const through = proxyAwareDispatcher(env);
      try {
        const one = caller({ dispatcher: through, url: "https://order.run.app", retries: 0 });
        await assert.rejects(one.call({ path: "/" }), {
          code: "callee-unreachable",
          message: "order: the connection failed",
        });
        assert.deepEqual(hosts, [`${asked} order.run.app:443`]);
      } finally {
        await through.destroy();
        for (const { server } of proxies) server.close();
      }
    });
  }

  it("encodes what goes into a path, and refuses what would climb out of it", () => {
    assert.equal(path`/users/${"a/b?c"}/orders`, "/users/a%2Fb%3Fc/orders");
    for (const value of ["..", ".", ""]) assert.throws(() => path`/users/${value}`, { code: "parameter-invalid" });
  });
});
