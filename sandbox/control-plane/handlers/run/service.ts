import { GoogleError } from "../../errors";
import type { Handler, Subject, World } from "../../handler";
import { equal, listAt, numberAt, objectAt, type Properties, type PropertyValue, textAt } from "../../properties";
import { shortName } from "../../rules/identifiers";
import { iapInFrontOf } from "../load-balancing/backend-service";
import { enumFailures, protectedResource, runAudit } from "./audit";
import { admitRunResource, parseRunId, revisionName, runId, runUrls, SERVICE, violation } from "./names";
import { secretProblems, startFailure } from "./secrets";
import { admitScaling, admitTemplate, filledTemplate, type Template } from "./template";

const INGRESS = ["INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"];
const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";
const REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
const TAG_AND_NAME_MAX = 46;

/** A Cloud Run service. Source: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services */
export const runService: Handler = {
  kind: "Service",
  naming: { property: "name", maxLength: 50 },
  keeps: ["traffics"],

  validate: (inputs) => enumFailures(inputs, { ingress: INGRESS }),
  defaults: () => ({
    ingress: "INGRESS_TRAFFIC_ALL",
    launchStage: "GA",
    deletionProtection: true,
    invokerIamDisabled: false,
    defaultUriDisabled: false,
    traffics: [{ type: LATEST, percent: 100 }],
  }),
  identify: (inputs) => runId("services", inputs),
  parseId: (id, world) => parseRunId("services", id, world),

  admit(subject, world) {
    const { inputs, id } = subject;
    admitRunResource(SERVICE, inputs);
    admitScaling("service.scaling", inputs["scaling"]);
    admitTemplate(templateOf(subject), world);
    admitRevisionName(subject);
    admitTraffic(shortName(id), listAt(inputs, "traffics"));
    admitIap(subject, world);
  },

  compute(subject, world) {
    const { id, inputs, previous } = subject;
    const [, project = ""] = id.split("/");
    const revision = nextRevision(subject);
    const ready = secretProblems(templateOf(subject), world).length === 0;
    const template = filledTemplate(objectAt(inputs, "template"), project, world);
    const { uri, urls } = runUrls(id, world);
    return {
      ...runAudit(subject, world, ready),
      name: shortName(id),
      template: { timeout: "300s", maxInstanceRequestConcurrency: 80, ...template },
      uri,
      urls,
      latestCreatedRevision: revision,
      latestReadyRevision: ready ? revision : (previous?.state["latestReadyRevision"] ?? ""),
      trafficStatuses: trafficStatuses(inputs, uri),
    };
  },

  problems(subject, world) {
    const what = `Revision '${nextRevision(subject)}' is not ready and cannot serve traffic. `;
    const start = startFailure("Service", subject, what, secretProblems(templateOf(subject), world));
    return start.length > 0 ? start : startFailure("Service", subject, "", missingRevisions(subject));
  },

  ...protectedResource("service"),
};

function templateOf({ id, inputs }: Subject): Template {
  const [, project = "", , location = ""] = id.split("/");
  return { of: "service", field: "service.template", project, location, template: objectAt(inputs, "template") };
}

/** Changes of the template, and of nothing else, make a new revision; so does the next attempt after a failed one. */
function nextRevision({ id, inputs, previous, incarnation }: Subject): string {
  const explicit = textAt(inputs, "template", "revision");
  if (explicit !== undefined) return explicit;
  const last = textAt(previous?.state, "latestCreatedRevision");
  const isReady = last === textAt(previous?.state, "latestReadyRevision");
  if (last !== undefined && isReady && equal(previous?.inputs["template"], inputs["template"])) return last;
  return revisionName(id, Number(previous?.state["generation"] ?? 0) + 1, incarnation);
}

function admitRevisionName({ id, inputs, previous }: Subject): void {
  const revision = textAt(inputs, "template", "revision");
  if (revision === undefined) return;
  const name = shortName(id);
  if (!revision.startsWith(`${name}-`)) throw foreignRevision("service.template.revision", name, revision);
  const same = equal(previous?.inputs["template"], inputs["template"]);
  if (!same && textAt(previous?.state, "latestCreatedRevision") === revision)
    throw new GoogleError(409, `Revision named '${revision}' with different configuration already exists.`);
}

function foreignRevision(field: string, service: string, revision: string): GoogleError {
  return violation(field, `the name of a revision must begin with '${service}-', got '${revision}'.`);
}

/**
 * Traffic to revisions that a service which is made here has not. Later ones are not told: old revisions are not held.
 * Seen: the words, of a service that was made all the same.
 */
function missingRevisions(subject: Subject): string[] {
  if (subject.previous !== undefined) return [];
  return listAt(subject.inputs, "traffics")
    .map((target) => textAt(target, "revision"))
    .filter((revision) => revision !== undefined && revision !== nextRevision(subject))
    .map((revision) => {
      return `Revision '${revision}' does not exist or is deleted. Update all traffic to route to currently available revisions.`;
    });
}

/** Assumed: the words. Source: https://cloud.google.com/iap/docs/enabling-cloud-run */
function admitIap({ id, inputs }: Subject, world: World): void {
  const backend = inputs["iapEnabled"] === true ? iapInFrontOf(id, world) : undefined;
  if (backend === undefined) return;
  throw violation("service.iap_enabled", `IAP is enabled on '${backend.id}' in front of the service already.`);
}

function admitTraffic(name: string, traffics: PropertyValue[]): void {
  if (traffics.length === 0) return;
  const tags = new Set<string>();
  let sum = 0;
  traffics.forEach((target, index) => {
    const place = `service.traffic[${index}]`;
    const [type, revision, tag] = [textAt(target, "type"), textAt(target, "revision"), textAt(target, "tag")];
    sum += numberAt(target, "percent") ?? 0;
    if (type === REVISION && revision === undefined) throw violation(`${place}.revision`, "must be set for this type.");
    if (revision !== undefined && !revision.startsWith(`${name}-`))
      throw foreignRevision(`${place}.revision`, name, revision);
    if (type === LATEST && revision !== undefined)
      throw violation(`${place}.revision`, "must not be set for this type.");
    if (tag === undefined) return;
    if (tags.has(tag)) throw violation(`${place}.tag`, `the tag '${tag}' is used twice.`);
    if (tag.length + name.length > TAG_AND_NAME_MAX) {
      throw violation(`${place}.tag`, `tag and service name together must be at most ${TAG_AND_NAME_MAX} characters.`);
    }
    tags.add(tag);
  });
  if (sum !== 100) throw violation("service.traffic", `the percents must sum to 100, got ${sum}.`);
}

function trafficStatuses(inputs: Properties, uri: string): PropertyValue[] {
  const given = listAt(inputs, "traffics");
  return (given.length > 0 ? given : [{ type: LATEST, percent: 100 }]).map((target) => {
    const tag = textAt(target, "tag");
    return {
      type: textAt(target, "type") ?? LATEST,
      revision: textAt(target, "revision") ?? "",
      percent: numberAt(target, "percent") ?? 0,
      tag: tag ?? "",
      uri: tag === undefined ? "" : uri.replace("https://", `https://${tag}---`),
    };
  });
}
