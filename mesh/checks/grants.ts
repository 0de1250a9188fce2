import type { AccessGraph } from "../graph";
import type { Problem } from "../problems";

/**
 * Two grants must not have one name in the stack: the keys around "-calls-" and "-opens-" may hold these words too.
 *
 * @param asWritten path in the config of a path that an edge names
 */
export function checkGrantNames({ edges }: AccessGraph, asWritten: (path: string) => string): Problem[] {
  const owners = new Map<string, string>();
  return edges.flatMap(({ name, reason }) => {
    const owner = owners.get(name);
    if (owner === undefined) {
      owners.set(name, reason);
      return [];
    }
    const message = `its grant would be named "${name}", as that of ${asWritten(owner)} is; rename a service`;
    return [{ path: reason, message }];
  });
}
