/** What to type next, so that it finds the mesh that runs: from where the person is, with the options that it takes. */
import { fromHere, npm, quoted, STATE } from "../tools/person";

/** Where a mesh keeps its state, and which of several it is. */
export interface MeshPlace {
  /** The folder of `--state`. */
  readonly stateRoot: string;
  /** Name of its folder there; absent where no other mesh runs. */
  readonly mesh?: string | undefined;
}

/** `npm run call -- gateway /`, with `--state` and `--mesh` where they are needed. */
export function callCommand({ stateRoot, mesh }: MeshPlace, script: "call" | "-s token", ...args: string[]): string {
  const state = stateRoot === STATE ? [] : ["--state", quoted(fromHere(stateRoot))];
  const which = mesh === undefined ? [] : ["--mesh", quoted(mesh)];
  return [npm(script), "--", ...args, ...state, ...which].join(" ");
}
