/**
 * How the engine runs a dynamic provider, a resource whose code stands in the program. It starts an executable named
 * `pulumi-resource-pulumi-nodejs`, which an official release has beside the CLI and a build from source lacks.
 */
import * as path from "node:path";
import { isExecutable, writeNodeScript } from "./policy-shim";

const SCRIPT = "pulumi-resource-pulumi-nodejs";

/** A provider by name, and the folder that holds its executable, as a project's settings name them. */
export interface ProviderPlugin {
  readonly name: string;
  readonly path: string;
}

/**
 * Writes the script into `bin` unless one is found in the `folders` of the CLI's PATH. What it answers goes into the
 * project's settings: of a script that the engine finds on PATH alone, it warns.
 */
export function writeDynamicProviderShim(bin: string, folders: readonly string[]): readonly ProviderPlugin[] {
  if (folders.some((folder) => isExecutable(path.join(folder, SCRIPT)))) return [];
  writeNodeScript(path.join(bin, SCRIPT), require.resolve("@pulumi/pulumi/cmd/dynamic-provider"));
  return [{ name: "pulumi-nodejs", path: bin }];
}

/**
 * Where the packages are that a dynamic provider loads, Pulumi's own among them. Node looks there last: the workspace of
 * an inline program, in which the engine starts the provider, has none.
 */
export const PACKAGES = path.resolve(require.resolve("@pulumi/pulumi/package.json"), "../../..");
