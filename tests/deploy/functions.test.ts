import * as assert from "node:assert/strict";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { usesPulumi } from "../support/pulumi-cli";
import { changes, errors, existing, GRANT, IMAGE, mesh, openStack, type Stack, succeeded } from "./support";

/** Below the project, as every source is. */
const SOURCE = "functions/.test-source";
const ROOT = path.join(__dirname, "../..");

const functionOf = (more: object = {}) => ({
  source: SOURCE,
  runtime: "nodejs22",
  entryPoint: "scoreAccount",
  ...more,
});
const settings = (more: object = {}, rest: object = {}) =>
  mesh({ web: { image: IMAGE, calls: ["api", "score"] } }, { functions: { score: functionOf(more) }, ...rest });
const jobs = { nightly: { image: IMAGE, calls: ["api"] } };
const workerPools = { taker: { image: IMAGE, calls: ["api"] } };

describe("functions, jobs and worker pools on the real engine", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    cpSync(path.join(ROOT, "functions/account-scoring"), path.join(ROOT, SOURCE), { recursive: true });
    stack = await openStack(cli());
  });
  afterEach(async () => {
    rmSync(path.join(ROOT, SOURCE), { recursive: true, force: true });
    await stack?.close();
  });
  const up = async (config: Record<string, unknown>) => changes(succeeded(await stack.run("up", config)));
  const grants = () =>
    stack.controlPlane
      .list({ type: GRANT })
      .map(({ id }) => id.replace(/.*services\//, ""))
      .sort();
  const account = (id: string) => `serviceAccount:${id}@acme-dev.iam.gserviceaccount.com`;
  const invoker = (name: string, id: string) => `${name}/roles/run.invoker/${account(id)}`;

  it("are made, stay as they are, refresh clean and go without a trace", async () => {
    const all = settings({ trigger: { topic: "accounts" } }, { jobs, workerPools });
    const first = succeeded(await stack.run("up", all, { policy: true }));
    assert.deepEqual(first.findings, []);
    assert.deepEqual(grants(), [
      invoker("api", "nightly-sa"),
      invoker("api", "taker-sa"),
      invoker("api", "web-sa"),
      invoker("score", "score-trigger-sa"),
      invoker("score", "web-sa"),
    ]);
    assert.deepEqual(await up(all), []);
    assert.deepEqual(changes(succeeded(await stack.run("refresh", all))), []);
    succeeded(await stack.run("destroy", all));
    assert.deepEqual(existing(stack.controlPlane), []);
  });

  it("are told of a bucket's objects by an agent that exists, and may publish", async () => {
    const trigger = { eventType: "google.cloud.storage.object.v1.finalized", filters: { bucket: "acme-mail" } };
    const first = succeeded(await stack.run("up", settings({ trigger }), { policy: true }));
    assert.deepEqual(first.findings, []);
    const ids = stack.controlPlane.list({ type: "gcp:projects/iAMMember:IAMMember" }).map(({ id }) => id);
    assert.match(
      ids.find((id) => id.includes("publisher")) ?? "",
      /^acme-dev\/roles\/pubsub\.publisher\/serviceAccount:service-\d+@gs-project-accounts\.iam\.gserviceaccount\.com$/,
    );
    assert.deepEqual(await up(settings({ trigger })), []);
  });

  it("build a function anew when its code changes, and leave its grants alone", async () => {
    await up(settings());
    writeFileSync(path.join(ROOT, SOURCE, "weights.json"), "{}");
    assert.deepEqual(await up(settings()), [
      "create-replacement storage/bucketObject score",
      "delete-replaced storage/bucketObject score",
      "replace storage/bucketObject score",
      "update cloudfunctionsv2/function score",
    ]);
    assert.deepEqual(grants(), [invoker("api", "web-sa"), invoker("score", "web-sa")]);
  });

  it("give a function that is replaced its grants again", async () => {
    await up(settings());
    const made = await up(settings({ name: "scoring", accountId: "score-sa" }));
    assert.ok(made.includes("replace cloudfunctionsv2/function score"), made.join("\n"));
    assert.deepEqual(grants(), [invoker("api", "web-sa"), invoker("scoring", "web-sa")]);
  });

  it("keep what is protected from being destroyed, and let it go in two steps", async () => {
    const on = settings({}, { deletionProtection: true, jobs, workerPools });
    await up(on);
    const refused = errors(await stack.fail("destroy", on)).join("\n");
    assert.match(refused, /cannot destroy (function|job|workerpool) without setting deletion_?p/);
    const off = settings({}, { deletionProtection: false, jobs, workerPools });
    await up(off);
    succeeded(await stack.run("destroy", off));
    assert.deepEqual(existing(stack.controlPlane), []);
  });

  it("change one grant when a call of a job ends or begins", async () => {
    await up(settings({}, { jobs }));
    const ended = settings({}, { jobs: { nightly: { ...jobs.nightly, calls: [] } } });
    assert.deepEqual(await up(ended), [
      "delete cloudrunv2/serviceIamMember nightly-calls-api",
      "update cloudrunv2/job nightly",
    ]);
    assert.deepEqual(await up(settings({}, { jobs })), [
      "create cloudrunv2/serviceIamMember nightly-calls-api",
      "update cloudrunv2/job nightly",
    ]);
  });
});
