/** Whoever has an end, in the sandbox: before the day, after it, and after the deployment that follows it. */
import * as assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { ProjectConfig } from "../../sandbox/engine";
import { openSandbox } from "../../sandbox/sandbox";
import { probes } from "../../verify/probes";
import { succeeded } from "../deploy/support";
import { WORKLOAD } from "../sandbox/data-plane/mesh";
import { temporaryFolder, withoutCredentials } from "../support/pulumi-cli";
import { factOf, wrongOf } from "./facts";
import { graphOf, openSandboxMesh, ROOT, type Running, servicesOf, stackConfigOf } from "./running";

const PERSON = "user:ada@acme.example";
const ROBOT = "serviceAccount:robot@partner-project.iam.gserviceaccount.com";
const ACCOUNT = "frontend-access-sa@acme-dev.iam.gserviceaccount.com";
const OVER = "2020-01-31";

/** `frontend` is called by a person until a day; a workload's day, and that of one of its own calls, are over. */
function stackConfig(): ProjectConfig {
  const code = { source: "tests/sandbox/data-plane/programs", command: [process.execPath, WORKLOAD] };
  const others = { frontend: code, "backend-api": {}, "auth-service": {}, "db-service": {} };
  const given = stackConfigOf("examples/service-identity.yaml", others);
  const { frontend, ...services } = servicesOf(given);
  const changed = {
    ...frontend,
    calls: [{ service: "backend-api", until: OVER }, "auth-service"],
    access: [
      { member: ROBOT, until: OVER },
      { member: PERSON, until: "2031-12-31" },
    ],
  };
  const config = { ...given.config, "cloud-run-mesh:services": JSON.stringify({ frontend: changed, ...services }) };
  return { ...given, config };
}

describe("ends in the sandbox", () => {
  const all = probes(graphOf(stackConfig()));
  let running: Running;
  let now = new Date("2026-11-23T12:00:00Z");
  before(async () => {
    running = await openSandboxMesh(stackConfig(), () => now);
  });
  after(() => running?.close());

  for (const probe of all.filter(({ end, until }) => end !== undefined || until !== undefined)) {
    it(`${factOf(probe)} (${probe.because})`, async () => {
      assert.equal(await wrongOf(probe, running.target), undefined);
    });
  }

  it("are three: a workload's and a call's that are over, and a person's", () => {
    const dated = all.filter(({ end, until }) => end !== undefined || until !== undefined);
    assert.deepEqual(
      dated.map(({ caller, to, end, until }) => [caller, to, end ?? until]),
      [
        [PERSON, "frontend", "2031-12-31"],
        [ROBOT, "frontend", `ended on ${OVER}`],
        ["frontend", "backend-api", `ended on ${OVER}`],
      ],
    );
  });

  it("warn at the deployment, on the embedded engine too, of what it leaves out", async () => {
    const stateFolder = temporaryFolder();
    const env = withoutCredentials(process.env);
    const options = { projectFolder: ROOT, stackConfig: stackConfig(), stateFolder, engine: "embedded", env } as const;
    const sandbox = await openSandbox(options);
    try {
      const { diagnostics } = succeeded(await sandbox.engine.run("up"));
      const message = `ended on ${OVER}, and the grant is left out; remove the entry, or set a later day`;
      assert.deepEqual(diagnostics, [
        { severity: "warning", message: `services.frontend.calls[0].until: ${message}` },
        { severity: "warning", message: `services.frontend.access[0].until: ${message}` },
      ]);
    } finally {
      await sandbox.close();
      rmSync(stateFolder, { recursive: true });
    }
  });

  it("leave the person's own token without any grant: the account alone calls", async () => {
    const direct = all.find(({ via }) => via === ACCOUNT);
    assert.ok(direct);
    const { via: _, ...own } = direct;
    const seen = await running.target.send(own);
    assert.ok("status" in seen);
    assert.deepEqual([seen.status, seen.reached, seen.cause], [403, false, "no grant"]);
  });

  it("let IAM refuse the person a token after the day, as it says itself", async () => {
    const probe = all.find(({ via }) => via === ACCOUNT);
    assert.ok(probe);
    now = new Date("2032-01-01T00:00:00Z");
    try {
      assert.deepEqual(await running.target.send(probe), {
        status: 403,
        reached: false,
        cause: "no grant",
        reason: "Permission 'iam.serviceAccounts.getOpenIdToken' denied on resource (or it may not exist).",
      });
    } finally {
      now = new Date("2026-11-23T12:00:00Z");
    }
  });

  it("tell the caller of an ended call no URL of the callee, and of the others theirs", () => {
    const frontend = running.controlPlane.get(
      "gcp:cloudrunv2/service:Service",
      "projects/acme-dev/locations/us-central1/services/frontend",
    );
    const template = JSON.stringify(frontend?.inputs);
    assert.deepEqual(
      ["BACKEND_API_URL", "AUTH_SERVICE_URL"].map((name) => template.includes(name)),
      [false, true],
    );
  });
});
