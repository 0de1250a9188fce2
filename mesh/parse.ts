import { checkDeveloper } from "./checks/developers";
import { checkFormerly, undisputed } from "./checks/formerly";
import { checkFunction } from "./checks/functions";
import { checkGrantNames, checkMemberships } from "./checks/grants";
import { checkJob, checkWorkerPool } from "./checks/jobs";
import { checkLoadBalancer } from "./checks/load-balancer";
import { checkMesh, checkServices } from "./checks/mesh";
import { checkRoom, checkServiceNetworks } from "./checks/network";
import { checkOperator } from "./checks/operators";
import { checkHoldings, checkWays } from "./checks/people";
import { checkUnique } from "./checks/unique";
import type { MeshInput } from "./decode";
import { accessGraph, type Edge } from "./graph";
import { KINDS, RECEIVERS } from "./kinds";
import { fillLoadBalancer } from "./load-balancer";
import { networkSpec } from "./network";
import { attachedNodes, byPath, developersByPath, fillNodes, type Nodes, type People, settleRoutes } from "./nodes";
import { type Finding, isRelated, isWithin, mapPaths, type Problem } from "./problems";
import { type Salvaged, salvage } from "./spec/salvage";
import { schemaProblems } from "./spec/schema-problems";
import { type MeshConfig, type MeshSpec, meshConfig, type Place } from "./spec/spec";
import { deploymentEnd, standing } from "./until";

export interface Parsed {
  /** The mesh, with every default decided; absent where anything is wrong. */
  readonly spec?: MeshSpec;
  /** Everything that is wrong, in the order of the config; empty when `spec` is there. */
  readonly problems: readonly Problem[];
  /** What stops nothing and is to be told all the same: grants that have ended; empty where anything is wrong. */
  readonly warnings: readonly Problem[];
}

/** Maps whose entries are checked one by one, so that a problem in one hides nothing of the others. */
const MAPS = [...KINDS, "developers", "operators"] as const;

/**
 * Parses and checks a whole config before any resource exists.
 *
 * @param today the current day in UTC, `YYYY-MM-DD`, against which end dates are judged
 */
export function parseMesh(input: MeshInput, today: string): Parsed {
  if (input.encrypted !== undefined) return { problems: encryptedProblems(input.encrypted), warnings: [] };
  const parsed = meshConfig.safeParse(input.config);
  const problems: Problem[] = placeProblems(input);
  if (!parsed.success) problems.push(...schemaProblems(meshConfig, input.config, parsed.error.issues));

  const { config, lost, asWritten } = parsed.success ? wholly(parsed.data) : salvage(input.config);
  const place = {
    project: input.project ?? "",
    region: input.region ?? "",
    projectNumber: String(config.projectNumber ?? input.projectNumber ?? ""),
  };
  const { nodes, people, problems: own } = fillNodes(config, place, today);
  const settled = settleRoutes(nodes, config, place);
  const written = KINDS.flatMap((kind) => Object.keys(mapAt(input.config, kind)).map((key) => `${kind}.${key}`));
  const found = [
    ...checkMesh(config, place, input.config),
    ...own,
    ...checkNodes(nodes, people, written, place),
    ...checkLoadBalancer(config.loadBalancer, { services: nodes.services, keys: keysOf("services", written), written }),
    ...KINDS.flatMap((kind) => checkServiceNetworks(config, kind)),
    ...checkRoom(config.network, attachedNodes(settled), written),
  ];
  const spec = specOf(config, place, settled, people);
  const graph = accessGraph(spec);
  const twice = checkMemberships(graph, place.project, asWritten);
  const named = checkGrantNames(graph, asWritten).filter(({ path }) => !twice.some((one) => one.path === path));
  const again = [...checkWays(graph, asWritten), ...checkHoldings(graph, place, asWritten)];
  const clashes = [...named, ...twice, ...again].filter(
    ({ path }) => !found.some((other) => isRelated(other.path, path)),
  );
  const certain = [...found, ...clashes].map((one) => mapPaths(one, asWritten)).filter((one) => isCertain(one, lost));
  problems.push(...certain.map(({ path, message }) => ({ path, message })));
  if (problems.length > 0) return { problems: inOrder(problems, input.config), warnings: [] };
  return { spec, problems, warnings: graph.ended.map(endedWarning) };
}

/** A config that the schema understood. */
function wholly(config: MeshConfig): Salvaged {
  return { config, lost: [], asWritten: (path) => path };
}

/** Whether a finding is a problem whatever was meant by what was not understood. */
function isCertain({ path, restsOn = [path] }: Finding, lost: readonly string[]): boolean {
  return !lost.some((place) => isWithin(path, place) || restsOn.some((setting) => isRelated(setting, place)));
}

/** What is told of everything that runs and of who calls it. */
function checkNodes(
  nodes: Nodes,
  { developers, operators }: People,
  written: readonly string[],
  place: Place,
): Finding[] {
  const callers = byPath(nodes);
  const receivers = { ...nodes.services, ...nodes.functions };
  const called = new Map(
    Object.entries(callers)
      .toReversed()
      .flatMap(([path, { calls }]) => standing(calls).map(({ service }) => [service, path] as const)),
  );
  const keys = new Set(RECEIVERS.flatMap((kind) => [...keysOf(kind, written)]));
  const around = { keys, written, receivers, callers, called, place };
  const disputed = checkFormerly({ ...callers, ...developersByPath(developers) });
  return [
    ...disputed,
    ...checkUnique(undisputed(callers, disputed), place.project),
    ...checkServices(nodes.services, around),
    ...Object.values(nodes.functions).flatMap((one) => checkFunction(one, around)),
    ...Object.values(nodes.jobs).flatMap((one) => checkJob(one, around)),
    ...Object.values(nodes.workerPools).flatMap((one) => checkWorkerPool(one, around)),
    ...Object.values(developers).flatMap((one) => checkDeveloper(one, around)),
    ...Object.values(operators).flatMap(checkOperator),
  ];
}

function keysOf(kind: string, written: readonly string[]): Set<string> {
  return new Set(written.filter((path) => path.startsWith(`${kind}.`)).map((path) => path.slice(kind.length + 1)));
}

function specOf(config: MeshConfig, place: Place, nodes: Nodes, { developers, operators }: People): MeshSpec {
  const { services, functions, jobs, workerPools } = nodes;
  const network = networkSpec(config.network, attachedNodes(nodes));
  const projectServices = String(config.projectServices ?? false) === "true";
  return {
    ...place,
    ...(network && { network }),
    ...(config.loadBalancer && { loadBalancer: fillLoadBalancer(config.loadBalancer, place.project) }),
    ...(projectServices && { projectServices }),
    services,
    ...(!isEmptyMap(functions) && { functions }),
    ...(!isEmptyMap(developers) && { developers }),
    ...(!isEmptyMap(operators) && { operators }),
    ...(!isEmptyMap(jobs) && { jobs }),
    ...(!isEmptyMap(workerPools) && { workerPools }),
  };
}

function endedWarning({ reason, until = "" }: Edge): Problem {
  const message = `${deploymentEnd(until, true)}, and the grant is left out; remove the entry, or set a later day`;
  return { path: `${reason}.until`, message };
}

function placeProblems({ project, region }: MeshInput): Problem[] {
  const problems: Problem[] = [];
  if (!project)
    problems.push({ path: "gcp:project", message: 'is missing; run "pulumi config set gcp:project PROJECT_ID"' });
  if (!region)
    problems.push({
      path: "gcp:region",
      message: 'is missing; run "pulumi config set gcp:region europe-west9", or another region',
    });
  else if (!/^[a-z]+-[a-z]+\d+$/.test(region)) {
    problems.push({ path: "gcp:region", message: `"${region}" is not a region; write one like "europe-west9"` });
  }
  return problems;
}

function mapAt(config: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  return isMap(config[key]) ? config[key] : {};
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmptyMap(map: object): boolean {
  return Object.keys(map).length === 0;
}

/** Problems by service, job and worker pool in the order of the file, those of the whole mesh first. */
function inOrder(problems: readonly Problem[], config: Readonly<Record<string, unknown>>): Problem[] {
  const nodes = MAPS.flatMap((kind) => Object.keys(mapAt(config, kind)).map((key) => `${kind}.${key}`));
  const rank = new Map(nodes.map((node, i) => [node, i + 1]));
  const rankOf = ({ path }: Problem) => rank.get(/^\w+\.[^.[]+/.exec(path)?.[0] ?? "") ?? 0;
  return problems.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** What is not known cannot be judged, so these are the only problems of their config. */
function encryptedProblems(paths: readonly string[]): Problem[] {
  const holdsSecrets = (path: string) => KINDS.some((kind) => path === kind || path.startsWith(`${kind}.`));
  return paths.map((path) => ({
    path,
    message: holdsSecrets(path)
      ? "holds an encrypted value; put it into Secret Manager and name it: { secret, version }"
      : "is encrypted, and everybody who sees the services sees it; write it as it is",
  }));
}
