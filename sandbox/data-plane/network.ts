/**
 * Where a call comes from when it reaches Cloud Run: a service's own route decides whether it counts as internal.
 * Source: https://cloud.google.com/run/docs/securing/private-networking
 */
import type { ControlPlane, StoredResource } from "../control-plane";
import { RECORDS, ZONE } from "../control-plane/handlers/network/dns";
import { NAT } from "../control-plane/handlers/network/router";
import { SUBNETWORK } from "../control-plane/handlers/network/subnetwork";
import { CONNECTOR } from "../control-plane/handlers/run/network";
import { at, listAt, objectAt, textAt } from "../control-plane/properties";
import { shortName, withoutHost } from "../control-plane/rules/identifiers";
import type { Standing } from "./run-tasks";

/** Where a request stands when it arrives. `network` is `projects/P/global/networks/N`. */
export type Position =
  | { readonly from: "internet" }
  | { readonly from: "vpc"; readonly network: string }
  /** One of Google's own callers, such as Cloud Scheduler, in a project. */
  | { readonly from: "google"; readonly project: string }
  | { readonly from: "load-balancer" };

/** A call that never reaches Google: its packets have no route, or its name no address. */
export interface Unreachable {
  readonly unreachable: string;
}

/** `private.googleapis.com` and `restricted.googleapis.com`. Source: https://cloud.google.com/vpc/docs/configure-private-google-access */
const GOOGLE_PRIVATE = /^199\.36\.153\.([4-9]|1[01])$/;

/** The route of a service's call to a run.app host. */
export function routeOf(service: Standing, host: string, controlPlane: ControlPlane): Position | Unreachable {
  const attached = attachment(service, controlPlane);
  if (!attached) return { from: "internet" };
  const { network, subnetwork, allTraffic } = attached;
  const zone = zoneFor(host, network, controlPlane);
  const address = zone && addressIn(zone, host, controlPlane);
  if (zone && address === undefined) {
    return {
      unreachable: `the private zone "${shortName(zone.id)}" answers for ${host} and has no record for it; add *.run.app`,
    };
  }
  const throughVpc = allTraffic || (address !== undefined && GOOGLE_PRIVATE.test(address));
  if (!throughVpc) return { from: "internet" };
  if (subnetwork && !reachesGoogle(subnetwork, controlPlane)) {
    return {
      unreachable: `the subnetwork "${shortName(subnetwork.id)}" of ${service.name} has no Private Google Access; set privateIpGoogleAccess`,
    };
  }
  return { from: "vpc", network };
}

/** The network that a service's revisions are attached to, if any. */
export function networkOf(service: Standing, controlPlane: ControlPlane): string | undefined {
  return attachment(service, controlPlane)?.network;
}

interface Attachment {
  readonly network: string;
  readonly subnetwork: StoredResource | undefined;
  readonly allTraffic: boolean;
}

function attachment(service: Standing, controlPlane: ControlPlane): Attachment | undefined {
  const { project, region } = service;
  const access = objectAt(service.template, "vpcAccess");
  const allTraffic = access["egress"] === "ALL_TRAFFIC";
  const connector = textAt(access, "connector");
  if (connector !== undefined) {
    const id = connector.includes("/") ? connector : `projects/${project}/locations/${region}/connectors/${connector}`;
    const { state } = controlPlane.get(CONNECTOR, id) ?? {};
    const subnetName = textAt(state, "subnet", "name");
    const home = textAt(state, "subnet", "projectId") ?? project;
    const subnetwork = subnetName === undefined ? undefined : subnetworkAt(subnetName, home, region, controlPlane);
    const network = textAt(subnetwork?.state, "network") ?? textAt(state, "network") ?? "default";
    return { network: networkId(network, home), subnetwork, allTraffic };
  }
  const [direct] = listAt(access, "networkInterfaces");
  if (direct === undefined) return undefined;
  const named = textAt(direct, "network");
  // Without a subnetwork Cloud Run takes the one that is called like the network.
  // Source: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
  const subnetName = textAt(direct, "subnetwork") ?? named ?? "default";
  const home = /^projects\/([^/]+)\//.exec(withoutHost(subnetName))?.[1] ?? project;
  const subnetwork = subnetworkAt(subnetName, home, region, controlPlane);
  const network = named ?? textAt(subnetwork?.state, "network") ?? "default";
  return { network: networkId(network, home), subnetwork, allTraffic };
}

/** The id of a network that is given by name, path or link. */
export function networkId(reference: string, project: string): string {
  const path = withoutHost(reference);
  const home = /^projects\/([^/]+)\//.exec(path)?.[1] ?? project;
  return `projects/${home}/global/networks/${shortName(path)}`;
}

function subnetworkAt(reference: string, project: string, region: string, controlPlane: ControlPlane) {
  return controlPlane.get(SUBNETWORK, `projects/${project}/regions/${region}/subnetworks/${shortName(reference)}`);
}

/**
 * Private Google Access, which Cloud NAT switches on by itself. A subnetwork that the stack does not make is taken to
 * have it. Source: https://cloud.google.com/nat/docs/nat-product-interactions
 */
function reachesGoogle(subnetwork: StoredResource, controlPlane: ControlPlane): boolean {
  if (subnetwork.external || subnetwork.state["privateIpGoogleAccess"] === true) return true;
  const { project, region } = subnetwork.state;
  return controlPlane
    .list({ type: NAT })
    .some(({ state }) => state["project"] === project && state["region"] === region);
}

function zoneFor(host: string, network: string, controlPlane: ControlPlane): StoredResource | undefined {
  const covering = controlPlane.list({ type: ZONE }).filter(({ state }) => {
    if (state["visibility"] !== "private" || !`.${host}.`.endsWith(`.${textAt(state, "dnsName")}`)) return false;
    const project = textAt(state, "project") ?? "";
    return listAt(state, "privateVisibilityConfig", "networks").some(
      (one) => networkId(textAt(one, "networkUrl") ?? "", project) === network,
    );
  });
  const specificity = ({ state }: StoredResource) => textAt(state, "dnsName")?.length ?? 0;
  return covering.sort((a, b) => specificity(b) - specificity(a))[0];
}

/** The address that a zone answers with; one CNAME is followed. */
function addressIn(zone: StoredResource, host: string, controlPlane: ControlPlane): string | undefined {
  const records = controlPlane.list({ type: RECORDS }).filter(({ state }) => {
    return shortName(textAt(state, "managedZone") ?? "") === textAt(zone.state, "name");
  });
  const find = (name: string) => {
    const wildcards = name.split(".").map((_, index, labels) => ["*", ...labels.slice(index + 1)].join("."));
    return [name, ...wildcards].flatMap((one) => records.find(({ state }) => textAt(state, "name") === one) ?? [])[0];
  };
  let record = find(`${host}.`);
  if (record && textAt(record.state, "type") === "CNAME") record = find(String(at(record.state, "rrdatas", 0)));
  const address = at(record?.state, "rrdatas", 0);
  return address === undefined ? undefined : String(address);
}
