/** A command as its process gets it: with the variables that only the process's environment knows, such as its port. */
import * as path from "node:path";

/** These read variables themselves, and more than can be known from outside of them. */
const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "dash", "zsh", "ksh", "fish"]);

const REFERENCE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;

export interface Expanded {
  readonly command: readonly string[];
  /** Names that the environment does not have; their references stay as they are written. */
  readonly unknown: readonly string[];
}

/** Puts the process's variables in the place of `$NAME` and `${NAME}`; a shell's command is left to the shell. */
export function expanded(command: readonly string[], env: NodeJS.ProcessEnv): Expanded {
  if (SHELLS.has(path.basename(command[0] ?? ""))) return { command, unknown: [] };
  const unknown = new Set<string>();
  const expand = (word: string) =>
    word.replace(REFERENCE, (reference, braced?: string, bare?: string) => {
      const name = braced ?? bare ?? "";
      const value = env[name];
      if (value === undefined) unknown.add(name);
      return value ?? reference;
    });
  return { command: command.map(expand), unknown: [...unknown] };
}
