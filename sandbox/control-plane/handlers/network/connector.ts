import { GoogleError } from "../../errors";
import type { Handler } from "../../handler";
import { objectAt, textAt } from "../../properties";
import { withoutHost } from "../../rules/identifiers";
import { NETWORK, networkPlace, selfLink } from "./network";
import { SUBNETWORK, subnetworkPlace } from "./subnetwork";

/** Source: https://cloud.google.com/vpc/docs/configure-serverless-vpc-access#create-connector */
const NAME = /^[a-z][-a-z0-9]{0,23}[a-z0-9]$/;

/** A Serverless VPC Access connector. */
export const connector: Handler = {
  kind: "Connector",
  naming: { property: "name", maxLength: 25 },
  defaults: () => ({ machineType: "e2-micro" }),
  identify: (inputs) =>
    `projects/${String(inputs["project"])}/locations/${String(inputs["region"])}/connectors/${String(inputs["name"])}`,
  parseId: (id, world) =>
    id.includes("/") ? id : `projects/${world.scope.project}/locations/${world.scope.region}/connectors/${id}`,
  admit({ inputs }, world) {
    const name = textAt(inputs, "name") ?? "";
    if (!NAME.test(name)) {
      throw new GoogleError(400, `Connector ID must follow the pattern ^[a-z][-a-z0-9]{0,23}[a-z0-9]$, got '${name}'.`);
    }
    const [network, range] = [textAt(inputs, "network"), textAt(inputs, "ipCidrRange")];
    const [project, region] = [String(inputs["project"]), String(inputs["region"])];
    const subnet = objectAt(inputs, "subnet");
    if (network !== undefined && range === undefined) {
      throw new GoogleError(400, "ip_cidr_range is required when network is set.");
    }
    if (network !== undefined) {
      const place = networkPlace(withoutHost(network), project, world);
      world.need(NETWORK, place, () => new GoogleError(400, `VPC network ${String(place["name"])} does not exist.`));
    }
    const subnetName = textAt(subnet, "name");
    if (subnetName === undefined) return;
    const place = subnetworkPlace(subnetName, textAt(subnet, "projectId") ?? project, region, world);
    world.need(SUBNETWORK, place, () => new GoogleError(400, `Subnetwork ${subnetName} does not exist in ${region}.`));
  },
  compute: ({ id }) => ({ selfLink: selfLink(id), state: "READY", connectedProjects: [] }),
};
