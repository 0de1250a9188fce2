/**
 * What a program sets on a resource, told apart from what the provider plans. Stack rules read outputs, and at a preview
 * an optional property that the program leaves out is unknown among them where Google fills it in.
 */
import { BACKEND_SERVICES, FUNCTION_V1, FUNCTION_V2, SERVICE, SERVICE_V1 } from "../facts/tokens";
import type { Props, StackResource } from "../rule";
import { type Reading, read } from "./read";

/** Types of which a stack rule reads such a property. A resource rule reads each of them too, or nobody sees the inputs. */
export const PLANNED_AS_UNKNOWN: ReadonlySet<string> = new Set([
  SERVICE,
  SERVICE_V1,
  FUNCTION_V1,
  FUNCTION_V2,
  ...BACKEND_SERVICES,
]);

/** The properties that these inputs set, unknown ones included. */
export function givenIn(inputs: Props): ReadonlySet<string> {
  return new Set(Object.keys(inputs).filter((property) => read(inputs, property).state !== "absent"));
}

/** Reads a setting: what the program is known to leave out is absent, whatever the provider plans. */
export function readGiven({ props, given }: StackResource, ...keys: readonly [string, ...string[]]): Reading {
  return given?.has(keys[0]) === false ? { state: "absent" } : read(props, ...keys);
}
