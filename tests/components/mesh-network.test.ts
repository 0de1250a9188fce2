import * as assert from "node:assert/strict";
import { CloudRunMesh, MeshNetwork, type MeshNetworkArgs, ProjectServices } from "../../components";
import { parseMesh } from "../../mesh";
import { meshInput, TODAY } from "../mesh/support";
import { inventory, only, register } from "./support";

const NETWORK = "gcp:compute/network:Network";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const CONNECTOR = "gcp:vpcaccess/connector:Connector";
const ROUTER = "gcp:compute/router:Router";
const NAT = "gcp:compute/routerNat:RouterNat";
const ZONE = "gcp:dns/managedZone:ManagedZone";
const RECORDS = "gcp:dns/recordSet:RecordSet";
const SERVICE = "gcp:cloudrunv2/service:Service";

const network = (args: Partial<MeshNetworkArgs> = {}) =>
  register(
    () => new MeshNetwork("orders", { project: "acme-dev", region: "europe-west9", cidr: "10.0.0.0/24", ...args }),
  );

describe("MeshNetwork", () => {
  it("makes a network and a subnetwork with Private Google Access, and nothing that costs", async () => {
    const made = await network();
    assert.deepEqual(inventory(made), [
      "cloud-run-mesh:index:MeshNetwork orders",
      `${NETWORK} orders`,
      `${SUBNETWORK} orders`,
    ]);
    assert.deepEqual(only(made, NETWORK).inputs, { name: "orders", project: "acme-dev", autoCreateSubnetworks: false });
    assert.deepEqual(only(made, SUBNETWORK).inputs, {
      name: "orders",
      project: "acme-dev",
      region: "europe-west9",
      network: "orders-id",
      ipCidrRange: "10.0.0.0/24",
      privateIpGoogleAccess: true,
    });
  });

  it("leads run.app to Google's private addresses in that network alone", async () => {
    const made = await network({ privateDnsZone: true, name: "shop" });
    assert.deepEqual(only(made, ZONE).inputs, {
      name: "shop-run-app",
      project: "acme-dev",
      description: "Leads calls of run.app through the VPC network",
      dnsName: "run.app.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: "orders-id" }] },
    });
    assert.deepEqual(only(made, RECORDS).inputs, {
      managedZone: "shop-run-app",
      project: "acme-dev",
      name: "*.run.app.",
      type: "A",
      ttl: 300,
      rrdatas: ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"],
    });
  });

  it("puts a connector into the subnetwork, which has Private Google Access as ever", async () => {
    const made = await network({ connector: true, cidr: "10.8.0.0/28" });
    assert.deepEqual(only(made, CONNECTOR).inputs, {
      name: "orders",
      project: "acme-dev",
      region: "europe-west9",
      subnet: { name: "orders" },
      machineType: "e2-micro",
      minInstances: 2,
      maxInstances: 3,
    });
    assert.equal(only(made, SUBNETWORK).inputs["privateIpGoogleAccess"], true);
  });

  it("leads to the internet by a NAT of its subnetwork alone", async () => {
    const made = await network({ nat: true });
    assert.equal(only(made, ROUTER).inputs["network"], "orders-id");
    assert.deepEqual(only(made, NAT).inputs, {
      name: "orders",
      project: "acme-dev",
      region: "europe-west9",
      router: "orders",
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
      subnetworks: [{ name: "orders-id", sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
    });
  });
});

describe("what MeshNetwork makes", () => {
  const all = { connector: true, privateDnsZone: true, nat: true };
  const kept = async (args: Partial<MeshNetworkArgs>) =>
    inventory((await network({ ...all, ...args })).filter((one) => one.kept));

  it("is kept when the stack goes, as far as Google holds it busy", async () =>
    assert.deepEqual(await kept({}), [`${NETWORK} orders`, `${SUBNETWORK} orders`]));

  it("goes with the stack where that is asked for", async () =>
    assert.deepEqual(await kept({ retainOnDelete: false }), []));
});

describe("CloudRunMesh with a network of its own", () => {
  const mesh = (create: object, more: object = {}) => {
    const { spec, problems } = parseMesh(meshInput({ config: { network: { create, ...more } } }), TODAY);
    assert.ok(spec, JSON.stringify(problems));
    return register(() => new CloudRunMesh("mesh", { spec }));
  };
  const vpcAccess = (made: Awaited<ReturnType<typeof mesh>>, name: string) =>
    (only(made, SERVICE, name).inputs["template"] as { vpcAccess?: unknown }).vpcAccess;

  it("makes it before the services that are in it, and leaves the others out of it", async () => {
    const made = await mesh({ name: "shop" }, { tags: ["mesh"] });
    assert.deepEqual(vpcAccess(made, "web"), {
      egress: "ALL_TRAFFIC",
      networkInterfaces: [{ network: "shop", subnetwork: "shop", tags: ["mesh"] }],
    });
    assert.deepEqual(only(made, SERVICE, "web").waitsFor, ["network", "network", "web"], "network and subnetwork");
    assert.equal(vpcAccess(made, "api"), undefined);
    assert.deepEqual(only(made, SERVICE, "api").waitsFor, ["api"]);
  });

  it("leads through its connector by the connector's full name", async () => {
    const made = await mesh({ connector: true }, { egress: "private-ranges-only" });
    assert.deepEqual(vpcAccess(made, "web"), {
      egress: "PRIVATE_RANGES_ONLY",
      connector: "projects/acme-dev/locations/europe-west9/connectors/mesh",
    });
    assert.equal(only(made, ZONE).inputs["name"], "mesh-run-app");
  });
});

describe("ProjectServices", () => {
  const API = "gcp:projects/service:Service";

  it("switches each API on and leaves it on when the stack goes", async () => {
    const services = [{ service: "run.googleapis.com" }, { service: "iam.googleapis.com" }];
    const made = await register(() => new ProjectServices("apis", { services, project: "acme-dev" }));
    assert.deepEqual(
      made.filter(({ type }) => type === API).map(({ name, parent, inputs }) => ({ name, parent, inputs })),
      ["run", "iam"].map((name) => ({
        name,
        parent: "apis",
        inputs: { service: `${name}.googleapis.com`, project: "acme-dev", disableOnDestroy: false },
      })),
    );
  });

  it("comes before everything of the mesh", async () => {
    const { spec } = parseMesh(meshInput({ config: { network: { create: {} } } }), TODAY);
    assert.ok(spec);
    const made = await register(() => {
      const apis = new ProjectServices("apis", { services: [{ service: "run.googleapis.com" }] });
      new CloudRunMesh("mesh", { spec }, { transformations: [apis.before] });
    });
    const resources = made.filter(({ type }) => type.startsWith("gcp:") && type !== API);
    assert.equal(resources.length, 7);
    for (const { type, name, waitsFor } of resources) assert.ok(waitsFor.includes("run"), `${type} ${name}`);
  });
});
