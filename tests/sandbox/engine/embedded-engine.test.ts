import * as assert from "node:assert/strict";
import * as pubsub from "@pulumi/gcp/pubsub";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { IapOauthClient } from "../../../components";
import { openControlPlane } from "../../../sandbox/control-plane";
import {
  EmbeddedEngine,
  type EmbeddedEngineOptions,
  embeddedCloud,
  type Finding,
  type Program,
} from "../../../sandbox/engine";

const CONFIG = { "gcp:project": "acme-dev", "gcp:region": "europe-west9", "orders:name": "orders" };

const CLIENT = "gcp:iam/oauthClient:OauthClient";

describe("the embedded engine", function () {
  this.timeout(60_000);
  const open = (program: Program, options: Partial<EmbeddedEngineOptions> = {}) => {
    const controlPlane = openControlPlane();
    const cloud = embeddedCloud(controlPlane, CONFIG);
    return {
      controlPlane,
      engine: new EmbeddedEngine({ project: "orders", stack: "dev", program, config: CONFIG, cloud, ...options }),
    };
  };

  it("creates what the program declares, with the URNs of the real engine", async () => {
    const { engine, controlPlane } = open(async () => {
      const group = new pulumi.ComponentResource("mesh:index:Group", "group");
      const name = new pulumi.Config().require("name");
      const account = new serviceaccount.Account("sa", { accountId: `${name}-sa` }, { parent: group });
      const topic = new pubsub.Topic("topic", { name }, { dependsOn: [account] });
      return { topic: topic.name, email: account.email, nested: { id: pulumi.interpolate`id-${topic.name}` } };
    });
    const up = await engine.run("up");
    assert.deepEqual(up.diagnostics, []);
    assert.equal(up.ok, true);
    assert.deepEqual(
      up.steps.map(({ urn, status }) => [urn, status]),
      [
        ["urn:pulumi:dev::orders::pulumi:pulumi:Stack::orders-dev", "done"],
        ["urn:pulumi:dev::orders::mesh:index:Group::group", "done"],
        ["urn:pulumi:dev::orders::mesh:index:Group$gcp:serviceaccount/account:Account::sa", "done"],
        ["urn:pulumi:dev::orders::gcp:pubsub/topic:Topic::topic", "done"],
      ],
    );
    assert.deepEqual(up.outputs, {
      topic: "orders",
      email: "orders-sa@acme-dev.iam.gserviceaccount.com",
      nested: { id: "id-orders" },
    });
    assert.equal(controlPlane.list().length, 2);
  });

  it("runs the code of a dynamic provider against the control plane, which may refuse", async () => {
    const program = async () => {
      const { clientId } = new IapOauthClient("staff", { project: "acme-dev", oauthClientId: "iap-gateway" });
      return { clientId };
    };
    const { engine, controlPlane } = open(program);
    const up = await engine.run("up");
    assert.deepEqual(up.diagnostics, []);
    const [client] = controlPlane.list({ type: CLIENT });
    assert.equal(up.outputs["clientId"], client?.state["clientId"]);
    assert.deepEqual(client?.state["allowedRedirectUris"], [
      `https://iap.googleapis.com/v1/oauth/clientIds/${client?.state["clientId"]}:handleRedirect`,
    ]);
    assert.deepEqual(controlPlane.unhandled(), []);

    const failing = openControlPlane({ faults: [{ operation: "update", type: CLIENT, kind: "refused" }] });
    const cloud = embeddedCloud(failing, CONFIG);
    const refused = await new EmbeddedEngine({ project: "orders", stack: "dev", program, config: CONFIG, cloud }).run(
      "up",
    );
    assert.deepEqual(
      refused.diagnostics.map(({ message }) => message),
      [
        'cannot set allowedRedirectUris of "projects/acme-dev/locations/global/oauthClients/iap-gateway": 503: The service is currently unavailable., backendError',
      ],
    );
  });

  it("keeps a resource that a mandatory policy refuses from the control plane", async () => {
    const judge = ({ type, urn }: { type: string; urn: string }): Finding[] =>
      type === "gcp:pubsub/topic:Topic"
        ? [{ policy: "no-topics", pack: "test", level: "mandatory", urn, message: "no topics here" }]
        : [];
    const { engine, controlPlane } = open(topicAndSubscription, { judge });
    const up = await engine.run("up");
    assert.equal(up.ok, false);
    assert.deepEqual(
      up.findings.map(({ policy }) => policy),
      ["no-topics"],
    );
    assert.deepEqual(up.diagnostics, []);
    assert.equal(controlPlane.list().length, 0);
  });

  it("ends where a resource is refused that the program's outputs do not wait for", async () => {
    const judge = ({ type, urn }: { type: string; urn: string }): Finding[] =>
      type === "gcp:pubsub/topic:Topic"
        ? [{ policy: "no-topics", pack: "test", level: "mandatory", urn, message: "no topics here" }]
        : [];
    const program = async () => {
      const sa = new serviceaccount.Account("sa", { accountId: "quite-fine" });
      const topic = new pubsub.Topic("topic", { name: sa.email.apply(() => "orders") });
      new pubsub.Subscription("subscription", { topic: topic.id });
      return { name: "known beforehand" };
    };
    const { engine } = open(program, { judge });
    const up = await engine.run("up");
    assert.deepEqual([up.ok, up.findings.map(({ policy }) => policy)], [false, ["no-topics"]]);
    assert.deepEqual(
      up.steps.filter(({ type }) => type.startsWith("gcp:")).map(({ name, status }) => `${name} ${status}`),
      ["sa done", "topic failed"],
    );
  });

  it("reads what the program refers to by its id", async () => {
    let id = "nowhere";
    const { engine, controlPlane } = open(async () => ({ name: pubsub.Topic.get("topic", id).name }));
    const missing = await engine.run("up");
    assert.equal(missing.ok, false);
    assert.match(missing.diagnostics[0]!.message, /no resource with the id "nowhere"/);

    id = controlPlane.seed("gcp:pubsub/topic:Topic", { name: "orders", project: "acme-dev" }).id;
    const up = await engine.run("up");
    assert.deepEqual(up.outputs, { name: "orders" });
    assert.deepEqual(up.counts, { create: 1, read: 1 });
  });

  it("goes on after advice", async () => {
    const judge = (): Finding[] => [{ policy: "hint", pack: "test", level: "advisory", message: "think twice" }];
    const { engine } = open(topicAndSubscription, { judge });
    const up = await engine.run("up");
    assert.equal(up.ok, true);
    assert.equal(up.findings.length, 1);
  });

  it("asks the policies of the whole stack once everything is made, and tells them where inputs came from", async () => {
    const seen: [string, object, boolean][] = [];
    const { engine } = open(topicAndSubscription, {
      judgeStack: (resources) => {
        for (const { type, sources, state } of resources) seen.push([type, sources, "name" in state]);
        return [{ policy: "no-stacks", pack: "test", level: "mandatory", message: "no stacks here" }];
      },
    });
    const up = await engine.run("up");
    assert.equal(up.ok, false);
    assert.deepEqual(
      up.findings.map(({ policy }) => policy),
      ["no-stacks"],
    );
    const topic = seen.find(([type]) => type === "gcp:pubsub/topic:Topic");
    const subscription = seen.find(([type]) => type === "gcp:pubsub/subscription:Subscription");
    assert.deepEqual(topic, ["gcp:pubsub/topic:Topic", {}, true]);
    assert.match(JSON.stringify(subscription?.[1]), /^\{"topic":\["urn:pulumi:[^"]*Topic::[^"]*"\]\}$/);
  });

  it("tells what the control plane refuses, once and by resource", async () => {
    const { engine } = open(async () => {
      new serviceaccount.Account("sa", { accountId: "UPPER" });
      return {};
    });
    const up = await engine.run("up");
    assert.equal(up.ok, false);
    assert.equal(up.diagnostics.length, 1);
    assert.match(up.diagnostics[0]!.message, /account_?id/i);
    assert.match(up.diagnostics[0]!.urn!, /::sa$/);
  });

  it("tells an error once, although handlers of earlier runs in this process tell it too", async () => {
    const earlier = (error: Error) => void pulumi.log.error(`Unhandled exception: ${error.stack}`);
    process.on("unhandledRejection", earlier);
    try {
      const { engine } = open(async () => {
        await pulumi.log.error("Unhandled exception: Error: the order book is empty");
        throw new Error("the order book is empty");
      });
      const { diagnostics } = await engine.run("up");
      assert.deepEqual(diagnostics, [{ severity: "error", message: "the order book is empty" }]);
    } finally {
      process.off("unhandledRejection", earlier);
    }
  });

  it("answers an error of the program", async () => {
    const { engine } = open(async () => {
      throw new Error("the order book is empty");
    });
    const up = await engine.run("up");
    assert.deepEqual(up.diagnostics, [{ severity: "error", message: "the order book is empty" }]);
  });

  it("hands on what the program logs", async () => {
    const { engine } = open(async () => {
      await pulumi.log.warn("the order book is nearly empty");
      return {};
    });
    const up = await engine.run("up");
    assert.deepEqual(up.diagnostics, [{ severity: "warning", message: "the order book is nearly empty" }]);
    assert.equal(up.ok, true);
  });

  it("keeps two runs at once apart", async () => {
    const runs = ["a", "b"].map((name) =>
      open(
        async () => ({ topic: new pubsub.Topic("topic", { name: `orders-${name}` }).name, in: pulumi.getProject() }),
        {
          project: name,
        },
      ).engine.run("up"),
    );
    assert.deepEqual(
      (await Promise.all(runs)).map(({ outputs }) => outputs),
      [
        { topic: "orders-a", in: "a" },
        { topic: "orders-b", in: "b" },
      ],
    );
  });

  it("only creates, and says so", async () => {
    const { engine } = open(async () => ({}));
    const destroy = await engine.run("destroy");
    assert.equal(destroy.ok, false);
    assert.match(destroy.diagnostics[0]!.message, /^the embedded engine cannot destroy: it only creates/);
  });
});

const topicAndSubscription: Program = async () => {
  const topic = new pubsub.Topic("topic", { name: "orders" });
  const subscription = new pubsub.Subscription("subscription", { name: "orders-sub", topic: topic.id });
  return { subscription: subscription.name };
};
