import type { MeshSpec } from "../../../mesh";
import { usesDirectVpc } from "../../../mesh/project-services";
import { homesOf, type Row, when } from "./row";

const makesNetwork = when(({ network }) => network !== undefined);
const makesZone = when(({ network }) => network?.privateDnsZone === true);
const zoneOf = ({ loadBalancer }: MeshSpec) => (loadBalancer?.dnsZone ? [loadBalancer.dnsZone.project] : []);

/** What it takes to use or make the VPC network, and to switch the APIs on. */
export const AROUND: readonly Row[] = [
  {
    permissions: ["compute.subnetworks.use"],
    what: "give callers of internal services a way into the VPC network",
    where: "Direct VPC egress, on the project that the network is in",
    on: homesOf(({ vpc }) => (usesDirectVpc(vpc) ? [vpc?.subnetwork ?? vpc?.network] : [])),
  },
  {
    permissions: ["vpcaccess.connectors.use"],
    what: "give callers of internal services a way into the VPC network",
    where: "connectors, on the project that the connector is in",
    on: homesOf(({ vpc }) => [vpc?.connector]),
  },
  {
    permissions: ["compute.networks.create", "compute.networks.get"],
    what: "make the VPC network",
    where: "`network.create`",
    on: makesNetwork,
  },
  {
    permissions: ["compute.subnetworks.create", "compute.subnetworks.get", "compute.networks.updatePolicy"],
    what: "make its subnetwork",
    where: "`network.create`",
    on: makesNetwork,
  },
  {
    permissions: ["compute.subnetworks.expandIpCidrRange"],
    what: "let its range grow",
    where: "`network.create`",
    on: makesNetwork,
  },
  {
    permissions: ["compute.globalOperations.get", "compute.regionOperations.get"],
    what: "wait until network and load balancer are made",
    where: "`network.create`, and `loadBalancer`",
    on: when(({ network, loadBalancer }) => network !== undefined || loadBalancer !== undefined),
  },
  {
    permissions: ["vpcaccess.connectors.create", "vpcaccess.connectors.get", "vpcaccess.operations.get"],
    what: "make the connector",
    where: "`network.create.connector`",
    on: when(({ network }) => network?.connector === true),
  },
  {
    permissions: ["dns.managedZones.create", "dns.managedZones.get", "dns.networks.bindPrivateDNSZone"],
    what: "make the private zone for run.app",
    where: "`network.create` with `private-ranges-only` or `privateDnsZone`",
    on: makesZone,
  },
  {
    permissions: [
      "dns.changes.create",
      "dns.changes.get",
      "dns.resourceRecordSets.create",
      "dns.resourceRecordSets.list",
    ],
    what: "put records into the zone",
    where:
      "`network.create` with `private-ranges-only` or `privateDnsZone`, and `loadBalancer` with `dnsZone`, on the project that the zone is in",
    on: (mesh) => [...new Set([...makesZone(mesh), ...zoneOf(mesh)])],
  },
  {
    permissions: ["compute.routers.create", "compute.routers.get", "compute.routers.update"],
    what: "make Cloud NAT",
    where: "`network.create.nat`",
    on: when(({ network }) => network?.nat === true),
  },
  {
    permissions: ["serviceusage.services.enable", "serviceusage.services.list"],
    what: "switch on the APIs that the mesh needs",
    where: "`projectServices`",
    on: when(({ projectServices }) => projectServices === true),
  },
];
