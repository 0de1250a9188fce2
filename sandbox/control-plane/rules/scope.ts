import { ProviderError } from "../errors";
import type { Scope } from "../handler";
import { type Properties, plain } from "../properties";
import { RESOURCE_TYPES } from "../type-table";

/** Inputs that the provider's configuration stands in for. They are state and not inputs: a second update sees no change. */
export const SCOPE_KEYS: Readonly<Record<string, keyof Scope>> = {
  project: "project",
  region: "region",
  location: "region",
};

/** Types whose location or region may stay empty because they exist without one. */
const GLOBAL = new Set(["dns", "certificatemanager", "iap", "iam", "storage"]);

/** The inputs with the project and the region that apply to them. */
export function settle(type: string, inputs: Properties, scope: Scope): Properties {
  const known = RESOURCE_TYPES.get(type);
  const settled = plain(inputs);
  for (const [key, source] of Object.entries(SCOPE_KEYS)) {
    if (settled[key] !== undefined || !known?.inputs.has(key)) continue;
    if (key === "location" && GLOBAL.has(type.split(":")[1]?.split("/")[0] ?? "")) continue;
    const value = scope[source];
    if (value !== undefined) settled[key] = value;
  }
  return settled;
}

/** Refuses what the provider cannot address. Its own words. */
export function demandScope(type: string, settled: Properties): void {
  const known = RESOURCE_TYPES.get(type);
  if (known?.inputs.has("project") && settled["project"] === undefined) {
    throw new ProviderError("project: required field is not set");
  }
}
