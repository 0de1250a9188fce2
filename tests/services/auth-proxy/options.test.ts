import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readProxyOptions } from "../../../services/auth-proxy/options";
import type { ServiceError } from "../../../services/runtime/index";

const A = "https://a-1.europe-west9.run.app";
const routes = (env: Record<string, string>) => Object.fromEntries(readProxyOptions(env).routes);

describe("the auth proxy's environment", () => {
  it("needs one URL and nothing else", () => {
    const { routes: map, paths, origins, methods, http2, ...rest } = readProxyOptions({ BACKEND_URL: A });
    assert.deepEqual([...map], [["/", "backend"]]);
    assert.deepEqual(paths, ["/"]);
    assert.deepEqual([origins.size, http2.size, methods.size], [0, 0, 7]);
    assert.deepEqual(rest, {
      port: 8080,
      bindAddress: "0.0.0.0",
      urls: { backend: A },
      projectId: undefined,
      metadataHost: undefined,
      impersonate: undefined,
      requestTimeoutMs: 30_000,
      callTimeoutMs: 10_000,
      bodyLimitBytes: 32_505_856,
      drainTimeoutMs: 8_000,
      logSeverity: "INFO",
      tokenHeader: "x-serverless-authorization",
      iapAudiences: [],
      headerLimitBytes: 16_384,
      headerTimeoutMs: 10_000,
      connectTimeoutMs: 5_000,
      streamIdleTimeoutMs: 300_000,
      requestLog: false,
      healthPath: "/health",
      readyPath: "/ready",
      metricsPath: undefined,
    });
  });

  it("gives each of several services the paths under its key, unless ROUTES says otherwise", () => {
    assert.deepEqual(routes({ BACKEND_API_URL: A, FRONTEND_URL: A }), {
      "/backend-api": "backend-api",
      "/frontend": "frontend",
    });
    const ROUTES = '{"/":"frontend","/chat":"backend"}';
    assert.deepEqual(routes({ BACKEND_URL: A, FRONTEND_URL: A, ROUTES }), { "/": "frontend", "/chat": "backend" });
  });

  it("reports all problems at once", () => {
    const env = {
      PORT: "x",
      ROUTES: '{"/chat":"backend","/other":"gone"}',
      BACKEND_URL: "http://backend.example",
      TOKEN_HEADER: "cookie",
      HTTP2: "frontend",
      ALLOWED_METHODS: "GET,TRACE",
      ALLOWED_PATHS: "api",
      ALLOWED_ORIGINS: "https://a.example/,*",
      IAP_AUDIENCE: "https://a.example",
      STREAM_IDLE_TIMEOUT_MS: "-1",
      REQUEST_LOG: "yes",
      HEALTH_PATH: "/",
    };
    assert.throws(
      () => readProxyOptions(env),
      (error: ServiceError) => {
        assert.equal(error.code, "options-invalid");
        const separated = "allowed, separated by commas:";
        assert.deepEqual(Object.fromEntries(error.details.map(({ path, message }) => [path, message])), {
          PORT: 'got "x"; allowed: a whole number from 0 to 65535; unset it for 8080',
          BACKEND_URL: 'got "http://backend.example"; allowed: https://HOST without a path (http on loopback)',
          GONE_URL: 'not set; name "gone" in the `calls` of this service in the stack config',
          TOKEN_HEADER: 'got "cookie"; allowed: x-serverless-authorization, authorization',
          HTTP2: `got "frontend"; ${separated} keys of services: backend, gone`,
          ALLOWED_METHODS: `got "TRACE"; ${separated} GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS`,
          ALLOWED_PATHS: `got "api"; ${separated} path prefixes such as /api`,
          ALLOWED_ORIGINS: `got "https://a.example/", "*"; ${separated} origins such as https://app.example.com`,
          IAP_AUDIENCE: `got "https://a.example"; ${separated} /projects/NUMBER/locations/REGION/services/SERVICE or /projects/NUMBER/global/backendServices/ID`,
          STREAM_IDLE_TIMEOUT_MS: 'got "-1"; allowed: a whole number from 1 to 3600000; unset it for 300000',
          REQUEST_LOG: 'got "yes"; allowed: off, on',
          HEALTH_PATH: 'got "/"; allowed: a path such as /status, or off',
        });
        return true;
      },
    );
  });

  it("takes each setting in the forms that it has", () => {
    const read = (env: Record<string, string>) => readProxyOptions({ BACKEND_URL: A, OTHER_URL: "", ...env });
    assert.deepEqual([...read({}).routes], [["/", "backend"]], "a URL that is empty is none");
    assert.equal(read({ TOKEN_HEADER: "Authorization" }).tokenHeader, "authorization");
    assert.deepEqual([...read({ HTTP2: "backend" }).http2], ["backend"]);
    assert.deepEqual([...read({ ALLOWED_METHODS: "GET, POST" }).methods], ["GET", "POST"]);
    const paths = ["/", "/a", "/a/b.c/~d!$&'()*+:=@-", "/.well-known", "/..a"];
    assert.deepEqual(read({ ALLOWED_PATHS: paths.join(",") }).paths, paths);
    const origins = ["https://app.example.com", "http://localhost:3000"];
    assert.deepEqual([...read({ ALLOWED_ORIGINS: origins.join(",") }).origins], origins);
    assert.equal(read({ REQUEST_LOG: "ON" }).requestLog, true);
    const { healthPath, readyPath, metricsPath } = read({
      HEALTH_PATH: "off",
      READY_PATH: "/-/up",
      METRICS_PATH: "/m",
    });
    assert.deepEqual([healthPath, readyPath, metricsPath], [undefined, "/-/up", "/m"]);
  });

  for (const [name, wrong] of [
    ["ALLOWED_PATHS", ["", "/a/", "/a//b", "/a/.", "/./a", "/a/../b", "/a%20b", "/a?b", "a/b", "/é", "x/"]],
    [
      "ALLOWED_ORIGINS",
      [
        "https://app.example.com/",
        "app.example.com",
        "https://APP.example.com",
        "ftp://a.b",
        "xhttps://a.b",
        "null",
        "https://",
      ],
    ],
    ["ALLOWED_METHODS", ["get", "CONNECT", ""]],
    ["READY_PATH", ["ready", "/", "/ready/"]],
    ["METRICS_PATH", ["on"]],
    ["HEADER_LIMIT_BYTES", ["1023", "1048577"]],
    ["HEADER_TIMEOUT_MS", ["0", "3600001"]],
    ["CONNECT_TIMEOUT_MS", ["0", "3600001"]],
    ["STREAM_IDLE_TIMEOUT_MS", ["0", "3600001"]],
    ["BODY_LIMIT_BYTES", ["0", "1099511627777"]],
  ] as const) {
    it(`refuses ${name} of ${wrong.join(" or ")}`, () => {
      for (const text of wrong) {
        const [value, got] = name.startsWith("ALLOWED") ? [`${text},`, `got "${text}", ""`] : [text, `got "${text}"`];
        assert.throws(
          () => readProxyOptions({ BACKEND_URL: A, [name]: value }),
          (error: ServiceError) => error.details.length === 1 && error.message.startsWith(`${name}: ${got};`),
          text,
        );
      }
    });
  }

  for (const [ROUTES, got] of [
    ["{", "no JSON"],
    ["[]", "no JSON object"],
    ["{}", "no route"],
    ['{"chat":"a"}', 'the prefix "chat"'],
    ['{"/a/":"a"}', 'the prefix "/a/"'],
    ['{"/a/../b":"a"}', 'the prefix "/a/../b"'],
    ["null", "no JSON object"],
    ["1", "no JSON object"],
    ['{"/a":"A"}', 'no service\'s key for "/a"'],
    ['{"/a":"1a"}', 'no service\'s key for "/a"'],
    ['{"/a":"a_b"}', 'no service\'s key for "/a"'],
    ['{"/a":1}', 'no service\'s key for "/a"'],
  ] as const) {
    it(`refuses ROUTES with ${got}`, () => {
      const allowed = 'allowed: a JSON object of path prefix to key of a service, {"/chat":"backend"}';
      assert.throws(() => readProxyOptions({ A_URL: A, ROUTES }), { message: `ROUTES: got ${got}; ${allowed}` });
    });
  }

  it("refuses to start without a service to call", () => {
    const message = "CALLEE_URL: none is set; name the receiving services in the `calls` of this service";
    assert.throws(() => readProxyOptions({}), { message });
  });
});
