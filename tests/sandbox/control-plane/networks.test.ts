import * as assert from "node:assert/strict";
import type { ControlPlane, Properties } from "../../../sandbox/control-plane";
import { cloud, make, NETWORK, REGION, refusal, SUBNETWORK } from "./cloud";

const CONNECTOR = "gcp:vpcaccess/connector:Connector";
const ROUTER = "gcp:compute/router:Router";
const NAT = "gcp:compute/routerNat:RouterNat";
const ZONE = "gcp:dns/managedZone:ManagedZone";
const RECORDS = "gcp:dns/recordSet:RecordSet";

const PROJECT = "projects/acme-dev";
const NETWORK_ID = `${PROJECT}/global/networks/mesh`;
const SUBNETWORK_ID = `${PROJECT}/regions/${REGION}/subnetworks/mesh`;

describe("control plane: networks", () => {
  let controlPlane: ControlPlane;
  const subnetwork = (more: Properties = {}) =>
    make(controlPlane, SUBNETWORK, "mesh", {
      name: "mesh",
      region: REGION,
      network: NETWORK_ID,
      ipCidrRange: "10.0.0.0/24",
      ...more,
    });
  const router = () => make(controlPlane, ROUTER, "mesh", { name: "mesh", region: REGION, network: NETWORK_ID });
  const zone = (more: Properties = {}) =>
    make(controlPlane, ZONE, "run-app", {
      name: "run-app",
      dnsName: "run.app.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: NETWORK_ID }] },
      ...more,
    });
  const records = (more: Properties = {}) =>
    make(controlPlane, RECORDS, "all", {
      managedZone: "run-app",
      name: "*.run.app.",
      type: "A",
      ttl: 300,
      rrdatas: ["199.36.153.8"],
      ...more,
    });

  beforeEach(() => {
    controlPlane = cloud();
    make(controlPlane, NETWORK, "mesh", { name: "mesh", autoCreateSubnetworks: false });
  });

  it("gives each resource the id that the provider gives it", () => {
    subnetwork();
    const nat = { name: "mesh", region: REGION, router: "mesh", sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS" };
    assert.deepEqual(
      [router().id, make(controlPlane, NAT, "mesh", nat).id, zone().id, records().id],
      [
        `${PROJECT}/regions/${REGION}/routers/mesh`,
        `acme-dev/${REGION}/mesh/mesh`,
        `${PROJECT}/managedZones/run-app`,
        `${PROJECT}/managedZones/run-app/rrsets/*.run.app./A`,
      ],
    );
    assert.deepEqual(controlPlane.unhandled(), []);
  });

  it("refuses a range that another subnetwork of the network has, in any region", () => {
    subnetwork();
    const other = { name: "other", region: "us-east1", ipCidrRange: "10.0.0.128/26" };
    assert.equal(
      refusal(() => subnetwork(other)),
      "Error creating Subnetwork: googleapi: Error 400: Invalid IPCidrRange: 10.0.0.128/26 conflicts with existing subnetwork 'mesh' in region 'europe-west9'., invalid",
    );
    subnetwork({ ...other, ipCidrRange: "10.0.1.0/26" });
    make(controlPlane, NETWORK, "apart", { name: "apart", autoCreateSubnetworks: false });
    subnetwork({ ...other, name: "apart", network: `${PROJECT}/global/networks/apart` });
  });

  it("widens a range in place, and replaces a subnetwork whose range shrinks or moves", () => {
    const change = (before: string, after: string) => {
      const inputs = { name: "mesh", region: REGION, network: NETWORK_ID };
      return controlPlane.diff({
        type: SUBNETWORK,
        id: SUBNETWORK_ID,
        oldInputs: { ...inputs, ipCidrRange: before },
        news: { ...inputs, ipCidrRange: after },
      }).detailedDiff;
    };
    assert.deepEqual(change("10.0.0.0/24", "10.0.0.0/23"), { ipCidrRange: "update" });
    assert.deepEqual(change("10.0.1.0/24", "10.0.0.0/23"), { ipCidrRange: "update" });
    assert.deepEqual(change("10.0.0.0/24", "10.0.0.0/25"), { ipCidrRange: "update-replace" });
    assert.deepEqual(change("10.0.0.0/24", "10.1.0.0/24"), { ipCidrRange: "update-replace" });
  });

  const refusals: [string, () => unknown, string][] = [
    [
      "a router in no network",
      () => make(controlPlane, ROUTER, "r", { name: "r", region: REGION, network: "nowhere" }),
      "Error creating Router: googleapi: Error 404: The resource 'projects/acme-dev/global/networks/nowhere' was not found, notFound",
    ],
    [
      "a NAT on no router",
      () =>
        make(controlPlane, NAT, "n", { name: "n", region: REGION, router: "r", sourceSubnetworkIpRangesToNat: "x" }),
      "Error creating RouterNat: googleapi: Error 404: The resource 'projects/acme-dev/regions/europe-west9/routers/r' was not found, notFound",
    ],
    [
      "a NAT for no subnetwork",
      () => {
        router();
        const nat = { name: "n", region: REGION, router: "mesh", sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS" };
        make(controlPlane, NAT, "n", { ...nat, subnetworks: [{ name: SUBNETWORK_ID }] });
      },
      `Error creating RouterNat: googleapi: Error 404: The resource '${SUBNETWORK_ID}' was not found, notFound`,
    ],
    [
      "a zone for a name without its last dot",
      () => zone({ dnsName: "run.app" }),
      "Error creating ManagedZone: googleapi: Error 400: Invalid value for 'entity.managedZone.dnsName': 'run.app', invalid",
    ],
    [
      "a zone in no network",
      () => zone({ privateVisibilityConfig: { networks: [{ networkUrl: `${PROJECT}/global/networks/nowhere` }] } }),
      "Error creating ManagedZone: googleapi: Error 404: The network 'nowhere' does not exist, networkNotFound",
    ],
    [
      "a record in no zone",
      () => records(),
      "Error creating RecordSet: googleapi: Error 404: The 'parameters.managedZone' resource named 'run-app' does not exist., notFound",
    ],
    [
      "a record of another domain",
      () => {
        zone();
        records({ name: "*.run.example." });
      },
      "Error creating RecordSet: googleapi: Error 400: Invalid value for 'entity.change.additions[*.run.example.][A].name': '*.run.example.', invalid",
    ],
    [
      "to delete a network with a router in it",
      () => {
        router();
        controlPlane.delete({ type: NETWORK, id: NETWORK_ID });
      },
      `Error when reading or editing Network: googleapi: Error 400: The network resource '${NETWORK_ID}' is already being used by '${PROJECT}/regions/${REGION}/routers/mesh', resourceInUseByAnotherResource`,
    ],
    [
      "to delete a subnetwork with a connector in it",
      () => {
        subnetwork();
        make(controlPlane, CONNECTOR, "link", { name: "link", region: REGION, subnet: { name: "mesh" } });
        controlPlane.delete({ type: SUBNETWORK, id: SUBNETWORK_ID });
      },
      `Error when reading or editing Subnetwork: googleapi: Error 400: The subnetwork resource '${SUBNETWORK_ID}' is already being used by '${PROJECT}/locations/${REGION}/connectors/link', resourceInUseByAnotherResource`,
    ],
    [
      "to delete a zone with records in it",
      () => {
        const { id } = zone();
        records();
        controlPlane.delete({ type: ZONE, id });
      },
      "Error when reading or editing ManagedZone: googleapi: Error 400: The resource named 'run-app' cannot be deleted because it contains one or more 'resource records'., containerNotEmpty",
    ],
  ];
  for (const [fact, work, message] of refusals) {
    it(`refuses ${fact}`, () => {
      controlPlane = cloud({ missing: "refuse" });
      make(controlPlane, NETWORK, "mesh", { name: "mesh", autoCreateSubnetworks: false });
      assert.equal(refusal(work), message);
    });
  }
});
