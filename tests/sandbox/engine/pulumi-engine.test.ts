import * as assert from "node:assert/strict";
import * as path from "node:path";
import * as pubsub from "@pulumi/gcp/pubsub";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import { describe, it } from "mocha";
import type { EngineResult, Program } from "../../../sandbox/engine";
import { LANGUAGE_HOST } from "../../support/plain-pulumi";
import { usesPulumi } from "../../support/pulumi-cli";
import { type RealEngine, type RealEngineOptions, realEngine } from "../../support/real-engine";

const PACK = path.join(__dirname, "..", "..", "support", "packs", "no-public-topics");

describe("the real engine", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  const opened: RealEngine[] = [];

  const open = async (program: Program, options: Partial<RealEngineOptions> = {}) => {
    const real = await realEngine({ cli: cli(), program, ...options });
    opened.push(real);
    return real;
  };

  afterEach(async () => {
    for (const real of opened.splice(0)) await real.close();
  });

  it("previews, creates, finds nothing to do, refreshes and destroys", async () => {
    const { engine, controlPlane } = await open(twoResources("orders"));

    const preview = await engine.preview();
    assert.deepEqual(outline(preview), [
      "create cloud-run-mesh-dev planned",
      "create sa planned",
      "create topic planned",
    ]);
    assert.equal(controlPlane.list().length, 0);

    const up = await engine.up();
    assert.equal(up.ok, true);
    assert.deepEqual(outline(up), ["create cloud-run-mesh-dev done", "create sa done", "create topic done"]);
    assert.deepEqual(up.counts, { create: 3 });
    assert.deepEqual(up.outputs, { topic: "orders", email: "orders-sa@acme-dev.iam.gserviceaccount.com" });
    assert.equal(controlPlane.list().length, 2);

    const again = await engine.up();
    assert.deepEqual(again.counts, { same: 3 });
    assert.deepEqual(await engine.outputs(), up.outputs);

    const refresh = await engine.refresh();
    assert.deepEqual(refresh.counts, { same: 3 });

    const destroy = await engine.destroy();
    assert.deepEqual(destroy.counts, { delete: 3 });
    assert.equal(controlPlane.list().length, 0);
    assert.deepEqual([...destroy.diagnostics, ...destroy.advice], []);
  });

  it("names the properties that differ, and those that force a replacement", async () => {
    let labels: Record<string, string> = { team: "a" };
    let name = "orders";
    const { engine } = await open(async () => {
      new pubsub.Topic("topic", { name, labels });
      return {};
    });
    await engine.up();

    labels = { team: "b" };
    const update = (await engine.preview()).steps.find(({ op }) => op === "update");
    assert.deepEqual(update?.changed, ["labels.team"]);
    assert.deepEqual(update?.replaced, []);

    name = "payments";
    const replace = (await engine.preview()).steps.find(({ op }) => op === "replace");
    assert.deepEqual(replace?.replaced, ["name"]);
  });

  it("is stopped by a mandatory policy before anything is made", async () => {
    const { engine, controlPlane } = await open(twoResources("public-orders"), { policyPacks: [PACK] });
    for (const result of [await engine.preview(), await engine.up()]) {
      assert.equal(result.ok, false);
      const findings = result.findings.map(({ policy, level, urn }) => `${policy} ${level} ${urn?.split("::").at(-1)}`);
      assert.deepEqual(findings.sort(), ["topic-labelled advisory topic", "topic-not-public mandatory topic"]);
      assert.match(
        result.findings.find(({ level }) => level === "mandatory")!.message,
        /"public-orders" is a public topic/,
      );
    }
    assert.equal(controlPlane.list({ type: "gcp:pubsub/topic:Topic" }).length, 0);
  });

  it("has its packs started by the language host where there is one", async () => {
    const { engine } = await open(twoResources("public-orders"), { policyPacks: [PACK], path: LANGUAGE_HOST });
    assert.equal(engine.policyHost, "language host");
    const preview = await engine.preview();
    assert.equal(preview.ok, false);
    assert.deepEqual(preview.findings.map(({ policy }) => policy).sort(), ["topic-labelled", "topic-not-public"]);
  });

  it("goes on after advice of a policy", async () => {
    const { engine } = await open(twoResources("orders"), { policyPacks: [PACK] });
    const up = await engine.up();
    assert.equal(up.ok, true);
    assert.deepEqual(
      up.findings.map(({ policy }) => policy),
      ["topic-labelled"],
    );
  });

  it("names the command after a lost answer, and recovers", async () => {
    const { engine, controlPlane } = await open(twoResources("orders"), {
      controlPlane: { faults: [{ operation: "create", name: "topic", nth: 1, kind: "lost" }] },
    });
    const lost = await engine.up();
    assert.equal(lost.ok, false);
    assert.match(
      lost.advice.join("\n"),
      /"topic" may exist although the answer was lost; run "npm start -- --recover"/,
    );

    const refused = await engine.up();
    assert.equal(refused.ok, false);
    assert.match(refused.advice.join("\n"), /"pulumi import gcp:pubsub\/topic:Topic topic ID"/);

    const notes: string[] = [];
    const onEvent = (event: { kind: string; message?: string }) => event.kind === "note" && notes.push(event.message!);
    const recovered = await engine.recover({ onEvent });
    assert.equal(recovered.ok, true);
    assert.deepEqual(notes, ['"topic" exists; taken over into the state']);

    const up = await engine.up();
    assert.equal(up.ok, true);
    assert.deepEqual(up.pending, []);
    assert.deepEqual((await engine.up()).counts, { same: 3 });
    assert.equal(controlPlane.list({ type: "gcp:pubsub/topic:Topic" }).length, 1);
  });

  it("answers an error of the program without a stack trace of ours", async () => {
    const { engine } = await open(async () => {
      throw new Error("the order book is empty");
    });
    const up = await engine.up();
    assert.equal(up.ok, false);
    const errors = up.diagnostics.filter(({ severity }) => severity === "error");
    assert.equal(errors.length, 1);
    assert.match(errors[0]!.message, /^the order book is empty/);
    assert.doesNotMatch(errors[0]!.message, /node_modules|CommandError/);
  });

  it("hands the config over as it was read", async () => {
    const seen: unknown[] = [];
    const config = { "gcp:project": "acme-dev", "cloud-run-mesh:until": "2027-03-31", "cloud-run-mesh:o": '{"a":[1]}' };
    const program = async () => {
      const { Config } = await import("@pulumi/pulumi");
      seen.push(new Config().require("until"), new Config().requireObject("o"));
      return {};
    };
    const { engine } = await open(program, { config });
    await engine.preview();
    assert.deepEqual(seen, ["2027-03-31", { a: [1] }]);
  });
});

function twoResources(name: string): Program {
  return async () => {
    const account = new serviceaccount.Account("sa", { accountId: `${name}-sa` });
    const topic = new pubsub.Topic("topic", { name }, { dependsOn: [account] });
    return { topic: topic.name, email: account.email };
  };
}

function outline(result: EngineResult): string[] {
  return result.steps.map(({ op, name, status }) => `${op} ${name} ${status}`);
}
