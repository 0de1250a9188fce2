import * as assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { lookEveryMs } from "../../../services/auth-proxy/core";
import type { Backend } from "../../../services/auth-proxy/forward/backend";
import { backendError, rawError, tokenError } from "../../../services/auth-proxy/forward/failure";
import { createMetrics } from "../../../services/auth-proxy/observe/metrics";
import type { ProxyOptions } from "../../../services/auth-proxy/options";
import type { HeaderRow } from "../../../services/auth-proxy/rules/header-table";
import { fates } from "../../../services/auth-proxy/rules/header-table";
import { clientTrailers, protocolOf, refusesToken, valueIn } from "../../../services/auth-proxy/rules/headers";
import { createRoutes, isUnder, pathOf } from "../../../services/auth-proxy/rules/target";
import { ServiceError } from "../../../services/runtime/index";

const backend = { callee: "backend", origin: "https://b-1.run.app" } as Backend;
const incoming = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;

describe("a path at the auth proxy", () => {
  for (const [target, message] of [
    ["/a#b", 'the target holds a "#"; a fragment is not sent'],
    ["/?a#b", 'the target holds a "#"; a fragment is not sent'],
    ["http://h/", "the target is no path; allowed: /PATH, with the host in Host"],
    ["*", "the target is no path; allowed: /PATH, with the host in Host"],
    ["/é", "the target holds a character that must be percent-encoded"],
    ["/a b", "the target holds a character that must be percent-encoded"],
    ["/?a b", "the target holds a character that must be percent-encoded"],
    ["/a%", 'the path holds a "%" that encodes nothing'],
    ["/a%2", 'the path holds a "%" that encodes nothing'],
    ["/a%2g", 'the path holds a "%" that encodes nothing'],
    ["/a//b", "the path holds an empty segment (//)"],
    ["//", "the path holds an empty segment (//)"],
    ["/a\\b", "the path holds a backslash"],
    ["/a%5Cb", "the path holds a backslash"],
    ["/a%1F", "the path holds a control character"],
    ["/a%7f", "the path holds a control character"],
    ["/a/.", 'the path holds a "." or ".." segment'],
    ["/a/..;v=1/b", 'the path holds a "." or ".." segment'],
    ["/%2E%2e", 'the path holds a "." or ".." segment'],
  ] as const) {
    it(`is refused where the target is ${target}: ${message}`, () => {
      assert.throws(() => pathOf(target), { name: "ServiceError", message });
    });
  }

  for (const [target, path] of [
    ["/", "/"],
    ["/?", "/"],
    ["/a/b?c=//d/../e?f", "/a/b"],
    ["/a%20b%7e", "/a%20b%7e"],
    ["/.a/..b/c.", "/.a/..b/c."],
    ["/a;v=1/;b", "/a;v=1/;b"],
  ] as const) {
    it(`of ${target} is ${path}`, () => assert.equal(pathOf(target), path));
  }

  it("lies under a prefix by whole segments, and under the longest of several", () => {
    const under = (prefix: string) =>
      ["/", "/chat", "/chat/", "/chat/1", "/chatter", "/a/chat"].filter((path) => isUnder(path, prefix));
    assert.deepEqual(under("/chat"), ["/chat", "/chat/", "/chat/1"]);
    assert.equal(under("/").length, 6);
    const routes = new Map([
      ["/", "all"],
      ["/chat/new", "new"],
      ["/chat", "chat"],
    ]);
    const found = ["/x", "/chat", "/chat/newer", "/chat/new/1"].map(createRoutes(routes));
    assert.deepEqual(found, ["all", "chat", "chat", "new"]);
    assert.equal(createRoutes(new Map([["/chat", 1]]))("/x"), undefined);
  });
});

describe("a header at the auth proxy", () => {
  it("has the fate of its own row, else of the row whose prefix it has, in any case; else it passes", () => {
    const rows: HeaderRow[] = [
      { names: ["x-a-*", "via"], does: "dropped", why: "" },
      { names: ["x-a-kept"], does: "passed", why: "" },
      { names: ["x-set"], does: "set", why: "" },
    ];
    const fateOf = fates(rows);
    for (const round of ["first", "remembered"]) {
      const fate = ["X-A-b", "x_a_b", "VIA", "viable", "x-a-kept", "x-set", "X-Set", "x_set", "x-other", "x-a"].map(
        fateOf,
      );
      assert.deepEqual(
        fate,
        ["dropped", "dropped", "dropped", "passed", "passed", "set", "set", "dropped", "passed", "passed"],
        round,
      );
    }
  });

  it("is found in a raw list by its name, several as one", () => {
    const raw = ["Link", "<a>", "X-B", "1", Buffer.from("LINK"), Buffer.from("<b>\xe9", "latin1"), "Linked", "no"];
    assert.equal(valueIn(raw, "link"), "<a>, <b>\xe9");
    assert.equal(valueIn(raw, "x-b"), "1");
    assert.equal(valueIn(raw, "x-c"), undefined);
  });

  it("comes as a trailer where it frames, routes and guards nothing", () => {
    const names = [
      ...["X-Checksum", "Server-Timing", "Content-Length", "content-type", "Set-Cookie", "Authorization", "Host"],
      ...["WWW-Authenticate", "Cache-Control", "Age", "Date", "Expires", "Vary", "Transfer-Encoding", "Proxy-Status"],
      ...["X-Host", "X-Goog-IAP-JWT-Assertion"],
    ];
    const raw = names.flatMap((name) => [name, "1"]);
    assert.deepEqual(clientTrailers(raw), [
      ["X-Checksum", "1"],
      ["Server-Timing", "1"],
      ["X-Host", "1"],
    ]);
    assert.deepEqual(clientTrailers(null), []);
  });

  it("says that Cloud Run refuses the proxy's token, unless the client sent credentials that it may be about", () => {
    const invalid = ["WWW-Authenticate", 'Bearer error="invalid_token"'];
    const own = incoming({ authorization: "Bearer mine" });
    assert.equal(refusesToken(invalid, incoming({}), "x-serverless-authorization"), true);
    assert.equal(refusesToken(invalid, own, "x-serverless-authorization"), false);
    assert.equal(refusesToken(invalid, own, "authorization"), true, "the client's own was replaced");
    assert.equal(refusesToken(["WWW-Authenticate", "Basic"], incoming({}), "x-serverless-authorization"), false);
    assert.equal(refusesToken([], incoming({}), "x-serverless-authorization"), false);
  });

  it("tells the protocol that the front end saw", () => {
    const told = ["https", "http", "HTTPS", "https, http", ""].map((proto) =>
      protocolOf(incoming({ "x-forwarded-proto": proto })),
    );
    assert.deepEqual(told, ["https", "http", "http", "http", "http"]);
    assert.equal(protocolOf(incoming({})), "http");
  });
});

describe("a deadline at the auth proxy", () => {
  it("is noticed an eighth of the shortest limit late, at most, and never later than half a second", () => {
    const every = (requestTimeoutMs: number, streamIdleTimeoutMs: number) =>
      lookEveryMs({ requestTimeoutMs, streamIdleTimeoutMs } as ProxyOptions);
    assert.deepEqual(
      [every(800, 300_000), every(300_000, 800), every(30_000, 300_000), every(1, 1)],
      [100, 100, 500, 5],
    );
  });
});

describe("what went wrong behind the auth proxy", () => {
  const withCode = (code: string) => Object.assign(new Error("insides"), { code });
  const named = (name: string) => Object.assign(new Error("insides"), { name });

  for (const [what, cause, code, message] of [
    ["no connection in time", withCode("UND_ERR_CONNECT_TIMEOUT"), "callee-timeout", "no connection in time"],
    [
      "a header over the limit",
      withCode("UND_ERR_HEADERS_OVERFLOW"),
      "callee-answer-invalid",
      "its answer is not proper HTTP",
    ],
    [
      "a length that is not kept",
      withCode("UND_ERR_RES_CONTENT_LENGTH_MISMATCH"),
      "callee-answer-invalid",
      "its answer is not proper HTTP",
    ],
    [
      "a header that Node refuses",
      withCode("ERR_INVALID_CHAR"),
      "callee-answer-invalid",
      "its answer is not proper HTTP",
    ],
    [
      "a status that Node refuses",
      withCode("ERR_HTTP_INVALID_STATUS_CODE"),
      "callee-answer-invalid",
      "its answer is not proper HTTP",
    ],
    ["no HTTP", named("HTTPParserError"), "callee-answer-invalid", "its answer is not proper HTTP"],
    ["a bad upgrade", new Error("bad upgrade"), "callee-answer-invalid", "its answer is not proper HTTP"],
    ["a bad response", new Error("bad response"), "callee-answer-invalid", "its answer is not proper HTTP"],
    ["words like those", new Error("a bad response to this"), "callee-unreachable", "the connection failed"],
    ["a reset", withCode("ECONNRESET"), "callee-unreachable", "the connection failed"],
    ["a code within another", withCode("X_ERR_HTTP_2"), "callee-unreachable", "the connection failed"],
    ["nothing that is known", {}, "callee-unreachable", "the connection failed"],
  ] as const) {
    it(`is ${code} for ${what}, with the cause for the log alone`, () => {
      const error = backendError(backend, cause);
      assert.deepEqual([error.code, error.message, error.cause], [code, `backend: ${message}`, cause]);
    });
  }

  it("stays what it is where it has a code, but says nothing of the metadata server", () => {
    const known = new ServiceError("callee-timeout", "known");
    assert.equal(backendError(backend, known), known);
    const cause = new ServiceError("token-invalid", "the metadata server at 10.0.0.1 answered with something");
    const error = tokenError(backend, cause);
    assert.equal(error.code, "token-invalid");
    assert.match(error.message, /^backend: /);
    assert.ok(!error.message.includes("10.0.0.1"));
    assert.equal(error.cause, cause);
    assert.equal(tokenError(backend, new Error("insides")).code, "token-unavailable");
  });

  it("is told as JSON also where there is no response object, and ends the connection", () => {
    assert.equal(
      rawError(new ServiceError("request-malformed", "the request names no Host – none")),
      [
        "HTTP/1.1 400 Bad Request",
        "content-type: application/json; charset=utf-8",
        "content-length: 85",
        "connection: close",
        "",
        '{"error":{"code":"request-malformed","message":"the request names no Host – none"}}',
      ].join("\r\n"),
    );
    assert.match(rawError(new ServiceError("client-gone", "gone")), /^HTTP\/1\.1 499 Error\r\n/);
  });
});

describe("the auth proxy's metrics", () => {
  it("count each request by backend and status, its error, and its time in every bucket that holds it", () => {
    const metrics = createMetrics();
    const ended = (seconds: number, more: { status?: number; code?: string; backend?: Backend }) =>
      metrics.ended({
        incoming: incoming({}),
        status: undefined,
        backend: undefined,
        code: undefined,
        ...more,
        seconds,
      });
    ended(0.005, { status: 200, backend });
    ended(0.006, { status: 200, backend });
    ended(0.3, { status: 200, backend });
    ended(60, { status: 504, backend, code: "callee-timeout" });
    ended(0.5, { code: "client-gone" });
    const upTo = (le: number, count: number) => `auth_proxy_request_seconds_bucket{le="${le}"} ${count}`;
    assert.deepEqual(metrics.text(2).split("\n"), [
      "# HELP auth_proxy_requests_total Requests that have ended; status 0 is one whose client left first.",
      "# TYPE auth_proxy_requests_total counter",
      'auth_proxy_requests_total{backend="backend",status="200"} 3',
      'auth_proxy_requests_total{backend="backend",status="504"} 1',
      'auth_proxy_requests_total{backend="",status="0"} 1',
      "# HELP auth_proxy_errors_total Requests that the proxy itself ended, by error code.",
      "# TYPE auth_proxy_errors_total counter",
      'auth_proxy_errors_total{code="callee-timeout"} 1',
      'auth_proxy_errors_total{code="client-gone"} 1',
      "# HELP auth_proxy_in_flight Requests and WebSockets under way.",
      "# TYPE auth_proxy_in_flight gauge",
      "auth_proxy_in_flight 2",
      "# HELP auth_proxy_request_seconds Time from a request's header to the end of its answer.",
      "# TYPE auth_proxy_request_seconds histogram",
      upTo(0.005, 1),
      ...[0.01, 0.025, 0.05, 0.1, 0.25].map((le) => upTo(le, 2)),
      ...[0.5, 1, 2.5, 5, 10, 30].map((le) => upTo(le, 4)),
      'auth_proxy_request_seconds_bucket{le="+Inf"} 5',
      "auth_proxy_request_seconds_sum 60.811",
      "auth_proxy_request_seconds_count 5",
      "",
    ]);
  });
});
