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
        const { ROUTES, ...wrong } = env;
        assert.deepEqual(error.details.map(({ path }) => path).sort(), [...Object.keys(wrong), "GONE_URL"].sort());
        const message = (name: string) => error.details.find(({ path }) => path === name)?.message;
        assert.equal(
          message("ALLOWED_ORIGINS"),
          'got "https://a.example/", "*"; allowed, separated by commas: origins such as https://app.example.com',
        );
        assert.equal(message("HTTP2"), 'got "frontend"; allowed, separated by commas: keys of services: backend, gone');
        assert.equal(message("GONE_URL"), 'not set; name "gone" in the `calls` of this service in the stack config');
        return true;
      },
    );
  });

  for (const [ROUTES, got] of [
    ["{", "no JSON"],
    ["[]", "no JSON object"],
    ["{}", "no route"],
    ['{"chat":"a"}', 'the prefix "chat"'],
    ['{"/a/":"a"}', 'the prefix "/a/"'],
    ['{"/a/../b":"a"}', 'the prefix "/a/../b"'],
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
