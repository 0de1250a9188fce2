/**
 * Which folder a `source` means: it is relative to the stack config that names it. Plain `pulumi up` runs the program in
 * the folder of Pulumi.yaml, beside which Pulumi.STACK.yaml lies; a config that lies elsewhere is to mean the same.
 */
import * as path from "node:path";

/** Maps of the config whose entries name a folder in `source`. */
const WITH_SOURCES: ReadonlySet<string> = new Set(["cloud-run-mesh:services", "cloud-run-mesh:functions"]);

/**
 * The value of a config key with every `source` in full. What is no map of entries stays as it is: the program tells.
 *
 * @param folder of the file that has the value
 */
export function withFullSources(key: string, value: string, folder: string): string {
  if (!WITH_SOURCES.has(key)) return value;
  let entries: unknown;
  try {
    entries = JSON.parse(value);
  } catch {
    return value;
  }
  if (!isMap(entries)) return value;
  for (const entry of Object.values(entries)) {
    if (isMap(entry) && typeof entry.source === "string" && entry.source !== "") {
      entry.source = path.resolve(folder, entry.source);
    }
  }
  return JSON.stringify(entries);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
