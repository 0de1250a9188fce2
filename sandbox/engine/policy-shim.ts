/**
 * How the engine starts a policy pack where no Node language host is installed.
 *
 * The engine looks for `pulumi-language-nodejs` beside the CLI and on PATH. Where it finds one, as with any official
 * release, the host starts the pack, also for an inline program. Where it finds none, the engine falls back to an
 * executable named `pulumi-analyzer-policy-nodejs`, started in the pack's folder with the engine's address and `.`.
 */
import { accessSync, chmodSync, constants, writeFileSync } from "node:fs";
import * as path from "node:path";

const LANGUAGE_HOST = "pulumi-language-nodejs";
const SHIM = "pulumi-analyzer-policy-nodejs";
/** A CLI that was killed ends no plugin of its own. */
const END_WITH_PARENT = path.join(__dirname, "../children/end-with-parent.cjs");

/** Writes the fallback into `bin` unless a language host is found in one of the `folders` of the CLI's PATH. */
export function writePolicyShim(bin: string, folders: readonly string[]): "language host" | "shim" {
  if (folders.some((folder) => isExecutable(path.join(folder, LANGUAGE_HOST)))) return "language host";
  // The pack's own SDK is loaded by the runner from the pack's folder; only the runner itself comes from here.
  writeNodeScript(path.join(bin, SHIM), require.resolve("@pulumi/pulumi/cmd/run-policy-pack"));
  return "shim";
}

/** An executable that runs a module on this Node, with the arguments it is given. */
export function writeNodeScript(script: string, module: string): void {
  const command = `exec ${quoted(process.execPath)} -r ${quoted(END_WITH_PARENT)} ${quoted(module)} "$@"`;
  writeFileSync(script, `#!/bin/sh\n${command}\n`);
  chmodSync(script, 0o755);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
