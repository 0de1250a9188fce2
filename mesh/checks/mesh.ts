import { parseMember } from "../members";
import { labelKeyProblem } from "../names";
import { sharedNetwork } from "../network";
import { didYouMean, type Problem } from "../problems";
import type { Ingress, MeshConfig, Place, ServiceSpec, VpcRoute } from "../spec";
import { checkIap } from "./iap";
import { checkNetwork } from "./network";
import { checkService } from "./service";

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

/** What the checks of the services need to know besides them. */
interface Surroundings {
  /** Keys written in the config, sound or not, so that a call to a service with a problem of its own is not called unknown. */
  readonly keys: ReadonlySet<string>;
  readonly place: Place;
  /** Whether the mesh's network was understood; if not, nothing can be said about routes. */
  readonly routesKnown: boolean;
}

export function checkServices(services: Readonly<Record<string, ServiceSpec>>, around: Surroundings): Problem[] {
  const called = new Map<string, string>();
  for (const [key, { calls }] of Object.entries(services)) {
    for (const call of calls) if (!called.has(call.service)) called.set(call.service, `services.${key}`);
  }
  const problems: Problem[] = checkUnique(services);
  for (const spec of Object.values(services)) {
    problems.push(
      ...checkService(spec, around.place),
      ...checkCalls(spec, services, around),
      ...checkCallers(spec, called.get(spec.key)),
      ...checkIap(spec, services),
    );
  }
  return problems;
}

/** Whether a service behind this ingress answers calls from Cloud Run only when they come through a VPC network. */
export function needsRoute(ingress: Ingress): boolean {
  return typeof ingress === "string";
}

function checkCalls(
  spec: ServiceSpec,
  services: Readonly<Record<string, ServiceSpec>>,
  { keys, place, routesKnown }: Surroundings,
): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  spec.calls.forEach(({ service }, i) => {
    const path = `services.${spec.key}.calls[${i}]`;
    if (service === spec.key) problems.push({ path, message: `"${service}" calls itself; remove the entry` });
    else if (!keys.has(service))
      problems.push({ path, message: `unknown service "${service}"${didYouMean(service, keys)}` });
    else if (seen.has(service)) problems.push({ path, message: `"${service}" is listed twice; remove one entry` });
    seen.add(service);
    const callee = keys.has(service) ? services[service] : undefined;
    if (!routesKnown || !callee || service === spec.key || !needsRoute(callee.ingress)) return;
    const missing = routeProblem(spec.vpc) ?? sharingProblem(spec.vpc, callee, place);
    if (missing) {
      problems.push({
        path,
        message: `"${service}" has ingress ${String(callee.ingress)}, so calls must come through a VPC network: ${missing}`,
      });
    }
  });
  return problems;
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
function sharingProblem(vpc: VpcRoute | undefined, callee: ServiceSpec, place: Place): string | undefined {
  const shared = sharedNetwork(vpc, place);
  if (shared === undefined || sharedNetwork(callee.vpc, place) === shared) return undefined;
  return `"${shared}" is another project's, whose calls only a service in it takes; give "${callee.key}" the same network`;
}

function checkCallers(spec: ServiceSpec, caller: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const path = `services.${spec.key}`;
  if (spec.defaultUrlDisabled && (caller !== undefined || spec.access.length > 0)) {
    problems.push({
      path: `${path}.defaultUrlDisabled`,
      message: `${caller ?? `${path}.access`} calls it by that URL; remove the callers or keep the URL`,
    });
  }
  const members = new Set<string>();
  spec.access.forEach(({ member, through }, i) => {
    const who = parseMember(member);
    if (members.has(member))
      problems.push({ path: `${path}.access[${i}].member`, message: `"${member}" is listed twice; remove one entry` });
    members.add(member);
    if ("kind" in who && who.kind === "person" && spec.ingress === "internal" && through !== "vpc") {
      problems.push({
        path: `${path}.access[${i}]`,
        message: `"${member}" cannot reach a service with ingress internal; set "through: vpc" if they come through the VPC network, or another ingress`,
      });
    }
  });
  return problems;
}

/** Two services must not become one resource on Google Cloud, nor run under one identity. */
function checkUnique(services: Readonly<Record<string, ServiceSpec>>): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  const claim = (spec: ServiceSpec, field: "name" | "accountId" | "serviceAccount", fix: string) => {
    const claimed = `${field} ${spec[field]}`;
    const owner = owners.get(claimed);
    if (owner === undefined) owners.set(claimed, spec.key);
    else
      problems.push({
        path: `services.${spec.key}.${field}`,
        message: `"${spec[field]}" is also that of services.${owner}; ${fix}`,
      });
    return owner === undefined;
  };
  for (const spec of Object.values(services)) {
    if (!claim(spec, "name", "give each service its own")) continue;
    if (spec.serviceAccount !== undefined) claim(spec, "serviceAccount", "each service needs an account of its own");
    else claim(spec, "accountId", "give each service its own");
  }
  return problems;
}
