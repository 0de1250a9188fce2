import { needsRoute } from "./checks/mesh";
import { fillDeveloper, fillFunction, fillMembers, fillOperator, fillService, fillTask } from "./fill";
import { KINDS } from "./kinds";
import { routedServices, type Written } from "./load-balancer";
import { type Attached, sharedNetwork } from "./network";
import type { Problem } from "./problems";
import type { Accessor } from "./spec/load-balancer";
import type { OperatorSpec } from "./spec/operators";
import type {
  CallerSpec,
  DeveloperSpec,
  FunctionSpec,
  JobSpec,
  MeshConfig,
  Place,
  ReceiverSpec,
  ServiceSpec,
  VpcRoute,
  WorkerPoolSpec,
} from "./spec/spec";
import { standing } from "./until";

/** Everything of a mesh that runs, by kind and key. */
export interface Nodes {
  readonly services: Readonly<Record<string, ServiceSpec>>;
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  readonly jobs: Readonly<Record<string, JobSpec>>;
  readonly workerPools: Readonly<Record<string, WorkerPoolSpec>>;
}

/** People who call from their own machines, and people with roles on named resources, by key. */
export interface People {
  readonly developers: Readonly<Record<string, DeveloperSpec>>;
  readonly operators: Readonly<Record<string, OperatorSpec>>;
}

/** Decides every default of every node; problems are those that concern one alone. */
export function fillNodes(
  config: MeshConfig,
  place: Place,
  today: string,
): { nodes: Nodes; people: People; problems: Problem[] } {
  const problems: Problem[] = [];
  const each = <T, S>(written: Readonly<Record<string, T>> = {}, fill: (key: string, one: T) => Filled<S>) =>
    mapped(written, (one, key) => {
      const { spec, problems: found } = fill(key, one);
      problems.push(...found);
      return spec;
    });
  const balancer = datedAccess(config.loadBalancer ?? {}, today, problems);
  const routed = routedServices(balancer);
  const nodes = {
    services: each(config.services, (key, one) => fillService(key, one, config, place, today, routed.get(key))),
    functions: each(config.functions, (key, one) => fillFunction(key, one, config, place, today)),
    jobs: each(config.jobs, (key, one) => fillTask(key, "jobs", one, config, today)),
    workerPools: each(config.workerPools, (key, one) => fillTask(key, "workerPools", one, config, today)),
  };
  const developers = each(config.developers, (key, one) => fillDeveloper(key, one, today));
  const operators = each(config.operators, (key, one) => fillOperator(key, one, today));
  return { nodes, people: { developers, operators }, problems };
}

/** The load balancer with each end read as a day. */
function datedAccess(written: Written, today: string, problems: Problem[]): Written {
  const dated = (list: readonly Accessor[], path: string) =>
    fillMembers(list, `loadBalancer.iap.${path}`, today, problems, () => "IAM");
  const { access = [], routes = {}, ...iap } = written.iap ?? {};
  const own = mapped(routes, (list, path) => dated(list, `routes.${path}`));
  return { ...written, iap: { ...iap, access: dated(access, "access"), routes: own } };
}

interface Filled<S> {
  readonly spec: S;
  readonly problems: readonly Problem[];
}

/** Takes the mesh's network away from what no call leads through it and did not ask for one itself. */
export function settleRoutes(nodes: Nodes, config: Partial<MeshConfig>, place: Place): Nodes {
  const called = new Set(
    Object.values(byPath(nodes)).flatMap(({ calls }) => standing(calls).map(({ service: callee }) => callee)),
  );
  const callsInside = ({ calls }: CallerSpec) =>
    standing(calls).some(({ service: callee }) => {
      const { ingress } = nodes.services[callee] ?? nodes.functions[callee] ?? {};
      return ingress !== undefined && needsRoute(ingress);
    });
  const asked = (kind: keyof Nodes, key: string) => config[kind]?.[key]?.network !== undefined;
  const needed = (kind: "services" | "functions", spec: Omit<ReceiverSpec, "vpc">, vpc: VpcRoute) => {
    const met = called.has(spec.key) && needsRoute(spec.ingress) && sharedNetwork(vpc, place) !== undefined;
    return asked(kind, spec.key) || met || callsInside(spec);
  };
  return {
    services: mapped(nodes.services, ({ vpc, ...spec }) =>
      vpc && needed("services", spec, vpc) ? { ...spec, vpc } : spec,
    ),
    functions: mapped(nodes.functions, ({ vpc, ...spec }) =>
      vpc && needed("functions", spec, vpc) ? { ...spec, vpc } : spec,
    ),
    jobs: mapped(nodes.jobs, ({ vpc, ...spec }, key) =>
      vpc && (asked("jobs", key) || callsInside(spec)) ? { ...spec, vpc } : spec,
    ),
    workerPools: mapped(nodes.workerPools, ({ vpc, ...spec }, key) =>
      vpc && (asked("workerPools", key) || callsInside(spec)) ? { ...spec, vpc } : spec,
    ),
  };
}

/** All nodes by their path in the config: `services.web`, `jobs.nightly`. */
export function byPath(nodes: Nodes): Record<string, CallerSpec> {
  return Object.fromEntries(
    KINDS.flatMap((kind) => Object.entries<CallerSpec>(nodes[kind]).map(([key, spec]) => [`${kind}.${key}`, spec])),
  );
}

/** Developers by their path in the config: `developers.laptop`. */
export function developersByPath(developers: Readonly<Record<string, DeveloperSpec>>): Record<string, DeveloperSpec> {
  return Object.fromEntries(Object.entries(developers).map(([key, one]) => [`developers.${key}`, one]));
}

/** The nodes as the network sees them: how many instances of each may hold an address at once. */
export function attachedNodes({ services, functions, jobs, workerPools }: Nodes): Attached[] {
  return [
    ...Object.values(services),
    ...Object.values(functions),
    ...Object.values(jobs).map(({ vpc, taskCount = 1, parallelism }) => {
      const scaling = { maxInstances: parallelism || taskCount };
      return vpc ? { vpc, scaling } : { scaling };
    }),
    ...Object.values(workerPools).map(({ vpc, instances: manualInstances = 1 }) => {
      const scaling = { manualInstances };
      return vpc ? { vpc, scaling } : { scaling };
    }),
  ];
}

function mapped<T, S>(map: Readonly<Record<string, T>>, change: (one: T, key: string) => S): Record<string, S> {
  return Object.fromEntries(Object.entries(map).map(([key, one]) => [key, change(one, key)]));
}
