/** What a stack says of itself that the control plane does not hold: keys, folders with code, and who may call. */
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { Workload } from "../data-plane";
import { EngineError, type StackConfig } from "../engine";

/** A service as the stack config declares it. */
export interface DeclaredService {
  /** Its key in the stack config. */
  readonly key: string;
  /** Name of the Cloud Run service. */
  readonly name: string;
  /** Folder with its code, relative to the project. */
  readonly source?: string;
  readonly command?: readonly string[];
}

/** The outputs of a stack that has been deployed. */
export interface StackOutputs {
  readonly urls: Readonly<Record<string, string>>;
  readonly serviceAccounts: Readonly<Record<string, string>>;
  readonly accessMatrix: readonly {
    readonly caller: string;
    readonly callee: string;
    readonly role: string;
    readonly until?: string;
  }[];
}

interface WrittenService {
  readonly name?: string;
  readonly source?: string;
  readonly sandbox?: { readonly command?: readonly string[] };
}

/** The services of a config that the program has accepted. */
export function declaredServices(config: StackConfig): DeclaredService[] {
  const written = JSON.parse(config["cloud-run-mesh:services"] ?? "{}") as Record<string, WrittenService>;
  return Object.entries(written).map(([key, { name = key, source, sandbox }]) => ({
    key,
    name,
    ...(source !== undefined && { source }),
    ...(sandbox?.command && { command: sandbox.command }),
  }));
}

/** How to start each service that has code here. Throws with every folder or command that is missing. */
export function workloadsOf(services: readonly DeclaredService[], projectFolder: string): Workload[] {
  const problems: string[] = [];
  const workloads = services.flatMap(({ key, name, source, command }): Workload[] => {
    if (source === undefined) return [];
    const folder = path.join(projectFolder, source);
    const found = existsSync(folder) ? (command ?? startScript(folder)) : `there is no folder "${source}"`;
    if (typeof found !== "string") return [{ service: name, folder, command: found }];
    problems.push(`services.${key}.source: ${found}`);
    return [];
  });
  if (problems.length > 0) throw new EngineError("stack-config", problems.join("\n"));
  return workloads;
}

/**
 * The `start` script of a package.json. Plain words are run as they are: npm in between would take time and keep
 * signals to itself.
 */
function startScript(folder: string): readonly string[] | string {
  const file = path.join(folder, "package.json");
  const nothing = `"${path.basename(folder)}" has no package.json with a start script; name the command in sandbox.command`;
  if (!existsSync(file)) return nothing;
  const { scripts } = JSON.parse(readFileSync(file, "utf8")) as { scripts?: Record<string, string> };
  const script = scripts?.["start"]?.trim();
  if (!script) return nothing;
  return /^[\w@%+=:,./ -]+$/.test(script) ? script.split(/ +/) : ["npm", "run", "--silent", "start"];
}
