import { GoogleError } from "../../errors";
import type { World } from "../../handler";
import { at, listAt, objectAt, textAt } from "../../properties";
import { shortName, withoutHost } from "../../rules/identifiers";
import { NETWORK, networkPlace } from "../network/network";
import { SUBNETWORK, subnetworkPlace } from "../network/subnetwork";
import { violation } from "./names";
import type { Template } from "./template";

export const CONNECTOR = "gcp:vpcaccess/connector:Connector";
const EGRESS = ["ALL_TRAFFIC", "PRIVATE_RANGES_ONLY"];

/** Refuses a template's way into a VPC. Source: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc */
export function admitVpcAccess({ field, template, project, location }: Template, world: World): void {
  const access = objectAt(template, "vpcAccess");
  const place = `${field}.vpc_access`;
  const [connector, interfaces] = [textAt(access, "connector"), listAt(access, "networkInterfaces")];
  if (connector !== undefined && interfaces.length > 0) {
    throw violation(place, "only one of connector and network_interfaces may be set.");
  }
  const egress = textAt(access, "egress");
  if (egress !== undefined && !EGRESS.includes(egress)) {
    throw violation(`${place}.egress`, `'${egress}' is not one of ${EGRESS.join(", ")}.`);
  }
  if (interfaces.length > 1) throw violation(`${place}.network_interfaces`, "only one network interface is supported.");
  if (connector !== undefined) admitConnector(connector, project, location, world);
  for (const one of interfaces) {
    const [network, subnetwork] = [textAt(one, "network"), textAt(one, "subnetwork")];
    if (network === undefined && subnetwork === undefined && at(one, "network") === undefined) {
      throw violation(`${place}.network_interfaces`, "at least one of network and subnetwork is required.");
    }
    if (network !== undefined) admitNetwork(network, project, world);
    if (subnetwork !== undefined) admitSubnetwork(subnetwork, project, location, world);
  }
}

function admitConnector(reference: string, project: string, location: string, world: World): void {
  const [, home, , region] = reference.includes("/") ? reference.split("/") : ["", project, "", location];
  const place = { project: world.projects.id(home ?? project), region: region ?? location, name: shortName(reference) };
  world.need(CONNECTOR, place, () => {
    const name = `projects/${place.project}/locations/${place.region}/connectors/${place.name}`;
    return new GoogleError(
      400,
      `VPC connector ${name} does not exist, or Cloud Run does not have permission to use it.`,
    );
  });
}

function admitNetwork(reference: string, project: string, world: World): void {
  const place = networkPlace(withoutHost(reference), project, world);
  world.need(
    NETWORK,
    place,
    () =>
      new GoogleError(
        400,
        `VPC network ${String(place["name"])} does not exist in project ${String(place["project"])}.`,
      ),
  );
}

function admitSubnetwork(reference: string, project: string, location: string, world: World): void {
  const place = subnetworkPlace(withoutHost(reference), project, location, world);
  if (place["region"] !== location) {
    throw new GoogleError(
      400,
      `Subnetwork ${String(place["name"])} is in region ${String(place["region"])}, not in ${location}.`,
    );
  }
  world.need(SUBNETWORK, place, () => {
    return new GoogleError(
      400,
      `Subnetwork ${String(place["name"])} does not exist in region ${location} of project ${String(place["project"])}.`,
    );
  });
}
