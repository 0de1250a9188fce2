/** What to type next, so that it finds the mesh that runs: from where the person is, with the options that it takes. */
import { fromHere, npm, quoted, STATE } from "../tools/person";
import type { Retyped } from "./engine/advice";

/**
 * `npm start` as it was typed, to be typed again: without what would throw the state away that is gone on from.
 *
 * @param typed the arguments behind `--`
 */
export function retyped(typed: readonly string[]): Retyped {
  const kept = typed.filter((one) => one !== "--fresh");
  const recovering = kept.includes("--recover") ? kept : [...kept, "--recover"];
  const command = (args: readonly string[]) => [npm("start"), ...(args.length > 0 ? ["--"] : []), ...args.map(quoted)];
  return { again: command(kept).join(" "), recover: command(recovering).join(" ") };
}

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
