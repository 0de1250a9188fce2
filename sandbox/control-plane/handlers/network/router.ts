import { GoogleError } from "../../errors";
import type { Handler, World } from "../../handler";
import { listAt, type Properties, textAt } from "../../properties";
import { shortName, withoutHost } from "../../rules/identifiers";
import { admitComputeName, NETWORK, networkPlace, selfLink } from "./network";
import { SUBNETWORK, subnetworkPlace } from "./subnetwork";

export const ROUTER = "gcp:compute/router:Router";
export const NAT = "gcp:compute/routerNat:RouterNat";

/** A Cloud Router, which Cloud NAT needs. */
export const router: Handler = {
  kind: "Router",
  naming: { property: "name", maxLength: 63 },
  identify: (inputs) =>
    `projects/${String(inputs["project"])}/regions/${String(inputs["region"])}/routers/${String(inputs["name"])}`,
  admit({ inputs }, world) {
    admitComputeName(inputs);
    const place = networkPlace(withoutHost(textAt(inputs, "network") ?? "default"), String(inputs["project"]), world);
    world.need(NETWORK, place, () => notFound(`global/networks/${String(place["name"])}`, place));
  },
  compute: ({ id }, world) => ({ selfLink: selfLink(id), creationTimestamp: world.now().toISOString() }),
};

/** A Cloud NAT gateway: a part of its router. */
export const routerNat: Handler = {
  kind: "RouterNat",
  naming: { property: "name", maxLength: 63 },
  identify(inputs) {
    const place = [inputs["project"], inputs["region"], shortName(String(inputs["router"])), inputs["name"]];
    return place.join("/");
  },
  admit({ inputs }, world) {
    const [project, region] = [String(inputs["project"]), String(inputs["region"])];
    const place = { project, region, name: shortName(String(inputs["router"])) };
    world.need(ROUTER, place, () => notFound(`regions/${region}/routers/${place.name}`, place));
    for (const one of listAt(inputs, "subnetworks")) {
      const subnetwork = subnetworkPlace(withoutHost(textAt(one, "name") ?? ""), project, region, world);
      world.need(SUBNETWORK, subnetwork, () =>
        notFound(`regions/${region}/subnetworks/${String(subnetwork["name"])}`, subnetwork),
      );
    }
  },
};

function notFound(path: string, place: Properties): Error {
  return new GoogleError(404, `The resource 'projects/${String(place["project"])}/${path}' was not found, notFound`);
}

/** The id of the network that a router is in. */
export function routerNetwork(state: Properties, world: World): string {
  const place = networkPlace(withoutHost(textAt(state, "network") ?? "default"), String(state["project"]), world);
  return `projects/${String(place["project"])}/global/networks/${String(place["name"])}`;
}
