/** What a stack says of itself that the control plane does not hold: keys, folders with code, and who may call. */
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { Egress, Workload } from "../data-plane";
import { EngineError, type StackConfig } from "../engine";
import { type DeclaredFunction, functionCommand } from "./functions";
import { written } from "./written";

/** A service as the stack config declares it. */
export interface DeclaredService {
  /** Its key in the stack config. */
  readonly key: string;
  /** Name of the Cloud Run service. */
  readonly name: string;
  /** Folder with its code. */
  readonly source?: string;
  readonly command?: readonly string[];
  /** Variables that it has here, over those that it is deployed with. */
  readonly env?: Readonly<Record<string, string>>;
  /** What starts a function; absent for services. */
  readonly function?: DeclaredFunction;
}

/** The outputs of a stack that has been deployed. */
export interface StackOutputs {
  readonly urls: Readonly<Record<string, string>>;
  readonly serviceAccounts: Readonly<Record<string, string>>;
  /** Absent where the stack has none. */
  readonly loadBalancer?: { readonly url: string; readonly backends?: Readonly<Record<string, string>> };
  readonly accessMatrix: readonly {
    readonly caller: string;
    readonly callee: string;
    readonly role: string;
    /** `load-balancer`, or from where a member reaches what the internet does not: `vpc`, `google`; absent where that does. */
    readonly through?: "load-balancer" | "vpc" | "google";
    readonly until?: string;
    /** How a deployment ends it; absent where IAM does, or nothing. */
    readonly end?: string;
    readonly ended?: true;
  }[];
}

interface Named {
  readonly egress?: readonly string[];
  readonly name?: string;
  readonly formerly?: string;
}

interface WrittenService extends Named {
  readonly source?: string;
  readonly sandbox?: { readonly command?: readonly string[]; readonly env?: Readonly<Record<string, string>> };
}

interface WrittenFunction extends WrittenService {
  readonly runtime: string;
  readonly entryPoint: string;
  readonly trigger?: object;
}

/** The services of a config that the program has accepted, and the functions, which are services underneath. */
export function declaredServices(config: StackConfig): DeclaredService[] {
  const services = Object.entries(written<Readonly<Record<string, WrittenService>>>(config, "services")).map(declared);
  const functions = Object.entries(written<Readonly<Record<string, WrittenFunction>>>(config, "functions")).map(
    ([key, one]) => {
      const { runtime, entryPoint, trigger } = one;
      return { ...declared([key, one]), function: { runtime, entryPoint, takesEvents: trigger !== undefined } };
    },
  );
  return [...services, ...functions];
}

function declared([key, { source, sandbox, ...node }]: [string, WrittenService]): DeclaredService {
  return {
    key,
    name: nameOf(key, node),
    ...(source !== undefined && { source }),
    ...(sandbox?.command && { command: sandbox.command }),
    ...(sandbox?.env && { env: sandbox.env }),
  };
}

/** What is renamed keeps the name of its old key. */
function nameOf(key: string, { name, formerly }: Named): string {
  return name ?? formerly ?? key;
}

/** The shortest route that leads to each service, by its key. */
export function declaredRoutes(config: StackConfig): Map<string, string> {
  const { routes = {} } = written<{ routes?: Readonly<Record<string, string>> }>(config, "loadBalancer");
  const longestFirst = Object.keys(routes).toSorted((a, b) => b.length - a.length);
  return new Map(longestFirst.map((path) => [routes[path] ?? "", path.replace(/(?<=.)\/+$/, "")]));
}

/** Jobs and worker pools of a config that the program has accepted: they call services, and nothing of them runs here. */
export function declaredTasks(config: StackConfig): { readonly key: string; readonly runs: Task }[] {
  const tasks = (kind: string) => Object.entries(written<Readonly<Record<string, Named>>>(config, kind));
  return [
    ...tasks("jobs").map(([key, node]) => ({ key, runs: { job: nameOf(key, node) } })),
    ...tasks("workerPools").map(([key, node]) => ({ key, runs: { workerPool: nameOf(key, node) } })),
  ];
}

/** The hosts of the internet that each service, function, job and worker pool of such a config may reach. */
export function declaredEgress(config: StackConfig): Egress[] {
  const named = (kind: string, of: (name: string) => Egress["of"]) =>
    Object.entries(written<Readonly<Record<string, Named>>>(config, kind)).flatMap(([key, node]) =>
      node.egress ? [{ of: of(nameOf(key, node)), hosts: node.egress }] : [],
    );
  return [
    ...["services", "functions"].flatMap((kind) => named(kind, (service) => ({ service }))),
    ...named("jobs", (job) => ({ job })),
    ...named("workerPools", (workerPool) => ({ workerPool })),
  ];
}

type Task = { readonly job: string } | { readonly workerPool: string };

/** How to start each service that has code here. Throws with every folder or command that is missing. */
export function workloadsOf(services: readonly DeclaredService[]): Workload[] {
  const problems: string[] = [];
  const workloads = services.flatMap(({ key, name, source, command, env, function: own }): Workload[] => {
    if (source === undefined) return [];
    const folder = path.resolve(source);
    const start = () => command ?? (own ? functionCommand(own, folder) : startScript(folder));
    const found = existsSync(folder) ? start() : `there is no folder "${source}"`;
    if (typeof found !== "string") return [{ service: name, folder, command: found, ...(env && { env }) }];
    problems.push(`${own ? "functions" : "services"}.${key}.source: ${found}`);
    return [];
  });
  if (problems.length > 0) throw new EngineError("stack-config", problems.join("\n"));
  return workloads;
}

/**
 * The `start` script of a package.json. Plain words are run as they are: npm in between would take time and keep
 * signals to itself.
 */
export function startScript(folder: string): readonly string[] | string {
  const file = path.join(folder, "package.json");
  const nothing = `"${path.basename(folder)}" has no package.json with a start script; name the command in sandbox.command`;
  if (!existsSync(file)) return nothing;
  const { scripts } = JSON.parse(readFileSync(file, "utf8")) as { scripts?: Record<string, string> };
  const script = scripts?.["start"]?.trim();
  if (!script) return nothing;
  return /^[\w@%+=:,./ -]+$/.test(script) ? script.split(/ +/) : ["npm", "run", "--silent", "start"];
}
