import * as assert from "node:assert/strict";
import { type ControlPlane, type DiffResult, type Properties, UNKNOWN } from "../../../sandbox/control-plane";
import {
  ACCOUNT,
  cloud,
  invoker,
  make,
  PROJECT,
  PROJECT_GRANT,
  REGION,
  SECRET_GRANT,
  SERVICE,
  SERVICE_GRANT,
  service,
} from "./cloud";

function diff(
  type: string,
  olds: Properties,
  news: Properties,
  more: { oldState?: Properties; ignoreChanges?: string[] } = {},
): DiffResult {
  return cloud().diff({ type, id: "x", oldInputs: olds, news, ...more });
}

const image = (name: string) => service("order", { container: { image: name } });

describe("control plane: differences", () => {
  const table: [string, string, Properties, Properties, Omit<DiffResult, "changes">][] = [
    [
      "updates an image by its path",
      SERVICE,
      image("a"),
      image("b"),
      {
        diffs: ["template"],
        replaces: [],
        deleteBeforeReplace: false,
        detailedDiff: { "template.containers[0].image": "update" },
      },
    ],
    [
      "replaces when the location changes, the old one first as it has the name",
      SERVICE,
      image("a"),
      { ...image("a"), location: "us-central1" },
      {
        diffs: ["location"],
        replaces: ["location"],
        deleteBeforeReplace: true,
        detailedDiff: { location: "update-replace" },
      },
    ],
    [
      "replaces when the name changes, the new one first",
      SERVICE,
      image("a"),
      { ...image("a"), name: "user" },
      { diffs: ["name"], replaces: ["name"], deleteBeforeReplace: false, detailedDiff: { name: "update-replace" } },
    ],
    [
      "replaces when a value that cannot change is not known",
      SERVICE,
      image("a"),
      { ...image("a"), location: UNKNOWN },
      {
        diffs: ["location"],
        replaces: ["location"],
        deleteBeforeReplace: true,
        detailedDiff: { location: "update-replace" },
      },
    ],
    [
      "updates when another value is not known",
      SERVICE,
      image("a"),
      { ...image("a"), description: UNKNOWN },
      { diffs: ["description"], replaces: [], deleteBeforeReplace: false, detailedDiff: { description: "add" } },
    ],
    [
      "deletes a grant before it makes the next",
      SERVICE_GRANT,
      invoker("user:a@acme.com"),
      invoker("user:b@acme.com"),
      {
        diffs: ["member"],
        replaces: ["member"],
        deleteBeforeReplace: true,
        detailedDiff: { member: "update-replace" },
      },
    ],
    [
      "names labels with dots by their key",
      SERVICE,
      image("a"),
      { ...image("a"), labels: { "a.b": "c" } },
      { diffs: ["labels"], replaces: [], deleteBeforeReplace: false, detailedDiff: { labels: "add" } },
    ],
    [
      "sees that an input is gone",
      SERVICE,
      { ...image("a"), description: "orders" },
      image("a"),
      { diffs: ["description"], replaces: [], deleteBeforeReplace: false, detailedDiff: { description: "delete" } },
    ],
  ];
  for (const [what, type, olds, news, expected] of table) {
    it(what, () => assert.deepEqual(diff(type, olds, news), { changes: true, ...expected }));
  }

  it("makes the next grant before it deletes one, but on a project, and deletes an account first whose id was given", () => {
    const grant = { secretId: "key", role: "roles/viewer", member: "user:a@acme.com" };
    assert.equal(diff(SECRET_GRANT, grant, { ...grant, role: "roles/editor" }).deleteBeforeReplace, false);
    const onProject = { project: PROJECT, role: "roles/viewer", member: "user:a@acme.com" };
    assert.equal(diff(PROJECT_GRANT, onProject, { ...onProject, role: "roles/editor" }).deleteBeforeReplace, true);
    const account = { accountId: "order-sa" };
    assert.equal(diff(ACCOUNT, account, { ...account, project: "other" }).deleteBeforeReplace, true);
  });

  it("sees none between what is null and what is left out", () => {
    assert.equal(diff(SERVICE, image("a"), { ...image("a"), description: null }).changes, false);
  });

  it("sees none when an input is gone of which Google then says what it is: it stays as it was", () => {
    assert.equal(diff(SERVICE, { ...image("a"), ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" }, image("a")).changes, false);
    const controlPlane = cloud();
    const inputs = { ...image("a"), ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" };
    const { id, state: oldState } = controlPlane.create({ type: SERVICE, inputs });
    const { state } = controlPlane.update({ type: SERVICE, id, inputs: image("b"), oldState });
    assert.equal(state["ingress"], "INGRESS_TRAFFIC_INTERNAL_ONLY");
  });

  it("sees none when the project is named that was the provider's anyway", () => {
    const oldState = { ...image("a"), project: PROJECT };
    assert.equal(diff(SERVICE, image("a"), { ...image("a"), project: PROJECT }, { oldState }).changes, false);
    assert.equal(diff(SERVICE, { ...image("a"), project: PROJECT }, image("a"), { oldState }).changes, false);
  });

  it("replaces when the provider's project is another one than before", () => {
    const oldState = { ...image("a"), project: "acme-old" };
    assert.deepEqual(diff(SERVICE, image("a"), image("a"), { oldState }).replaces, ["project"]);
    assert.deepEqual(diff(SERVICE, image("a"), { ...image("a"), project: PROJECT }, { oldState }).replaces, [
      "project",
    ]);
  });

  it("leaves out what the program ignores", () => {
    const ignoreChanges = ["template.containers[0].image"];
    assert.equal(diff(SERVICE, image("a"), image("b"), { ignoreChanges }).changes, false);
  });
});

describe("control plane: automatic names", () => {
  const named = (
    controlPlane: ControlPlane,
    request: { olds?: Properties; randomSeed?: Uint8Array; news?: Properties },
  ) => controlPlane.check({ type: ACCOUNT, name: "Order", news: {}, ...request }).inputs;

  it("makes a name from the program's, says so, and keeps it", () => {
    const first = named(cloud(), { randomSeed: Uint8Array.of(1) });
    assert.match(String(first["accountId"]), /^order-[0-9a-f]{7}$/);
    assert.deepEqual(first["__defaults"], ["accountId"]);
    assert.deepEqual(named(cloud(), { olds: first, randomSeed: Uint8Array.of(2) }), first);
    assert.notDeepEqual(named(cloud(), { randomSeed: Uint8Array.of(2) }), first);
  });

  it("does not keep a name that the program had given", () => {
    assert.notEqual(named(cloud(), { olds: { accountId: "order-sa" } })["accountId"], "order-sa");
  });

  it("makes the new one first when the name is automatic", () => {
    const olds = named(cloud(), { randomSeed: Uint8Array.of(1) });
    const result = cloud().diff({ type: ACCOUNT, id: "x", oldInputs: olds, news: { ...olds, project: "other" } });
    assert.deepEqual(result.replaces, ["project"]);
    assert.equal(result.deleteBeforeReplace, false);
  });

  it("takes the name that the engine proposes, and refuses when automatic names are off", () => {
    const check = (mode: "enforce" | "disable") =>
      cloud().check({ type: ACCOUNT, name: "x", news: {}, autonaming: { mode, proposedName: "proposed-1" } });
    assert.equal(check("enforce").inputs["accountId"], "proposed-1");
    assert.equal(check("disable").failures[0]?.reason, 'automatic naming is disabled; set "accountId"');
  });

  it("does not write the bridge's own key into the state", () => {
    const { state } = make(cloud(), ACCOUNT, "order", {});
    assert.equal(state["__defaults"], undefined);
    assert.equal(state["project"], PROJECT);
    assert.notEqual(REGION, "");
  });
});
