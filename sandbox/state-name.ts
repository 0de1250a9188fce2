/** Which folder below the state root belongs to a stack config. */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import * as path from "node:path";
import type { ProjectConfig } from "./engine";

/**
 * The stack's name for a `Pulumi.STACK.yaml` of the project itself; for any other file its name with a hash of where it
 * lies, so that two of the same name share nothing.
 */
export function stateName({ stack, file }: Pick<ProjectConfig, "stack" | "file">, projectFolder: string): string {
  const real = realpathSync(file);
  const isOfProject = real === path.join(realpathSync(projectFolder), `Pulumi.${stack}.yaml`);
  // A stack called ".." would be the state root's own parent.
  if (isOfProject && /^\w[\w.-]*$/.test(stack)) return stack;
  return `${stack}-${createHash("sha256").update(real).digest("hex").slice(0, 8)}`;
}
