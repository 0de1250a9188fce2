/** What an operation did not do is told as the engine told it: refused, not known, left. */
import * as assert from "node:assert/strict";
import type { Fault } from "../../sandbox/control-plane";
import type { EngineResult, Step } from "../../sandbox/engine";
import { countSteps } from "../../sandbox/engine/result";
import { summary } from "../../sandbox/report";
import { usesPulumi } from "../support/pulumi-cli";
import { ACCOUNT, GRANT, IMAGE, mesh, openStack, SERVICE, type Stack, succeeded } from "./support";

const counted = ({ steps, counts }: EngineResult) => ({ text: summary(steps), counts });
const statusOf = ({ steps }: EngineResult, op: string, type: string, name: string) =>
  steps.find((step) => step.op === op && step.type === type && step.name === name)?.status;

describe("what an operation did not do, on the real engine", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
  });
  afterEach(() => stack.close());

  it("is a refused deletion, and all that waited for it", async () => {
    succeeded(await stack.run("up", mesh({ api: { image: IMAGE, deletionProtection: true } })));
    const destroy = await stack.run("destroy", mesh());
    assert.equal(destroy.ok, false);
    assert.equal(statusOf(destroy, "delete", SERVICE, "api"), "failed");
    assert.equal(statusOf(destroy, "delete", ACCOUNT, "api"), "left");
    assert.deepEqual(counted(destroy), {
      text: "2 deleted, 1 refused, 2 left",
      counts: { delete: 2, refused: 1, left: 6 },
    });
    assert.deepEqual(
      stack.controlPlane.list({ type: SERVICE }).map(({ id }) => id.split("/").at(-1)),
      ["api"],
    );
  });

  it("is a deletion that Google refused", async () => {
    succeeded(await stack.run("up", mesh()));
    await stack.playing([{ operation: "delete", type: GRANT, name: "web-calls-api", nth: 1, kind: "refused" }]);
    const destroy = await stack.fail("destroy", mesh());
    assert.equal(statusOf(destroy, "delete", GRANT, "web-calls-api"), "failed");
    assert.match(summary(destroy.steps), /1 refused/);
    assert.doesNotMatch(summary(destroy.steps), /not known/);
  });

  const faults: [string, Fault["operation"], string, RegExp][] = [
    ["an update that Google refused", "update", `${IMAGE}1`, /^(?!.*updated).*1 refused/],
    ["a create whose answer was lost", "create", IMAGE, /1 not known/],
  ];
  for (const [fact, operation, image, told] of faults) {
    it(`is ${fact}`, async () => {
      if (operation === "update") succeeded(await stack.run("up", mesh()));
      const kind = operation === "update" ? "refused" : "lost";
      await stack.playing([{ operation, type: SERVICE, name: "api", nth: 1, kind }]);
      const up = await stack.fail("up", mesh({ api: { image } }));
      assert.match(summary(up.steps), told);
    });
  }

  it("is a replacement whose new resource was refused", async () => {
    succeeded(await stack.run("up", mesh()));
    await stack.playing([{ operation: "create", type: SERVICE, name: "api", nth: 1, kind: "refused" }]);
    const up = await stack.fail("up", mesh({ api: { image: IMAGE, name: "api-v2", accountId: "api-sa" } }));
    assert.equal(statusOf(up, "create-replacement", SERVICE, "api"), "failed");
    assert.match(summary(up.steps), /^(?!.*(replaced|created|deleted)).*1 refused/);
  });
});

describe("steps in numbers", () => {
  const step = (op: string, status: Step["status"], name = "api"): Step => {
    const urn = `urn:pulumi:dev::shop::${SERVICE}::${name}`;
    return { op, urn, type: SERVICE, name, status, changed: [], replaced: [] };
  };

  it("count a replacement once it is made", () => {
    const made = [step("create-replacement", "done"), step("replace", "done"), step("delete-replaced", "done")];
    assert.equal(summary(made), "1 replaced");
    assert.deepEqual(countSteps(made), { "create-replacement": 1, replace: 1, "delete-replaced": 1 });
  });

  it("count a replacement that ended after its deletion as a deletion", () => {
    const halfway = [step("delete-replaced", "done"), step("replace", "done")];
    assert.equal(summary([...halfway, step("create-replacement", "failed")]), "1 deleted, 1 refused");
    assert.equal(summary(halfway), "1 deleted");
  });

  it("count what was never seen to end as left, and nothing that stays as it is", () => {
    const steps = [step("create", "started", "web"), step("update", "unknown"), step("same", "started", "cart")];
    assert.equal(summary(steps), "1 not known, 1 left");
    assert.deepEqual(countSteps(steps), { unknown: 1, left: 1 });
  });
});
