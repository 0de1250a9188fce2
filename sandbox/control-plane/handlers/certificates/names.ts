import { GoogleError } from "../../errors";
import type { Handler, World } from "../../handler";
import { type Properties, textAt } from "../../properties";
import { shortName, withoutHost } from "../../rules/identifiers";
import { labelProblem } from "../../rules/labels";

export const AUTHORIZATION = "gcp:certificatemanager/dnsAuthorization:DnsAuthorization";
export const CERTIFICATE = "gcp:certificatemanager/certificate:Certificate";
export const CERTIFICATE_MAP = "gcp:certificatemanager/certificateMap:CertificateMap";
export const CERTIFICATE_MAP_ENTRY = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry";

/** Source: https://cloud.google.com/certificate-manager/docs/reference/certificate-manager/rest/v1/projects.locations.certificates */
const NAME = /^[a-z]([-a-z0-9_]{0,62}[a-z0-9])?$/;
const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})+$`);

/** What everything of Certificate Manager has in common that is in a location. */
export function located(kind: string, collection: string) {
  return {
    kind,
    naming: { property: "name", maxLength: 63 },
    identify: (inputs) => placeOf(collection, inputs),
    parseId(id, world) {
      const parts = id.split("/");
      if (parts.length > 2) return id;
      const project = parts.length === 2 ? (parts[0] ?? "") : (world.scope.project ?? "");
      return placeOf(collection, { project, name: parts.at(-1) ?? "" });
    },
    duplicate: ({ id }) => `Resource '${id}' already exists, alreadyExists`,
  } satisfies Partial<Handler>;
}

function placeOf(collection: string, inputs: Properties): string {
  const place = `projects/${String(inputs["project"])}/locations/${textAt(inputs, "location") ?? "global"}`;
  return `${place}/${collection}/${String(inputs["name"])}`;
}

/** The id of what is named by its path, with the project's id or its number, or by its name alone. */
export function certificatePartId(said: string, collection: string, home: Properties, world: World): string {
  const path = withoutHost(said);
  const [, project, rest] = /^projects\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (project !== undefined) return `projects/${world.projects.id(project)}/${rest}`;
  return placeOf(collection, { project: String(home["project"]), name: path });
}

/** Throws Google's 404 where there is no such thing. */
export function needCertificatePart(type: string, id: string, world: World) {
  const [, project = "", , location = ""] = id.split("/");
  return world.need(type, { project, name: shortName(id), ...(location !== "global" && { location }) }, () => {
    return new GoogleError(404, `Resource '${id}' was not found, notFound`);
  });
}

/** Refuses a name and labels that are none. Assumed: the words. */
export function admitNameAndLabels(inputs: Properties): void {
  const name = textAt(inputs, "name") ?? "";
  if (!NAME.test(name)) {
    throw new GoogleError(400, `name '${name}' must match '[a-z]([-a-z0-9_]{0,62}[a-z0-9])?', badRequest`);
  }
  const problem = labelProblem(inputs["labels"]);
  if (problem !== undefined) throw new GoogleError(400, `${problem}, badRequest`);
}

/** Whether this is a host name in lower case, of two labels at least. */
export function isDomain(domain: string): boolean {
  return DOMAIN.test(domain) && domain.length <= 253;
}

/** What Google and the provider keep of labels. */
export function labelOutputs(inputs: Properties): Properties {
  const labels = inputs["labels"] ?? {};
  return { effectiveLabels: labels, pulumiLabels: labels };
}
