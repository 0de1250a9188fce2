/** Ends of grants on the real engine: IAM keeps a person's, the first deployment after the day any other. */
import * as assert from "node:assert/strict";
import { usesPulumi } from "../support/pulumi-cli";
import {
  changes,
  errors,
  existing,
  GRANT,
  IMAGE,
  type MeshSettings,
  mesh,
  openStack,
  PROGRAM,
  SERVICE,
  type Stack,
  succeeded,
} from "./support";

const ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember";
const LAST_DAY = "2031-12-31";
const OPEN = { ingress: { all: "people and partners call it from outside" } };
const ROBOT = "serviceAccount:robot@partner.iam.gserviceaccount.com";
const ADA = "user:ada@acme.com";

/** Everything that can end: calls of each kind of caller, workloads and people from outside, and developers. */
function everyEnd({ team = "group:team@acme.com" }: { team?: string } = {}): MeshSettings {
  const calls = [{ service: "api", until: LAST_DAY }];
  return mesh(
    {
      web: { image: IMAGE, calls },
      api: {
        image: IMAGE,
        ...OPEN,
        access: [{ member: team }, { member: ADA, until: LAST_DAY }, { member: ROBOT, until: LAST_DAY }],
      },
    },
    {
      jobs: { nightly: { image: IMAGE, calls } },
      workerPools: { taker: { image: IMAGE, calls } },
      developers: { laptop: { member: "user:bob@acme.com", calls: ["api"], until: LAST_DAY } },
    },
  );
}

describe("a mesh with ends on the real engine", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
  });
  afterEach(() => stack.close());

  /** The program as it runs on a day. */
  const on = (today: string) => ({
    policy: true,
    program: () => (PROGRAM as unknown as (today: string) => ReturnType<typeof PROGRAM>)(today),
  });
  const conditions = (type: string) =>
    stack.controlPlane.list({ type }).map(({ state }) => [state["member"], state["condition"] !== undefined]);

  it("is deployed, stays as it is, changes a neighbour of what ends, and is destroyed without a trace", async () => {
    succeeded(await stack.run("up", everyEnd(), { policy: true }));
    assert.equal(conditions(GRANT).length, 7);
    assert.ok(conditions(GRANT).every(([, isConditioned]) => !isConditioned));
    assert.deepEqual(conditions(ACCOUNT_GRANT).sort(), [
      [ADA, true],
      ["user:bob@acme.com", true],
    ]);
    assert.deepEqual(changes(succeeded(await stack.run("refresh", everyEnd()))), []);
    assert.deepEqual(changes(succeeded(await stack.run("up", everyEnd(), { policy: true }))), []);
    assert.deepEqual(changes(succeeded(await stack.run("up", everyEnd({ team: "group:others@acme.com" })))), [
      "create cloudrunv2/serviceIamMember group:others@acme.com-calls-api",
      "delete cloudrunv2/serviceIamMember group:team@acme.com-calls-api",
    ]);
    succeeded(await stack.run("destroy", everyEnd()));
    assert.deepEqual(existing(stack.controlPlane), []);
  });

  it("loses at the first deployment after the day what no condition ends, and the deployment says so", async () => {
    const settings = mesh({
      web: { image: IMAGE, calls: [{ service: "api", until: LAST_DAY }] },
      api: { image: IMAGE, ...OPEN, access: [{ member: ROBOT, until: LAST_DAY }] },
    });
    const onItsDay = succeeded(await stack.run("up", settings, on(LAST_DAY)));
    assert.deepEqual(changes(succeeded(await stack.run("up", settings, on(LAST_DAY)))), []);
    const ends = (outputs: Record<string, unknown>) =>
      (outputs["accessMatrix"] as { end: string }[]).map(({ end }) => end);
    assert.deepEqual(ends(onItsDay.outputs), Array(2).fill(`ends at the first deployment after ${LAST_DAY}`));

    const dayAfter = succeeded(await stack.run("up", settings, on("2032-01-01")));
    assert.deepEqual(changes(dayAfter), [
      `delete cloudrunv2/serviceIamMember ${ROBOT}-calls-api`,
      "delete cloudrunv2/serviceIamMember web-calls-api",
      "update cloudrunv2/service web",
    ]);
    const warnings = dayAfter.diagnostics.filter(({ severity }) => severity === "warning");
    const message = `ended on ${LAST_DAY}, and the grant is left out; remove the entry, or set a later day`;
    assert.deepEqual(
      warnings.map((warning) => warning.message.trim()),
      [`services.web.calls[0].until: ${message}`, `services.api.access[0].until: ${message}`],
    );
    assert.deepEqual(ends(dayAfter.outputs), Array(2).fill(`ended on ${LAST_DAY}`));
    assert.deepEqual(stack.controlPlane.list({ type: GRANT }), []);
    const web = stack.controlPlane.list({ type: SERVICE }).find(({ id }) => id.endsWith("/web"));
    assert.doesNotMatch(JSON.stringify(web?.inputs), /API_URL/);
    assert.deepEqual(changes(succeeded(await stack.run("up", settings, on("2032-01-01")))), []);
  });

  it("refuses a person's end once past, which IAM keeps without a diff", async () => {
    const settings = mesh({ api: { image: IMAGE, ...OPEN, access: [{ member: ADA, until: LAST_DAY }] } });
    const refused = await stack.run("up", settings, on("2032-01-01"));
    assert.deepEqual(errors(refused), [
      `1 problem in the stack config:\n  services.api.access[0].until: "${LAST_DAY}" is in the past (today is 2032-01-01, UTC); set a later day or remove the grant`,
    ]);
  });

  it("cannot change a policy any more in which somebody else has put a condition, and says which role hides it", async () => {
    succeeded(await stack.run("up", everyEnd()));
    const condition = { title: "until", expression: 'request.time < timestamp("2032-01-01T00:00:00Z")' };
    stack.controlPlane.seed(GRANT, {
      name: "api",
      location: "europe-west9",
      project: "acme-dev",
      role: "roles/run.invoker",
      member: "user:byhand@acme.com",
      condition,
    });
    const refused = await stack.fail("up", everyEnd({ team: "group:others@acme.com" }));
    assert.equal(refused.ok, false);
    assert.match(
      errors(refused).join("\n"),
      /googleapi: Error 400: Role roles\/run\.invoker_withcond_[0-9a-f]{20} is not supported for this resource\., badRequest/,
    );
  });
});
