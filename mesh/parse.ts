import { checkMesh, checkServices, needsRoute } from "./checks/mesh";
import { checkRoom, checkServiceNetworks } from "./checks/network";
import { fillService } from "./fill";
import { networkSpec, sharedNetwork } from "./network";
import { formatPath, type Problem } from "./problems";
import { schemaProblems } from "./schema-problems";
import { type MeshConfig, type MeshSpec, meshConfig, type Place, type ServiceSpec, service } from "./spec";

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
}

const NAMESPACE = "cloud-run-mesh";
const MAP_KEYS: ReadonlySet<string> = new Set(["services", "network", "labels"]);

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
  const written = isMap(input.config["services"]) ? input.config["services"] : {};
  const mesh = {
    project: input.project ?? "",
    region: input.region ?? "",
    projectNumber: String(config.projectNumber ?? input.projectNumber ?? ""),
  };
  problems.push(...checkMesh(config, mesh, input.config));

  const services: Record<string, ServiceSpec> = {};
  const own: Problem[] = [];
  for (const [key, value] of Object.entries(config.services ?? {})) {
    const filled = fillService(key, service.parse(value), config, mesh, today);
    services[key] = filled.spec;
    own.push(...filled.problems);
  }
  const routesKnown = config.network !== undefined || input.config["network"] === undefined;
  own.push(...checkServices(services, { keys: new Set(Object.keys(written)), place: mesh, routesKnown }));
  own.push(...checkServiceNetworks(config, routesKnown));
  const settled = settleRoutes(services, config, mesh);
  if (parsed.success) problems.push(...checkRoom(config.network, settled));
  const told = new Set(unsound.map((path) => formatPath(path.slice(0, 3))));
  problems.push(...own.filter(({ path }) => !told.has(path.split(/[.[]/, 3).join("."))));

  if (problems.length > 0) return { problems: inOrder(problems, written) };
  const network = networkSpec(config.network, settled);
  const projectServices = String(config.projectServices ?? false) === "true";
  const around = { ...(network && { network }), ...(projectServices && { projectServices }) };
  return { spec: { ...mesh, ...around, services: settled }, problems: [] };
}

/** Takes the mesh's network away from services that no call leads through it and that did not ask for one themselves. */
function settleRoutes(
  services: Record<string, ServiceSpec>,
  config: Partial<MeshConfig>,
  place: Place,
): Record<string, ServiceSpec> {
  const called = new Set(Object.values(services).flatMap(({ calls }) => calls.map(({ service: callee }) => callee)));
  const settled = Object.entries(services).map(([key, { vpc, ...spec }]): [string, ServiceSpec] => {
    const asked = config.services?.[key]?.network !== undefined;
    const met = called.has(key) && isInside(spec) && sharedNetwork(vpc, place) !== undefined;
    const needed = asked || met || spec.calls.some((call) => isInside(services[call.service]));
    return [key, needed && vpc ? { ...spec, vpc } : spec];
  });
  return Object.fromEntries(settled);
}

function isInside(service: ServiceSpec | undefined): boolean {
  return service !== undefined && needsRoute(service.ingress);
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
  const services = isMap(config["services"]) ? { ...config["services"] } : undefined;
  for (const path of unsound) {
    const [top, key, setting] = path.map(String);
    if (top !== "services" || !services || key === undefined) {
      if (top !== undefined) delete sound[top];
    } else if (setting === undefined) {
      delete services[key];
    } else if (isMap(services[key])) {
      const { [setting]: _, ...rest } = services[key];
      services[key] = rest;
    }
  }
  return services ? { ...sound, services } : sound;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Problems by service in the order of the file, those of the whole mesh first. */
function inOrder(problems: readonly Problem[], services: object): Problem[] {
  const rank = new Map(Object.keys(services).map((key, i) => [key, i + 1]));
  const rankOf = ({ path }: Problem) => rank.get(/^services\.([^.[]+)/.exec(path)?.[1] ?? "") ?? 0;
  return problems.toSorted((a, b) => rankOf(a) - rankOf(b));
}
