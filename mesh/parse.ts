import { checkDeveloper } from "./checks/developers";
import { checkFunction } from "./checks/functions";
import { checkGrantNames } from "./checks/grants";
import { checkJob, checkWorkerPool } from "./checks/jobs";
import { checkMesh, checkServices } from "./checks/mesh";
import { checkRoom, checkServiceNetworks } from "./checks/network";
import { checkUnique } from "./checks/unique";
import { accessGraph, type Edge } from "./graph";
import { networkSpec } from "./network";
import { attachedNodes, byPath, fillNodes, KINDS, settleRoutes } from "./nodes";
import { formatPath, type Problem } from "./problems";
import { schemaProblems } from "./spec/schema-problems";
import { type MeshConfig, type MeshSpec, meshConfig } from "./spec/spec";
import { deploymentEnd, standing } from "./until";

/** What a stack config says, decoded but not yet trusted. */
export interface MeshInput {
  /** `gcp:project`. */
  readonly project: string | undefined;
  /** `gcp:region`, where every service runs. */
  readonly region: string | undefined;
  /** Number of the project as looked up; the config's own `projectNumber` wins. */
  readonly projectNumber?: string | undefined;
  /** Everything under `cloud-run-mesh:`, by key without that prefix. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Parsed {
  /** The mesh, with every default decided; absent where anything is wrong. */
  readonly spec?: MeshSpec;
  /** Everything that is wrong, in the order of the config; empty when `spec` is there. */
  readonly problems: readonly Problem[];
  /** What stops nothing and is to be told all the same: grants that have ended; empty where anything is wrong. */
  readonly warnings: readonly Problem[];
}

const NAMESPACE = "cloud-run-mesh";
const MAP_KEYS: ReadonlySet<string> = new Set([
  "services",
  "functions",
  "jobs",
  "workerPools",
  "developers",
  "network",
  "labels",
]);

/** Maps whose entries are checked one by one, so that a problem in one hides nothing of the others. */
const MAPS = [...KINDS, "developers"] as const;

/**
 * Decodes the flat map of texts in which Pulumi hands a stack config to a program.
 *
 * @param isSecret tells whether a key holds an encrypted value. Such values are refused: a plain environment variable
 * would show them to whoever may look at the service.
 */
export function decodeStackConfig(
  all: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean,
): { input: MeshInput; problems: Problem[] } {
  const config: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [fullKey, text] of Object.entries(all)) {
    const [namespace, key] = fullKey.split(/:(.*)/s);
    if (namespace !== NAMESPACE || key === undefined) continue;
    if (isSecret(fullKey)) {
      problems.push({
        path: key,
        message: "holds an encrypted value; put it into Secret Manager and name it: { secret, version }",
      });
    }
    if (key !== "services" && isEmpty(text)) continue;
    config[key] = text;
    if (!MAP_KEYS.has(key)) continue;
    try {
      config[key] = JSON.parse(text);
    } catch {
      problems.push({ path: key, message: "got text, expected a map; write it as YAML below the key" });
      delete config[key];
    }
  }
  return { input: { project: all["gcp:project"], region: all["gcp:region"], config }, problems };
}

/** Pulumi.yaml has to give every optional key a default, and an empty one stands for a key that nobody set. */
function isEmpty(text: string): boolean {
  return text === "" || text === "{}";
}

/**
 * Parses and checks a whole config before any resource exists.
 *
 * @param today the current day in UTC, `YYYY-MM-DD`, against which end dates are judged
 */
export function parseMesh(input: MeshInput, today: string): Parsed {
  const problems: Problem[] = placeProblems(input);
  const parsed = meshConfig.safeParse(input.config);
  const issues = parsed.success ? [] : parsed.error.issues;
  problems.push(...schemaProblems(meshConfig, input.config, issues));

  const unsound = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
  );
  const config = (parsed.success ? parsed.data : salvage(input.config, unsound)) as Partial<MeshConfig>;
  const mesh = {
    project: input.project ?? "",
    region: input.region ?? "",
    projectNumber: String(config.projectNumber ?? input.projectNumber ?? ""),
  };
  problems.push(...checkMesh(config, mesh, input.config));

  const { nodes, developers, problems: own } = fillNodes(config, mesh, today);
  const routesKnown = config.network !== undefined || input.config["network"] === undefined;
  const keys = new Set(["services", "functions"].flatMap((kind) => Object.keys(mapAt(input.config, kind))));
  const callers = byPath(nodes);
  const receivers = { ...nodes.services, ...nodes.functions };
  const called = new Map(
    Object.entries(callers)
      .toReversed()
      .flatMap(([path, { calls }]) => standing(calls).map(({ service }) => [service, path] as const)),
  );
  const ingressKnown = !unsound.some(([, , setting]) => setting === "ingress");
  const around = { keys, receivers, callers, called, place: mesh, routesKnown: routesKnown && ingressKnown };
  own.push(
    ...checkUnique(callers, mesh.project),
    ...checkServices(nodes.services, around),
    ...Object.values(nodes.functions).flatMap((one) => checkFunction(one, around)),
    ...Object.values(nodes.jobs).flatMap((one) => checkJob(one, around)),
    ...Object.values(nodes.workerPools).flatMap((one) => checkWorkerPool(one, around)),
    ...Object.values(developers).flatMap((one) => checkDeveloper(one, around)),
    ...KINDS.flatMap((kind) => checkServiceNetworks(config, kind, routesKnown)),
  );
  const settled = settleRoutes(nodes, config, mesh);
  const attached = attachedNodes(settled);
  if (parsed.success) problems.push(...checkRoom(config.network, attached));
  const told = new Set(unsound.map((path) => formatPath(path.slice(0, 3))));
  problems.push(...own.filter(({ path }) => !judgedBy(path).some((other) => told.has(other))));

  if (problems.length > 0) return { problems: inOrder(problems, input.config), warnings: [] };
  const network = networkSpec(config.network, attached);
  const projectServices = String(config.projectServices ?? false) === "true";
  const more = { ...(network && { network }), ...(projectServices && { projectServices }) };
  const { services, functions, jobs, workerPools } = settled;
  const others = {
    ...(!isEmptyMap(functions) && { functions }),
    ...(!isEmptyMap(developers) && { developers }),
    ...(!isEmptyMap(jobs) && { jobs }),
    ...(!isEmptyMap(workerPools) && { workerPools }),
  };
  const spec = { ...mesh, ...more, services, ...others };
  const graph = accessGraph(spec);
  const clashes = checkGrantNames(graph);
  return clashes.length > 0
    ? { problems: clashes, warnings: [] }
    : { spec, problems: [], warnings: graph.ended.map(endedWarning) };
}

function endedWarning({ reason, until = "" }: Edge): Problem {
  const message = `${deploymentEnd(until, true)}, and the grant is left out; remove the entry, or set a later day`;
  return { path: `${reason}.until`, message };
}

/** Settings by which another is judged as well. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  access: ["ingress"],
  concurrency: ["resources"],
  parallelism: ["taskCount"],
  sandbox: ["source"],
  sidecars: ["volumes"],
};

/** Paths of what a problem rests on: while one was not understood, the problem may be none. */
function judgedBy(path: string): string[] {
  const [kind = "", key = "", setting = ""] = path.split(/[.[]/, 3);
  const also = (ALSO[setting] ?? []).map((other) => `${kind}.${key}.${other}`);
  const callees = setting === "calls" ? ["services", "functions"] : [];
  return [[kind, key, setting].filter((part) => part !== "").join("."), ...also, ...callees];
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

/** The parts of a config that are sound in themselves, so that they are checked too and all problems are told at once. */
function salvage(
  config: Readonly<Record<string, unknown>>,
  unsound: readonly PropertyKey[][],
): Record<string, unknown> {
  const sound: Record<string, unknown> = { ...config };
  for (const kind of MAPS) if (isMap(config[kind])) sound[kind] = { ...config[kind] };
  for (const path of unsound) {
    const [top = "", key, setting] = path.map(String);
    const nodes = MAPS.some((kind) => kind === top) ? sound[top] : undefined;
    if (!isMap(nodes) || key === undefined) {
      delete sound[top];
    } else if (setting === undefined) {
      delete nodes[key];
    } else if (isMap(nodes[key])) {
      const { [setting]: _, ...rest } = nodes[key];
      nodes[key] = rest;
    }
  }
  return sound;
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
