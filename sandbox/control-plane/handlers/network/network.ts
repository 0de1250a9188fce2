import { GoogleError } from "../../errors";
import type { Handler, World } from "../../handler";
import { type Properties, textAt } from "../../properties";
import { shortName, stableDigits } from "../../rules/identifiers";
import { ROUTER, routerNetwork } from "./router";
import { SUBNETWORK, subnetworkNetwork } from "./subnetwork";

export const NETWORK = "gcp:compute/network:Network";

/** Source: https://cloud.google.com/compute/docs/naming-resources */
const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A VPC network. */
export const network: Handler = {
  kind: "Network",
  naming: { property: "name", maxLength: 63 },
  defaults: () => ({ autoCreateSubnetworks: true, routingMode: "REGIONAL", mtu: 0 }),
  identify: (inputs) => `projects/${String(inputs["project"])}/global/networks/${String(inputs["name"])}`,
  parseId: (id, world) => (id.includes("/") ? id : `projects/${world.scope.project}/global/networks/${id}`),
  admit: ({ inputs }) => admitComputeName(inputs),
  compute({ id, incarnation }) {
    const numericId = stableDigits(`${id} ${incarnation}`, 19);
    return { selfLink: selfLink(id), numericId, networkId: numericId };
  },
  mayDelete(resource, world) {
    const subnetworks = [...world.all(SUBNETWORK)].filter((one) => subnetworkNetwork(one, world) === resource.id);
    const routers = [...world.all(ROUTER)].filter(({ state }) => routerNetwork(state, world) === resource.id);
    const user = [...subnetworks, ...routers].find(({ external }) => !external);
    if (user === undefined) return;
    throw new GoogleError(
      400,
      `The network resource '${resource.id}' is already being used by '${user.id}', resourceInUseByAnotherResource`,
    );
  },
};

/** Project and name of a network that is given by name, path or link (without its host). */
export function networkPlace(reference: string, project: string, world: World): Properties {
  const home = /^projects\/([^/]+)\//.exec(reference)?.[1] ?? project;
  return { project: world.projects.id(home), name: shortName(reference) };
}

/** Names in Compute Engine. */
export function admitComputeName(inputs: Properties): void {
  const name = textAt(inputs, "name") ?? "";
  if (NAME.test(name)) return;
  throw new GoogleError(
    400,
    `Invalid value for field 'resource.name': '${name}'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)', invalid`,
  );
}

export function selfLink(id: string): string {
  return `https://www.googleapis.com/compute/v1/${id}`;
}
