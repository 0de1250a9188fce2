import type { z } from "zod";
import { needsRoute } from "./checks/mesh";
import { fillDeveloper, fillFunction, fillService, fillTask } from "./fill";
import { type Attached, sharedNetwork } from "./network";
import type { Problem } from "./problems";
import { developer } from "./spec/developers";
import { cloudFunction } from "./spec/functions";
import { job, workerPool } from "./spec/jobs";
import {
  type CallerSpec,
  type DeveloperSpec,
  type FunctionSpec,
  type JobSpec,
  type MeshConfig,
  type Place,
  type ReceiverSpec,
  type ServiceSpec,
  service,
  type VpcRoute,
  type WorkerPoolSpec,
} from "./spec/spec";
import { standing } from "./until";

/** Everything of a mesh that runs, by kind and key. */
export interface Nodes {
  readonly services: Readonly<Record<string, ServiceSpec>>;
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  readonly jobs: Readonly<Record<string, JobSpec>>;
  readonly workerPools: Readonly<Record<string, WorkerPoolSpec>>;
}

/** The maps of the config that hold them, in the order in which problems are told. */
export const KINDS = ["services", "functions", "jobs", "workerPools"] as const;

/** Decides every default of every node; problems are those that concern one alone. */
export function fillNodes(
  config: Partial<MeshConfig>,
  place: Place,
  today: string,
): { nodes: Nodes; developers: Record<string, DeveloperSpec>; problems: Problem[] } {
  const problems: Problem[] = [];
  /** One that lacks what it needs has been told by the schema, and can be judged no further. */
  const each = <T, S>(schema: z.ZodType<T>, written: object = {}, fill: (key: string, one: T) => Filled<S>) => {
    const sound = Object.entries(written).flatMap(([key, one]): [string, S][] => {
      const parsed = schema.safeParse(one);
      if (!parsed.success) return [];
      const { spec, problems: found } = fill(key, parsed.data);
      problems.push(...found);
      return [[key, spec]];
    });
    return Object.fromEntries(sound);
  };
  const nodes = {
    services: each(service, config.services, (key, one) => fillService(key, one, config, place, today)),
    functions: each(cloudFunction, config.functions, (key, one) => fillFunction(key, one, config, place, today)),
    jobs: each(job, config.jobs, (key, one) => fillTask(key, "jobs", one, config, today)),
    workerPools: each(workerPool, config.workerPools, (key, one) => fillTask(key, "workerPools", one, config, today)),
  };
  const developers = each(developer, config.developers, (key, one) => fillDeveloper(key, one, today));
  return { nodes, developers, problems };
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
