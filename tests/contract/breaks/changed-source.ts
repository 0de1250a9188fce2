/** Loads the running mesh with one line of the data plane changed, in memory, as if somebody had taken a check out. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { RunningMesh } from "../../../sandbox/running";
import { ROOT } from "../running";

const { compile } = require("../../../tools/typescript.cjs") as { compile(text: string, file: string): string };

export interface Change {
  /** Path from the root of the repository. */
  readonly file: string;
  /** What is there exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Break extends Change {
  /** The check that is taken out. */
  readonly check: string;
  /** What no longer holds then. */
  readonly red: string | readonly string[];
}

const RELOADED = ["sandbox/data-plane", "sandbox/running"].map((folder) => path.join(ROOT, folder) + path.sep);

type Compiled = NodeModule & { _compile(code: string, file: string): void };

/** What the unchanged files compile to; most of the time of a reload would go there. */
const compiled = new Map<string, string>();

/** How often the text to change is in its file; a table of changes may not go stale. */
export function occurrences({ file, find }: Change): number {
  return readFileSync(path.join(ROOT, file), "utf8").split(find).length - 1;
}

/** The class, from modules of its own. Without a change it is as it is in the files. */
export function loadRunningMesh(change?: Change): typeof RunningMesh {
  const load = require.extensions[".ts"]!;
  forget();
  require.extensions[".ts"] = (module, file) => {
    const isChanged = change !== undefined && file === path.join(ROOT, change.file);
    let code = isChanged ? undefined : compiled.get(file);
    if (code === undefined) {
      const text = readFileSync(file, "utf8");
      code = compile(isChanged ? text.replace(change.find, () => change.replace) : text, file);
      if (!isChanged) compiled.set(file, code);
    }
    (module as Compiled)._compile(code, file);
  };
  try {
    const loaded = require("../../../sandbox/running") as typeof import("../../../sandbox/running");
    return loaded.RunningMesh;
  } finally {
    require.extensions[".ts"] = load;
    forget();
  }
}

function forget(): void {
  for (const file of Object.keys(require.cache)) {
    if (RELOADED.some((folder) => file.startsWith(folder))) delete require.cache[file];
  }
}
