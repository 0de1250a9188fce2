import * as assert from "node:assert/strict";
import { usesPulumi } from "../support/pulumi-cli";
import { changes, errors, existing, IMAGE, mesh, openStack, SERVICE, type Stack, succeeded } from "./support";

const PROJECT = "projects/acme-dev";
const KEPT = [`${PROJECT}/global/networks/mesh`, `${PROJECT}/regions/europe-west9/subnetworks/mesh`];
const API = "gcp:projects/service:Service";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const MADE = ["create compute/network network", "create compute/subnetwork network"];

const own = (create: object = {}, more: object = {}, services: object = {}) =>
  mesh(services, { network: { create, ...more } });

describe("a network of the mesh's own on the real engine", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
  });
  afterEach(() => stack.close());
  const up = async (settings: object) => changes(succeeded(await stack.run("up", { ...settings })));

  it("is made with everything that it may have, stays as it is, and is all that is left of the stack", async () => {
    const all = own({ nat: true }, { privateDnsZone: true });
    const first = succeeded(await stack.run("up", all, { policy: true }));
    assert.deepEqual(first.findings, []);
    assert.deepEqual(changes(first), [
      "create cloudrunv2/service api",
      "create cloudrunv2/service web",
      "create cloudrunv2/serviceIamMember web-calls-api",
      ...MADE.slice(0, 1),
      "create compute/router network",
      "create compute/routerNat network",
      ...MADE.slice(1),
      "create dns/managedZone network",
      "create dns/recordSet network",
      "create serviceaccount/account api",
      "create serviceaccount/account web",
    ]);
    assert.deepEqual(await up(all), []);
    assert.deepEqual(changes(succeeded(await stack.run("refresh", all))), []);
    succeeded(await stack.run("destroy", all));
    assert.deepEqual(existing(stack.controlPlane), KEPT);
  });

  it("is used again by its name once the stack is gone, and not made a second time", async () => {
    succeeded(await stack.run("up", own()));
    succeeded(await stack.run("destroy", own()));
    const again = await stack.fail("up", own());
    assert.equal(again.ok, false);
    assert.deepEqual(
      errors(again).filter((error) => error.startsWith("Error creating")),
      ["Error creating Network: googleapi: Error 409: Resource 'mesh' already exists., alreadyExists"],
    );
    const named = mesh({}, { network: { network: "mesh", subnetwork: "mesh" } });
    succeeded(await stack.run("up", named));
    assert.deepEqual(await up(named), []);
    succeeded(await stack.run("destroy", named));
    assert.deepEqual(existing(stack.controlPlane), KEPT);
  });

  it("goes with the stack where the config says so", async () => {
    const passing = own({ retainOnDelete: false, connector: true }, { egress: "private-ranges-only" });
    succeeded(await stack.run("up", passing));
    assert.equal(existing(stack.controlPlane).length, 10);
    succeeded(await stack.run("destroy", passing));
    assert.deepEqual(existing(stack.controlPlane), []);
  });

  it("keeps its subnetwork and lets its connector go, which costs", async () => {
    const linked = own({ connector: true });
    succeeded(await stack.run("up", linked));
    const connector = `${PROJECT}/locations/europe-west9/connectors/mesh`;
    assert.ok(existing(stack.controlPlane).includes(connector));
    const web = stack.controlPlane.get(SERVICE, `${PROJECT}/locations/europe-west9/services/web`);
    assert.ok(web);
    const { vpcAccess } = web.inputs["template"] as { vpcAccess?: unknown };
    assert.deepEqual(vpcAccess, { connector, egress: "ALL_TRAFFIC" });
    assert.deepEqual(await up(linked), []);
    succeeded(await stack.run("destroy", linked));
    assert.deepEqual(existing(stack.controlPlane), KEPT);
  });

  it("takes the place of one that existed, in one update of the services in it", async () => {
    succeeded(await stack.run("up", mesh()));
    assert.deepEqual(await up(own()), [...MADE, "update cloudrunv2/service web"]);
    assert.deepEqual(await up(own()), []);
  });

  it("grows in place, and refuses to shrink before anything is lost", async () => {
    const sized = (cidr: string) =>
      own({ cidr }, {}, { web: { image: IMAGE, calls: ["api"], scaling: { maxInstances: 20 } } });
    succeeded(await stack.run("up", sized("10.0.0.0/24")));
    assert.deepEqual(await up(sized("10.0.0.0/23")), ["update compute/subnetwork network"]);

    const refused = await stack.fail("up", sized("10.0.0.0/26"));
    assert.equal(refused.ok, false);
    assert.deepEqual(
      errors(refused).filter((error) => error.startsWith("Error creating")),
      ["Error creating Subnetwork: googleapi: Error 409: Resource 'mesh' already exists., alreadyExists"],
    );
    const made = stack.controlPlane.list({ type: SUBNETWORK }).find(({ id }) => id === KEPT[1]);
    assert.equal(made?.state["ipCidrRange"], "10.0.0.0/23");
    assert.deepEqual(await up(sized("10.0.0.0/23")), []);
  });

  it("moves to another range under another name, and leaves the old one behind", async () => {
    const moved = own({ name: "link", connector: true });
    succeeded(await stack.run("up", own()));
    const replaced = ["create-replacement", "delete-replaced", "replace"];
    assert.deepEqual(
      await up(moved),
      [
        ...replaced.flatMap((op) => [`${op} compute/network network`, `${op} compute/subnetwork network`]),
        "create vpcaccess/connector network",
        "update cloudrunv2/service web",
      ].sort(),
    );
    assert.deepEqual(await up(moved), []);
    succeeded(await stack.run("destroy", moved));
    assert.deepEqual(existing(stack.controlPlane), [...KEPT, ...KEPT.map((id) => id.replace(/mesh$/, "link"))].sort());
  });

  it("comes after the APIs that the mesh needs, which are left on", async () => {
    const settings = { ...own({}, { egress: "private-ranges-only" }), projectServices: true };
    const first = succeeded(await stack.run("up", settings, { policy: true }));
    const apis = ["cloudresourcemanager", "compute", "dns", "iam", "run"];
    assert.deepEqual(
      changes(first).filter((change) => change.includes("projects/service")),
      apis.map((api) => `create projects/service ${api}`),
    );
    const created = first.steps.filter(({ op, type }) => op === "create" && type.startsWith("gcp:"));
    assert.ok(
      created.slice(0, apis.length).every(({ type }) => type === API),
      created.map(({ type, name }) => `${type} ${name}`).join(", "),
    );
    assert.deepEqual(await up(settings), []);
    for (const { id, inputs } of stack.controlPlane.list({ type: API })) {
      assert.equal(inputs["disableOnDestroy"], false, id);
    }
    succeeded(await stack.run("destroy", settings));
  });
});
