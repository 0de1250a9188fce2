/** From the flat map of texts in which Pulumi hands over a stack config to data. */
import type { Problem } from "./problems";

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
  /** Paths of encrypted values, which are left out of `config`. @default none */
  readonly encrypted?: readonly string[];
}

const NAMESPACE = "cloud-run-mesh";
const MAP_KEYS: ReadonlySet<string> = new Set([
  "services",
  "functions",
  "jobs",
  "workerPools",
  "developers",
  "loadBalancer",
  "operators",
  "network",
  "labels",
  "sandbox",
]);

/**
 * Decodes the flat map of texts in which Pulumi hands a stack config to a program.
 *
 * @param isSecret tells whether a key holds an encrypted value. Such values are refused: a plain environment variable
 * would show them to whoever may look at the service.
 * @param encryptedAt paths of the encrypted values below a key. @default the key
 */
export function decodeStackConfig(
  all: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean,
  encryptedAt = (fullKey: string): readonly string[] => [fullKey.replace(/^cloud-run-mesh:/, "")],
): { input: MeshInput; problems: Problem[] } {
  const config: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const encrypted: string[] = [];
  for (const [fullKey, text] of Object.entries(all)) {
    const [namespace, key] = fullKey.split(/:(.*)/s);
    const isOurs = namespace === NAMESPACE && key !== undefined;
    if ((isOurs || PLACE_KEYS.has(fullKey)) && isSecret(fullKey)) {
      encrypted.push(...encryptedAt(fullKey));
      continue;
    }
    if (!isOurs) continue;
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
  const place = { project: all["gcp:project"], region: all["gcp:region"] };
  return { input: { ...place, config, ...(encrypted.length > 0 && { encrypted }) }, problems };
}

const PLACE_KEYS: ReadonlySet<string> = new Set(["gcp:project", "gcp:region"]);

/** Pulumi.yaml has to give every optional key a default, and an empty one stands for a key that nobody set. */
function isEmpty(text: string): boolean {
  return text === "" || text === "{}";
}
