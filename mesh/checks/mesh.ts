import { projectOfEmail } from "../../google/accounts";
import { normalizedMember, serviceAccountEmail } from "../../google/members";
import { KINDS, RECEIVERS } from "../kinds";
import { parseMember } from "../members";
import { labelKeyProblem } from "../names";
import { sharedNetwork } from "../network";
import { didYouMean, type Finding, type Problem } from "../problems";
import type { CallerSpec, Ingress, MeshConfig, Place, ReceiverSpec, ServiceSpec, VpcRoute } from "../spec/spec";
import { standing } from "../until";
import { checkIap } from "./iap";
import { checkNetwork } from "./network";
import { checkService } from "./service";
import type { Callers } from "./unique";

/** Checks of the mesh as a whole: what the schema cannot say because it concerns several services at once. */

export function checkMesh(
  config: Partial<MeshConfig>,
  place: Place,
  written: Readonly<Record<string, unknown>>,
): Problem[] {
  const problems: Problem[] = [];
  if (!place.projectNumber && written["projectNumber"] === undefined) {
    problems.push({
      path: "projectNumber",
      message:
        'is not known; run "pulumi config set projectNumber NUMBER" with the number that "gcloud projects describe PROJECT_ID" prints',
    });
  }
  if (config.services && Object.keys((written["services"] as object) ?? {}).length === 0) {
    problems.push({ path: "services", message: "is empty; declare at least one service" });
  }
  if (config.network) problems.push(...checkNetwork(config.network, "network"));
  for (const key of Object.keys(config.labels ?? {})) {
    const message = labelKeyProblem(key);
    if (message) problems.push({ path: `labels.${key}`, message });
  }
  return problems;
}

/** What the checks of the services, and of what calls them, need to know besides them. */
export interface Surroundings {
  /** Keys written in the config, sound or not, so that a call to a service with a problem of its own is not called unknown. */
  readonly keys: ReadonlySet<string>;
  /** Paths of all that is written and runs, sound or not: `jobs.nightly`. */
  readonly written: readonly string[];
  /** What is called, by key: services and functions. */
  readonly receivers: Readonly<Record<string, ReceiverSpec>>;
  /** Everything that calls, by path. */
  readonly callers: Callers;
  /** Path of the first caller, by the key that is called. */
  readonly called: ReadonlyMap<string, string>;
  readonly place: Place;
}

export function checkServices(services: Readonly<Record<string, ServiceSpec>>, around: Surroundings): Finding[] {
  return Object.values(services).flatMap((spec) => [
    ...checkService(spec, around.place),
    ...checkCalls(spec, `services.${spec.key}`, around),
    ...checkCallers(spec, `services.${spec.key}`, around),
    ...checkIap(spec, `services.${spec.key}`, around.receivers),
  ]);
}

/** Whether a service behind this ingress answers calls from Cloud Run only when they come through a VPC network. */
export function needsRoute(ingress: Ingress): boolean {
  return typeof ingress === "string";
}

/** Checks the calls of what stands at a path: whom it calls, and whether there is a way. */
export function checkCalls(spec: CallerSpec, at: string, { keys, written, receivers, place }: Surroundings): Finding[] {
  const problems: Finding[] = [];
  const seen = new Set<string>();
  spec.calls.forEach(({ service, isOver }, i) => {
    const path = `${at}.calls[${i}]`;
    const add = (message: string, restsOn: readonly string[] = []) =>
      problems.push({ path, message, restsOn: [`${path}.service`, ...restsOn] });
    if (service === spec.key) add(`"${service}" calls itself; remove the entry`);
    else if (seen.has(service)) add(`"${service}" is listed twice; remove one entry`);
    else if (!keys.has(service)) {
      const task = written.find((path) => path.split(".")[1] === service);
      if (task !== undefined) add(`"${service}" is ${task}, which nobody calls by a URL; call a service`);
      else add(`unknown service "${service}"${didYouMean(service, keys)}`, anywhere(service));
    }
    seen.add(service);
    const callee = keys.has(service) ? receivers[service] : undefined;
    if (isOver || !callee || service === spec.key || !needsRoute(callee.ingress)) return;
    const missing = routeProblem(spec.vpc) ?? sharingProblem(spec.vpc, callee, place);
    if (missing === undefined) return;
    add(`"${service}" has ingress ${String(callee.ingress)}, so calls must come through a VPC network: ${missing}`, [
      ...["network", `${at}.network`],
      ...RECEIVERS.flatMap((kind) => [`${kind}.${service}.ingress`, `${kind}.${service}.network`]),
    ]);
  });
  return problems;
}

/** Where a key would stand that is written nowhere: in what was not understood, it may. */
export function anywhere(key: string): string[] {
  return KINDS.map((kind) => `${kind}.${key}`);
}

/** Why internal services cannot be reached by this route; they answer 404 to calls from outside the network. */
function routeProblem(vpc: VpcRoute | undefined): string | undefined {
  if (!vpc) return 'set "network" for the mesh or for the calling service';
  if (vpc.egress === "private-ranges-only" && !vpc.privateDnsZone) {
    return '"network.egress: private-ranges-only" sends run.app past the VPC; use "all-traffic", or set "network.privateDnsZone: true" where the network resolves run.app to private.googleapis.com';
  }
  return undefined;
}

/** Why a service is not met in the Shared VPC network that its caller comes from. */
function sharingProblem(vpc: VpcRoute | undefined, callee: ReceiverSpec, place: Place): string | undefined {
  const shared = sharedNetwork(vpc, place);
  if (shared === undefined || sharedNetwork(callee.vpc, place) === shared) return undefined;
  return `"${shared}" is another project's, whose calls only a service in it takes; give "${callee.key}" the same network`;
}

/** Checks who calls what stands at a path, from the mesh and from outside. */
export function checkCallers(spec: ReceiverSpec, path: string, { called, place }: Surroundings): Finding[] {
  const problems: Finding[] = [];
  const caller = called.get(spec.key);
  if (spec.defaultUrlDisabled && (caller !== undefined || standing(spec.access).length > 0)) {
    problems.push({
      path: `${path}.defaultUrlDisabled`,
      message: `${caller ?? `${path}.access`} calls it by that URL; remove the callers or keep the URL`,
    });
  }
  const members = new Set<string>();
  spec.access.forEach(({ member, through }, i) => {
    const who = parseMember(member);
    if (members.has(normalizedMember(member)))
      problems.push({ path: `${path}.access[${i}].member`, message: `"${member}" is listed twice; remove one entry` });
    members.add(normalizedMember(member));
    if ("kind" in who && who.kind === "person" && spec.ingress === "internal" && through !== "vpc") {
      problems.push({
        path: `${path}.access[${i}]`,
        message: `"${member}" cannot reach a service with ingress internal; set "through: vpc" if they come through the VPC network, or another ingress`,
        restsOn: [`${path}.access[${i}]`, `${path}.ingress`],
      });
    }
    if (through === "google" && "kind" in who && !isAccountOf(place, member)) {
      problems.push({
        path: `${path}.access[${i}]`,
        message: `"${member}" is no service account of ${place.project}, and Google's own callers count as internal in the service's project alone; name an account of it, or take "through: google" away`,
        restsOn: [`${path}.access[${i}]`, "project"],
      });
    }
  });
  return problems;
}

/** Whether a member is a service account of the project; Google's default ones are no members of a config. */
function isAccountOf({ project }: Place, member: string): boolean {
  return projectOfEmail(serviceAccountEmail(member) ?? "") === project;
}
