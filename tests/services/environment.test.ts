import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createLog, readOptions, ServiceError, traceHeaders, traceOf } from "../../services/runtime/index";
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
        const paths = error.details.map((detail) => detail.path).toSorted();
        assert.deepEqual(paths, [...Object.keys(env), "ORDER_URL"].toSorted());
        assert.ok(
          error.message.includes('PORT: got "http"; allowed: a whole number from 0 to 65535; unset it for 8080'),
        );
        assert.ok(error.message.includes('ORDER_URL: not set; name "order" in the `calls` of this service'));
        assert.ok(!error.message.includes("hunter2"), error.message);
        return true;
      },
    );
  });

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

  for (const traceparent of [
    "",
    "garbage",
    `ff-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    `00-${"0".repeat(32)}-${"b".repeat(16)}-01`,
  ]) {
    it(`is made where the header says "${traceparent.slice(0, 10)}"`, () => {
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
});
