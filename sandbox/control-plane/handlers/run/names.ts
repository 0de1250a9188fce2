import { createHash } from "node:crypto";
import { serviceUrl } from "../../../../google/run";
import { unknownNames } from "../../api/unknown-names";
import { GoogleError } from "../../errors";
import type { World } from "../../handler";
import type { Properties } from "../../properties";
import { shortName, stableLetters } from "../../rules/identifiers";
import { annotationProblem, labelProblem } from "../../rules/labels";

export const SERVICE = "gcp:cloudrunv2/service:Service";
export const JOB = "gcp:cloudrunv2/job:Job";
export const WORKER_POOL = "gcp:cloudrunv2/workerPool:WorkerPool";

/** Source: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create */
const NAME_MAX = 49;
const NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** Source: https://cloud.google.com/run/docs/triggering/https-request#deterministic */
const DNS_LABEL_MAX = 63;

/** `projects/P/locations/R/COLLECTION/NAME`; a name may be given as such a path. */
export function runId(collection: string, inputs: Properties): string {
  const name = String(inputs["name"]);
  if (name.startsWith("projects/")) return name;
  return `projects/${String(inputs["project"])}/locations/${String(inputs["location"])}/${collection}/${name}`;
}

/** The forms that an import takes: the whole id, `P/R/NAME`, `R/NAME` and `NAME`. */
export function parseRunId(collection: string, id: string, world: World): string {
  const parts = id.split("/");
  if (parts.length >= 6) return id;
  const [name, location, project] = parts.reverse();
  const { scope } = world;
  return `projects/${project ?? scope.project}/locations/${location ?? scope.region}/${collection}/${name}`;
}

/** Google's word for the body of a request, as in `service.template`. */
const FIELDS: Readonly<Record<string, string>> = { [SERVICE]: "service", [JOB]: "job", [WORKER_POOL]: "worker_pool" };

/** Refuses what Google refuses in the parts that services, jobs and worker pools share. */
export function admitRunResource(type: string, inputs: Properties): void {
  const name = shortName(String(inputs["name"]));
  const field = FIELDS[type] ?? "";
  admitNames(type, field, inputs);
  if (name.length > NAME_MAX || !NAME.test(name)) {
    throw violation(
      `${field}.name`,
      `'${name}' is not a valid name: use only lowercase letters, digits and hyphens, begin with a letter, do not end with a hyphen, and use at most ${NAME_MAX} characters.`,
    );
  }
  const label = labelProblem(inputs["labels"]);
  if (label !== undefined) throw violation(`${field}.labels`, label);
  const annotation = annotationProblem(inputs["annotations"]);
  if (annotation !== undefined) throw violation(`${field}.annotations`, annotation);
}

/**
 * The body is read before anything in it is looked at. Source: the provider's
 * https://github.com/hashicorp/terraform-provider-google/issues/26525, whose arguments the API does not all know.
 */
function admitNames(type: string, field: string, inputs: Properties): void {
  const problems = unknownNames(type, inputs).map(({ name, at }) => {
    const place = at === "" ? field : `${field}.${at}`;
    return `Invalid JSON payload received. Unknown name "${name}" at '${place}': Cannot find field.`;
  });
  if (problems.length > 0) throw new GoogleError(400, problems.join("\n"));
}

/** Google's answer to a field that it does not accept. */
export function violation(field: string, message: string): GoogleError {
  return new GoogleError(400, `Violation in ${field}: ${message}`);
}

export interface RunUrls {
  uri: string;
  urls: string[];
}

/** The addresses of a service: the deterministic one where the DNS label fits, and the one with a hash. */
export function runUrls(id: string, world: World): RunUrls {
  const [, project = "", , location = "", , name = ""] = id.split("/");
  const number = world.projects.number(project);
  const hash = createHash("sha256").update(`run.app ${project}`).digest("hex");
  const letters = BigInt(`0x${hash.slice(0, 16)}`)
    .toString(36)
    .slice(0, 10);
  const hashed = `https://${name}-${letters}-${stableLetters(`region ${location}`, 2)}.a.run.app`;
  if (`${name}-${number}`.length > DNS_LABEL_MAX) return { uri: hashed, urls: [hashed] };
  const deterministic = serviceUrl(name, number, location);
  return { uri: deterministic, urls: [deterministic, hashed] };
}

/** The name of a revision: the service's name, a number that counts revisions, and three letters. */
export function revisionName(id: string, count: number, incarnation: number): string {
  return `${shortName(id)}-${String(count).padStart(5, "0")}-${stableLetters(`${id} ${incarnation} ${count}`, 3)}`;
}
