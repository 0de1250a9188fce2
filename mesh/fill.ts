import { serviceUrl } from "../google/run";
import { checkNetwork } from "./checks/network";
import { fillCloudSql } from "./cloud-sql";
import { throughAccount } from "./edges";
import { workforce } from "./load-balancer";
import { isPerson, parseMember } from "./members";
import { accountId, labelKeyProblem } from "./names";
import { vpcRoute } from "./network";
import type { Problem } from "./problems";
import type { DeveloperConfig } from "./spec/developers";
import type { CloudFunctionConfig } from "./spec/functions";
import type { Routed } from "./spec/load-balancer";
import type { OperatorConfig, OperatorSpec } from "./spec/operators";
import type {
  CallerSpec,
  DeveloperSpec,
  FunctionSpec,
  MeshConfig,
  Place,
  ReceiverSpec,
  ServiceConfig,
  ServiceSpec,
} from "./spec/spec";
import { type Keeper, parseUntil } from "./until";

/** What a service, a job and a worker pool may write in the same words. */
type CallerConfig = Pick<
  ServiceConfig,
  "accountId" | "calls" | "deletionProtection" | "formerly" | "labels" | "name" | "network"
>;

interface Filled<T> {
  readonly spec: T;
  /** Those that concern it alone. */
  readonly problems: Problem[];
}

/** Decides every default and derives every name of one service. */
export function fillService(
  key: string,
  written: ServiceConfig,
  mesh: Partial<MeshConfig>,
  place: Place,
  today: string,
  routed?: Routed,
): Filled<ServiceSpec> {
  const { calls, cloudSql, ingress = routed && "load-balancer", access, iap, network, labels, ...rest } = written;
  const path = `services.${key}`;
  const { spec: receiver, problems } = fillReceiver(key, path, { ...written, ingress }, mesh, place, today);
  const comes = fillMembers(iap?.access ?? [], `${path}.iap.access`, today, problems, () => "IAM");
  const pool = iap?.workforcePool;
  const spec = {
    ...rest,
    image: written.image ?? "",
    ...receiver,
    ...(iap && { iap: { access: comes, ...(pool !== undefined && { workforce: workforce(pool) }) } }),
    ...(routed && { routed }),
    ...(cloudSql !== undefined && { cloudSql: fillCloudSql(cloudSql, receiver.name) }),
  };
  return { spec, problems };
}

/** The same of a function: also the accounts that build it and bring its events. */
export function fillFunction(
  key: string,
  written: CloudFunctionConfig,
  mesh: Partial<MeshConfig>,
  place: Place,
  today: string,
): Filled<FunctionSpec> {
  const { calls, ingress, access, network, labels, ...rest } = written;
  const { spec, problems } = fillReceiver(key, `functions.${key}`, written, mesh, place, today);
  const buildAccountId = accountId(`${spec.name}-build`);
  const triggerAccountId = written.trigger && accountId(`${spec.name}-trigger`);
  return { spec: { ...rest, ...spec, buildAccountId, ...(triggerAccountId && { triggerAccountId }) }, problems };
}

/** The same of a job or a worker pool. */
export function fillTask<T extends CallerConfig & Pick<ServiceConfig, "image">>(
  key: string,
  kind: "jobs" | "workerPools",
  written: T,
  mesh: Partial<MeshConfig>,
  today: string,
): Filled<Omit<T, keyof CallerConfig | "image"> & CallerSpec & { readonly image: string }> {
  const { accountId, calls, deletionProtection, formerly, image, labels, name, network, ...rest } = written;
  const { spec, problems } = fillCaller(key, `${kind}.${key}`, written, mesh, today);
  return { spec: { ...rest, image: image ?? "", ...spec }, problems };
}

/** People who call from their own machines, and the account that is made for that. */
export function fillDeveloper(key: string, written: DeveloperConfig, today: string): Filled<DeveloperSpec> {
  const problems: Problem[] = [];
  const spec = dated(written, `developers.${key}`, today, problems, "IAM");
  return { spec: { ...spec, key, accountId: accountId(`${written.formerly ?? key}-dev`) }, problems };
}

/** People with roles on named resources. */
export function fillOperator(key: string, written: OperatorConfig, today: string): Filled<OperatorSpec> {
  const problems: Problem[] = [];
  return { spec: { ...dated(written, `operators.${key}`, today, problems, "IAM"), key }, problems };
}

function fillReceiver(
  key: string,
  path: string,
  written: Pick<ServiceConfig, "access" | "ingress" | keyof CallerConfig>,
  mesh: Partial<MeshConfig>,
  place: Place,
  today: string,
): Filled<ReceiverSpec> {
  const { spec: caller, problems } = fillCaller(key, path, written, mesh, today);
  const access = fillMembers(written.access ?? [], `${path}.access`, today, problems, keeperOf);
  const spec = {
    ...caller,
    url: serviceUrl(caller.name, place.projectNumber, place.region),
    ingress: written.ingress ?? "internal",
    access,
    ...(access.some(throughAccount) && { accessAccountId: accountId(`${caller.name}-access`) }),
  };
  return { spec, problems };
}

/** People mint tokens of an account until their day; for a workload to call directly there is no such account. */
function keeperOf(member: string): Keeper {
  return isPerson(member) ? "IAM" : "deployment";
}

/** Members, and the days on which they end; what is wrong with either is told. */
export function fillMembers<T extends { member: string; until?: string }>(
  access: readonly T[],
  path: string,
  today: string,
  problems: Problem[],
  keeper: (member: string) => Keeper,
): (T & { isOver?: true })[] {
  return access.map((entry, i) => {
    const parsed = parseMember(entry.member);
    if ("problem" in parsed) problems.push({ path: `${path}[${i}].member`, message: parsed.problem });
    return dated(entry, `${path}[${i}]`, today, problems, keeper(entry.member));
  });
}

function fillCaller(
  key: string,
  path: string,
  written: CallerConfig,
  mesh: Partial<MeshConfig>,
  today: string,
): Filled<CallerSpec> {
  const problems: Problem[] = [];
  const { calls = [], network } = written;
  const name = written.name ?? written.formerly ?? key;
  if (typeof network === "object") problems.push(...checkNetwork(network, `${path}.network`));
  const way = typeof network === "object" ? network : mesh.network;
  const vpc = network === "none" || !way ? undefined : vpcRoute(way);
  const spec = {
    key,
    ...(written.formerly !== undefined && { formerly: written.formerly }),
    name,
    accountId: written.accountId ?? accountId(name),
    calls: calls.map((call, i) => {
      const entry = typeof call === "string" ? { service: call } : call;
      const formerly = (mesh.services?.[entry.service] ?? mesh.functions?.[entry.service])?.formerly;
      const declared = { ...entry, ...(formerly !== undefined && { formerly }) };
      return dated(declared, `${path}.calls[${i}]`, today, problems, "deployment");
    }),
    ...(vpc && { vpc }),
    labels: { ...soundLabels(mesh.labels), ...written.labels },
    deletionProtection: written.deletionProtection ?? String(mesh.deletionProtection ?? true) !== "false",
  };
  return { spec, problems };
}

/** A grant whose end is read as a day; one that cannot be read is a problem. */
function dated<T extends { until?: string }>(
  entry: T,
  path: string,
  today: string,
  problems: Problem[],
  keeper: Keeper,
): T & { isOver?: true } {
  if (entry.until === undefined) return entry;
  const until = parseUntil(entry.until, today, keeper);
  if ("day" in until) return { ...entry, until: until.day, ...(until.isOver && { isOver: true }) };
  problems.push({ path: `${path}.until`, message: until.problem });
  return entry;
}

/** A label of the mesh with a bad key is a problem of the mesh, not of each service once more. */
function soundLabels(labels: MeshConfig["labels"] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => labelKeyProblem(key) === undefined));
}
