import type { Handler, World } from "./handler";
import { type Properties, UNKNOWN } from "./properties";
import { RESOURCE_TYPES } from "./type-table";

/** The state of a resource that does not exist yet: what Google computes is not known. */
export function previewCreated(type: string, settled: Properties, handler: Handler, world: World): Properties {
  const state: Properties = {};
  const { outputOnly = [], computed = [] } = RESOURCE_TYPES.get(type) ?? {};
  for (const output of outputOnly) state[output] = UNKNOWN;
  const unknown = Object.fromEntries(computed.map((input) => [input, UNKNOWN]));
  return { ...state, ...handler.defaults?.(settled, world), ...unknown, ...settled };
}

/** The state after an update: what the program changes is known, and what Google computed before stays until then. */
export function previewUpdated(
  settled: Properties,
  oldState: Properties,
  oldInputs: Properties,
  handler: Handler,
  world: World,
): Properties {
  const kept = Object.entries(oldState).filter(([key]) => oldInputs[key] === undefined || settled[key] !== undefined);
  return { ...Object.fromEntries(kept), ...handler.defaults?.(settled, world), ...settled };
}
