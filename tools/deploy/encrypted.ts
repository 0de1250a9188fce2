/** Which values below a key of a stack config are encrypted: the CLI tells the key alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { encryptedIn } from "../../sandbox/engine/stack/encrypted";

/** Answers paths without the program's own namespace, as problems are told; the key where the file does not say. */
export function encryptedPaths(projectFolder: string, stack: string): (fullKey: string) => readonly string[] {
  const config = readConfig(join(projectFolder, `Pulumi.${stack.split("/").at(-1)}.yaml`));
  return (fullKey) => {
    const key = fullKey.replace(/^cloud-run-mesh:/, "");
    const found = encryptedIn(config[fullKey] ?? config[key], key);
    return found.length > 0 ? found : [key];
  };
}

function readConfig(file: string): Readonly<Record<string, unknown>> {
  try {
    return ((parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> }).config ?? {};
  } catch {
    return {};
  }
}
