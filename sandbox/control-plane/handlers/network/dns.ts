import { GoogleError } from "../../errors";
import type { Handler, World } from "../../handler";
import { listAt, type Properties, textAt } from "../../properties";
import { shortName, stableDigits, withoutHost } from "../../rules/identifiers";
import { NETWORK, networkPlace } from "./network";

export const ZONE = "gcp:dns/managedZone:ManagedZone";
export const RECORDS = "gcp:dns/recordSet:RecordSet";

/** Source: https://cloud.google.com/dns/docs/reference/rest/v1/managedZones */
const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A managed zone, with the records that others put into it. */
export const managedZone: Handler = {
  kind: "ManagedZone",
  naming: { property: "name", maxLength: 63 },
  defaults: () => ({ visibility: "public", forceDestroy: false }),
  identify: (inputs) => `projects/${String(inputs["project"])}/managedZones/${String(inputs["name"])}`,
  parseId: (id, world) => (id.includes("/") ? id : `projects/${world.scope.project}/managedZones/${id}`),
  admit({ inputs }, world) {
    const [name, dnsName] = [textAt(inputs, "name") ?? "", textAt(inputs, "dnsName") ?? ""];
    if (!NAME.test(name)) throw new GoogleError(400, `Invalid value for 'entity.managedZone.name': '${name}', invalid`);
    if (!dnsName.endsWith(".")) {
      throw new GoogleError(400, `Invalid value for 'entity.managedZone.dnsName': '${dnsName}', invalid`);
    }
    for (const one of listAt(inputs, "privateVisibilityConfig", "networks")) {
      const place = networkPlace(withoutHost(textAt(one, "networkUrl") ?? ""), String(inputs["project"]), world);
      world.need(NETWORK, place, () => {
        return new GoogleError(404, `The network '${String(place["name"])}' does not exist, networkNotFound`);
      });
    }
  },
  compute({ id, inputs, incarnation }, world) {
    return {
      managedZoneId: Number(stableDigits(`${id} ${incarnation}`, 15)),
      nameServers: nameServers(id, inputs),
      creationTime: world.now().toISOString(),
    };
  },
  mayDelete(zone, world) {
    if (zone.state["forceDestroy"] === true) return;
    const full = [...world.all(RECORDS)].some(({ id }) => id.startsWith(`${zone.id}/rrsets/`));
    if (!full) return;
    const name = shortName(zone.id);
    throw new GoogleError(
      400,
      `The resource named '${name}' cannot be deleted because it contains one or more 'resource records'., containerNotEmpty`,
    );
  },
};

/** Four servers of one of five sets for what the world sees. Source: https://cloud.google.com/dns/docs/update-name-servers */
function nameServers(id: string, inputs: Properties): string[] {
  if (textAt(inputs, "visibility") === "private") return ["ns-gcp-private.googledomains.com."];
  const set = "abcde"[Number(stableDigits(id, 3)) % 5];
  return [1, 2, 3, 4].map((number) => `ns-cloud-${set}${number}.googledomains.com.`);
}

/** The records of one name and type. */
export const recordSet: Handler = {
  kind: "RecordSet",
  identify: (inputs, world) => `${zoneId(inputs, world)}/rrsets/${String(inputs["name"])}/${String(inputs["type"])}`,
  admit({ inputs }, world) {
    const name = textAt(inputs, "name") ?? "";
    const place = { project: String(inputs["project"]), name: shortName(String(inputs["managedZone"])) };
    const zone = world.need(ZONE, place, () => {
      return new GoogleError(
        404,
        `The 'parameters.managedZone' resource named '${place.name}' does not exist., notFound`,
      );
    });
    const within = textAt(zone.state, "dnsName");
    if (within === undefined || `.${name}`.endsWith(`.${within}`)) return;
    throw new GoogleError(
      400,
      `Invalid value for 'entity.change.additions[${name}][${String(inputs["type"])}].name': '${name}', invalid`,
    );
  },
};

function zoneId(inputs: Properties, world: World): string {
  const reference = String(inputs["managedZone"]);
  const home = /^projects\/([^/]+)\//.exec(reference)?.[1] ?? String(inputs["project"]);
  return `projects/${world.projects.id(home)}/managedZones/${shortName(reference)}`;
}
