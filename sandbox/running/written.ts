import type { StackConfig } from "../engine";

/** What a config that the program has accepted says under a key of its own; an empty map where it says nothing. */
export function written<T extends object>(config: StackConfig, key: string): T {
  return JSON.parse(config[`cloud-run-mesh:${key}`] || "{}") as T;
}
