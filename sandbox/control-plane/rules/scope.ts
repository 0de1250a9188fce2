import { ProviderError } from "../errors";
import type { Scope } from "../handler";
import { type Properties, plain } from "../properties";
import { RESOURCE_TYPES } from "../type-table";

/** Inputs that the provider's configuration stands in for. They are state and not inputs: a second update sees no change. */
const SCOPE_KEYS: Readonly<Record<string, keyof Scope>> = {
  project: "project",
  region: "region",
  location: "region",
};

/** Types whose location or region may stay empty because they exist without one. */
const GLOBAL = new Set(["dns", "certificatemanager", "iap", "iam", "storage"]);

/** What of the provider's configuration stands in for an input of a type; undefined where nothing does. */
export function scopeSource(type: string, key: string): keyof Scope | undefined {
  const isGlobal = key === "location" && GLOBAL.has(type.split(":")[1]?.split("/")[0] ?? "");
  return isGlobal || !RESOURCE_TYPES.get(type)?.inputs.has(key) ? undefined : SCOPE_KEYS[key];
}

/** The inputs that the provider's configuration stands in for. */
export function scopedInputs(type: string): string[] {
  return Object.keys(SCOPE_KEYS).filter((key) => scopeSource(type, key) !== undefined);
}

/** The inputs with the project and the region that apply to them. */
export function settle(type: string, inputs: Properties, scope: Scope): Properties {
  const settled = plain(inputs);
  for (const key of scopedInputs(type)) {
    const source = scopeSource(type, key);
    const value = source && scope[source];
    if (settled[key] === undefined && value !== undefined) settled[key] = value;
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
