/** What the provider sends with an update, beside the inputs or in their place. */
import type { Handler } from "../handler";
import { equal, type Properties } from "../properties";
import type { UpdateRequest } from "../requests";
import type { StoredResource } from "../state/store";
import { RESOURCE_TYPES } from "../type-table";

/** What the provider sends of its state beside the inputs. */
export function kept({ keeps = [] }: Handler, { type, oldState = {} }: UpdateRequest): Properties {
  const result: Properties = {};
  for (const key of [...keeps, ...(RESOURCE_TYPES.get(type)?.computed ?? [])])
    if (oldState[key] !== undefined) result[key] = oldState[key];
  return result;
}

/** What a request that names its changes does not name, as the cloud has it. */
export function untouched(handler: Handler, request: UpdateRequest, there: StoredResource | undefined): Properties {
  const result: Properties = {};
  if (!handler.sendsChangesAlone || !there) return result;
  const { inputs, oldState = {}, ignoreChanges = [] } = request;
  for (const key of Object.keys(inputs)) {
    const isNamed = !ignoreChanges.includes(key) && !equal(inputs[key], oldState[key]);
    const held = there.inputs[key];
    if (!isNamed && held !== undefined) result[key] = held;
  }
  return result;
}
