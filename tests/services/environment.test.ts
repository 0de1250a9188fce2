import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createLog, errorFields, readOptions, ServiceError, traceHeaders, traceOf } from "../../services/runtime/index";
import { HeldClock } from "./support";

describe("a service's environment", () => {
  it("needs the callees' URLs and nothing else", () => {
    assert.deepEqual(readOptions({ BACKEND_API_URL: "https://b-1.europe-west9.run.app/" }, ["backend-api"]), {
      port: 8080,
      bindAddress: "0.0.0.0",
      urls: { "backend-api": "https://b-1.europe-west9.run.app" },
      projectId: undefined,
      metadataHost: undefined,
      impersonate: undefined,
      iapAudiences: [],
      requestTimeoutMs: 30_000,
      callTimeoutMs: 10_000,
      bodyLimitBytes: 1_048_576,
      drainTimeoutMs: 8_000,
      logSeverity: "INFO",
    });
  });

  it("takes what IAP's assertions are meant for, several separated by commas", () => {
    const forms = [
      "/projects/123/global/backendServices/4567",
      "/projects/123/europe-west9/backendServices/4567",
      "/projects/123/locations/europe-west9/services/web",
      "/projects/123/apps/acme-dev",
    ];
    assert.deepEqual(readOptions({ IAP_AUDIENCE: forms.join(", ") }, []).iapAudiences, forms);
    assert.throws(() => readOptions({ IAP_AUDIENCE: "/projects/acme/global/backendServices/4567," }, []), {
      code: "options-invalid",
      message:
        'IAP_AUDIENCE: got "/projects/acme/global/backendServices/4567", ""; allowed, separated by commas: /projects/NUMBER/locations/REGION/services/SERVICE or /projects/NUMBER/global/backendServices/ID',
    });
  });

  it("reports all problems at once, and no password", () => {
    const env = {
      PORT: "http",
      USER_URL: "http://admin:hunter2@user.run.app",
      GCE_METADATA_HOST: "http://169.254.169.254",
      GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: "gateway",
      DRAIN_TIMEOUT_MS: "10000",
      LOG_SEVERITY: "loud",
    };
    assert.throws(
      () => readOptions(env, ["user", "order"]),
      (error: ServiceError) => {
        assert.ok(error instanceof ServiceError);
        assert.equal(error.code, "options-invalid");
        const found = Object.fromEntries(error.details.map(({ path, message }) => [path, message]));
        assert.deepEqual(found, {
          PORT: 'got "http"; allowed: a whole number from 0 to 65535; unset it for 8080',
          USER_URL: 'got "http://…@user.run.app"; allowed: https://HOST without a path (http on loopback)',
          ORDER_URL: 'not set; name "order" in the `calls` of this service in the stack config',
          GCE_METADATA_HOST: 'got "http://169.254.169.254"; allowed: HOST or HOST:PORT, without http://',
          GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: 'got "gateway"; allowed: a service account\'s e-mail address',
          DRAIN_TIMEOUT_MS: 'got "10000"; allowed: a whole number from 0 to 9500; unset it for 8000',
          LOG_SEVERITY: 'got "loud"; allowed: DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL',
        });
        assert.equal(error.message, error.details.map(({ path, message }) => `${path}: ${message}`).join("; "));
        assert.ok(!error.message.includes("hunter2"), error.message);
        return true;
      },
    );
  });

  for (const [name, right, wrong] of [
    [
      "GCE_METADATA_HOST",
      ["127.0.0.1", "metadata.google.internal:80", "[fd20:ce::254]", "[::1]:8080"],
      ["fd20:ce::254", "host/path", "host:123456", "host:", "two hosts", "a@host", "[host]"],
    ],
    [
      "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
      ["gateway@acme-dev.iam.gserviceaccount.com"],
      ["@acme", "gateway@", "a@b@c", "a b@c", "a@b c", "serviceAccounts/a@b", "a@b/c"],
    ],
    [
      "IAP_AUDIENCE",
      ["/projects/1/locations/europe-west9/services/web", "/projects/12/apps/acme.com:web-1"],
      [
        "x/projects/1/apps/a",
        "/projects//apps/a",
        "/projects/1/apps/",
        "/projects/1/apps/a/b",
        "/projects/1/locations/europe-west9/services/",
        "/projects/1/locations//services/web",
        "/projects/1/global/backendServices/web",
        "/projects/1/global/backendServices/4567x",
        "/projects/1/backendServices/4567",
      ],
    ],
    ["LOG_SEVERITY", ["debug", "CRITICAL"], ["trace", "INFO,"]],
    ["REQUEST_TIMEOUT_MS", ["1", "3600000"], ["0", "3600001", "-1", "1.5", "1s", " "]],
    ["CALL_TIMEOUT_MS", ["1", "3600000"], ["0", "3600001"]],
    ["BODY_LIMIT_BYTES", ["1", "33554432"], ["0", "33554433"]],
    ["DRAIN_TIMEOUT_MS", ["0", "9500"], ["9501"]],
    ["PORT", ["0", "65535"], ["65536"]],
  ] as const) {
    it(`takes ${right.join(" and ")} for ${name}, and not ${wrong.join(" or ")}`, () => {
      for (const text of right) readOptions({ [name]: text }, []);
      for (const text of wrong) {
        assert.throws(
          () => readOptions({ [name]: text }, []),
          (error: ServiceError) => {
            assert.equal(error.code, "options-invalid");
            assert.equal(error.message.slice(0, name.length + text.trim().length + 7), `${name}: got "${text.trim()}`);
            return true;
          },
          text,
        );
      }
    });
  }

  it("finds the metadata server on Cloud Run, and where it is named", () => {
    assert.equal(readOptions({ K_SERVICE: "order" }, []).metadataHost, "metadata.google.internal");
    assert.equal(readOptions({ CLOUD_RUN_JOB: "nightly" }, []).metadataHost, "metadata.google.internal");
    assert.equal(readOptions({ K_SERVICE: "order", GCE_METADATA_HOST: "127.0.0.1:9" }, []).metadataHost, "127.0.0.1:9");
  });
});

describe("the trace of a request", () => {
  const random = () => 0.5;
  const made = { traceId: "8".repeat(32), spanId: "8".repeat(16), sampled: false };

  it("comes from traceparent, and goes on as it came", () => {
    const headers = { traceparent: `00-${"a".repeat(32)}-00000000000000ff-01`, tracestate: "vendor=1" };
    const trace = traceOf({ ...headers, "x-cloud-trace-context": `${"b".repeat(32)}/1;o=0` }, random);
    assert.deepEqual(traceHeaders(trace), { ...headers, "x-cloud-trace-context": `${"a".repeat(32)}/255;o=1` });
  });

  it("comes from X-Cloud-Trace-Context where there is nothing newer", () => {
    assert.deepEqual(traceOf({ "x-cloud-trace-context": `${"B".repeat(32)}/18446744073709551615;o=1` }, random), {
      traceId: "b".repeat(32),
      spanId: "f".repeat(16),
      sampled: true,
    });
    assert.equal(traceOf({ "x-cloud-trace-context": "b".repeat(32) }, random).traceId, "b".repeat(32));
  });

  it("is not sampled where X-Cloud-Trace-Context does not ask for it, and gets a span where that names none", () => {
    const traced = (header: string) => traceOf({ "x-cloud-trace-context": header }, random);
    assert.deepEqual(traced(`${"b".repeat(32)}/10;o=0`), {
      traceId: "b".repeat(32),
      spanId: "000000000000000a",
      sampled: false,
    });
    const withoutSpan = { traceId: "b".repeat(32), spanId: made.spanId };
    assert.deepEqual(traced("b".repeat(32)), { ...withoutSpan, sampled: false });
    assert.deepEqual(traced(`${"b".repeat(32)};o=1`), { ...withoutSpan, sampled: true });
    assert.deepEqual(traced(`${"b".repeat(32)}/0;o=1`), { ...withoutSpan, sampled: true });
    for (const other of ["", "b".repeat(31), `x${"b".repeat(32)}`, `${"b".repeat(32)}/x`, `${"0".repeat(32)}/1`]) {
      assert.deepEqual(traced(other), made, other);
    }
  });

  it("goes on without a vendor's part where there is none, and unsampled as it came", () => {
    assert.deepEqual(traceHeaders(traceOf({ traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-00` }, random)), {
      traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-00`,
      "x-cloud-trace-context": `${"a".repeat(32)}/${BigInt(`0x${"b".repeat(16)}`)};o=0`,
    });
  });

  it("reads a later version of traceparent by what it knows of it, and bit 1 of the flags alone", () => {
    const traced = (traceparent: string) => traceOf({ traceparent }, random);
    assert.equal(traced(`cc-${"a".repeat(32)}-${"b".repeat(16)}-03-what-else`).sampled, true);
    assert.equal(traced(`00-${"a".repeat(32)}-${"b".repeat(16)}-02`).sampled, false);
  });

  it("never gets an id of zeros alone, which the standard forbids", () => {
    const zero = () => 0;
    assert.deepEqual(traceOf({}, zero), {
      traceId: `${"0".repeat(31)}1`,
      spanId: `${"0".repeat(15)}1`,
      sampled: false,
    });
  });

  for (const traceparent of [
    "",
    "garbage",
    `00-${"a".repeat(32)}-${"0".repeat(16)}-01`,
    `00-${"a".repeat(32)}-${"b".repeat(16)}-01x`,
    `x00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    `00-${"A".repeat(32)}-${"b".repeat(16)}-01`,
    `ff-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    `00-${"0".repeat(32)}-${"b".repeat(16)}-01`,
  ]) {
    it(`is made where the header says "${traceparent}"`, () => {
      assert.deepEqual(traceOf({ traceparent }, random), made);
    });
  }
});

describe("the log", () => {
  it("writes what Cloud Logging reads, tied to its request", () => {
    const lines: string[] = [];
    let projectId: string | undefined;
    const log = createLog({
      clock: new HeldClock(),
      fields: { part: "test", severity: "not this one" },
      projectId: () => projectId,
      line: (line) => lines.push(line),
    }).within({ traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true });
    log.write("DEBUG", "too fine");
    log.write("WARNING", "one\nline", { code: "x" });
    projectId = "acme-dev";
    log.write("INFO", "two");
    const trace = {
      time: "2026-01-01T00:00:00.000Z",
      "logging.googleapis.com/trace": "a".repeat(32),
      "logging.googleapis.com/spanId": "b".repeat(16),
      "logging.googleapis.com/trace_sampled": true,
    };
    assert.ok(lines.every((line) => !line.includes("\n")));
    const [first, second, third] = lines.map((line) => JSON.parse(line));
    assert.deepEqual(first, { part: "test", code: "x", severity: "WARNING", message: "one\nline", ...trace });
    assert.equal(second["logging.googleapis.com/trace"], `projects/acme-dev/traces/${"a".repeat(32)}`);
    assert.equal(third, undefined);
  });

  it("goes to standard output, a line for each entry", () => {
    const written: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((text: string) => written.push(text) > 0) as typeof write;
    try {
      createLog({ clock: new HeldClock() }).write("INFO", "one");
    } finally {
      process.stdout.write = write;
    }
    assert.deepEqual(written, ['{"severity":"INFO","message":"one","time":"2026-01-01T00:00:00.000Z"}\n']);
  });

  it("tells an error by its code and what caused it, and where it broke only of a defect", () => {
    assert.deepEqual(errorFields("down"), { cause: "down" });
    const cause = new TypeError("no host");
    assert.deepEqual(errorFields(new ServiceError("callee-unreachable", "order: the connection failed", { cause })), {
      code: "callee-unreachable",
      cause: "TypeError: no host",
    });
    assert.deepEqual(errorFields(new ServiceError("callee-busy", "order: answered 503")), { code: "callee-busy" });
    const defect = new Error("broken");
    assert.deepEqual(errorFields(defect), { stack_trace: defect.stack });
    assert.deepEqual(errorFields(new ServiceError("internal", "internal error", { cause })), {
      code: "internal",
      cause: "TypeError: no host",
      stack_trace: cause.stack,
    });
  });
});
