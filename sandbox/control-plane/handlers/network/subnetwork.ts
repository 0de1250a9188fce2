import { isWithin, overlaps, parseRange } from "../../../../google/ranges";
import { GoogleError } from "../../errors";
import type { Handler, World } from "../../handler";
import { type Properties, textAt } from "../../properties";
import { shortName, stableDigits, stableEtag, withoutHost } from "../../rules/identifiers";
import type { StoredResource } from "../../state/store";
import { CONNECTOR } from "../run/network";
import { admitComputeName, NETWORK, networkPlace, selfLink } from "./network";

export const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";

/** A subnetwork. That Direct VPC keeps one busy for hours after the last revision is gone is not played. */
export const subnetwork: Handler = {
  kind: "Subnetwork",
  naming: { property: "name", maxLength: 63 },
  defaults: () => ({ privateIpGoogleAccess: false, purpose: "PRIVATE", stackType: "IPV4_ONLY" }),
  identify: (inputs) =>
    `projects/${String(inputs["project"])}/regions/${String(inputs["region"])}/subnetworks/${String(inputs["name"])}`,
  parseId: (id, world) =>
    id.includes("/") ? id : `projects/${world.scope.project}/regions/${world.scope.region}/subnetworks/${id}`,
  admit({ id, inputs }, world) {
    admitComputeName(inputs);
    const place = networkPlace(withoutHost(String(inputs["network"])), String(inputs["project"]), world);
    world.need(NETWORK, place, () => {
      const path = `projects/${String(place["project"])}/global/networks/${String(place["name"])}`;
      return new GoogleError(404, `The resource '${path}' was not found, notFound`);
    });
    const written = textAt(inputs, "ipCidrRange") ?? "";
    const range = parseRange(written);
    for (const other of world.all(SUBNETWORK)) {
      if (other.id === id || other.external) continue;
      if (withoutHost(String(other.state["network"])) !== withoutHost(networkLink(inputs, world))) continue;
      const taken = parseRange(textAt(other.state, "ipCidrRange") ?? "");
      if (!range || !taken || !overlaps(range, taken)) continue;
      const [name, region] = [String(other.state["name"]), String(other.state["region"])];
      throw new GoogleError(
        400,
        `Invalid IPCidrRange: ${written} conflicts with existing subnetwork '${name}' in region '${region}'., invalid`,
      );
    }
  },
  replaces: shrunk,
  mayDelete(resource, world) {
    for (const connector of world.all(CONNECTOR)) {
      if (connector.external || !isIn(connector, resource, world)) continue;
      throw new GoogleError(
        400,
        `The subnetwork resource '${resource.id}' is already being used by '${connector.id}', resourceInUseByAnotherResource`,
      );
    }
  },
  compute({ id, inputs, incarnation }, world) {
    return {
      selfLink: selfLink(id),
      network: networkLink(inputs, world),
      creationTimestamp: world.now().toISOString(),
      fingerprint: stableEtag(id).slice(1, 13),
      gatewayAddress: gateway(textAt(inputs, "ipCidrRange")),
      subnetworkId: Number(stableDigits(`${id} ${incarnation}`, 15)),
    };
  },
};

/** Google widens a range in place, and the provider replaces what it cannot. Source: `isShrinkageIpCidr` in the provider. */
function shrunk(before: Properties, after: Properties): string[] {
  const [old, range] = [before, after].map((inputs) => parseRange(textAt(inputs, "ipCidrRange") ?? ""));
  return old && range && !isWithin(old, range) ? ["ipCidrRange"] : [];
}

/** Project, region and name of a subnetwork that is given by name, path or link (without its host). */
export function subnetworkPlace(reference: string, project: string, location: string, world: World): Properties {
  const path = /^projects\/([^/]+)\/regions\/([^/]+)\//.exec(reference);
  return {
    project: world.projects.id(path?.[1] ?? project),
    region: path?.[2] ?? location,
    name: shortName(reference),
  };
}

/** The id of the network that a subnetwork is in. */
export function subnetworkNetwork(resource: StoredResource, world: World): string {
  const place = networkPlace(withoutHost(String(resource.state["network"])), String(resource.state["project"]), world);
  return `projects/${String(place["project"])}/global/networks/${String(place["name"])}`;
}

function isIn({ state }: StoredResource, subnetwork: StoredResource, world: World): boolean {
  const name = textAt(state, "subnet", "name");
  if (name === undefined) return false;
  const home = textAt(state, "subnet", "projectId") ?? String(state["project"]);
  const { project, region, name: short } = subnetworkPlace(name, home, String(state["region"]), world);
  return `projects/${String(project)}/regions/${String(region)}/subnetworks/${String(short)}` === subnetwork.id;
}

function networkLink(inputs: Properties, world: World): string {
  const place = networkPlace(withoutHost(String(inputs["network"] ?? "default")), String(inputs["project"]), world);
  return selfLink(`projects/${String(place["project"])}/global/networks/${String(place["name"])}`);
}

/** The second address of the range, which Google keeps for the gateway. */
function gateway(range: string | undefined): string {
  return range === undefined ? "" : range.replace(/\.(\d+)\/\d+$/, (_, last: string) => `.${Number(last) + 1}`);
}
