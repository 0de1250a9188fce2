/** Why a command could not be started, in words for whoever wrote it: the system's have neither the file nor the fix. */
import { existsSync } from "node:fs";

/** What Node says of a program that was not started, and what it was to be. */
export interface SpawnFailure {
  readonly error: NodeJS.ErrnoException;
  readonly program: string;
  /** Where it was to run; Node blames the program where that is missing. */
  readonly folder: string;
}

const FIX = "sandbox.command in the stack config says what to run";

/** A sentence for the log and for the error that ends a start. */
export function whyNotStarted({ error, program, folder }: SpawnFailure): string {
  if (!existsSync(folder)) return "the folder does not exist";
  if (error.code === "EACCES") return `"${program}" is no program that may be executed; ${FIX}`;
  if (error.code !== "ENOENT") return error.message;
  const where = program.includes("/")
    ? "there is no such program, or not the one that its first line names"
    : "it is not on PATH";
  return `"${program}" was not found: ${where}; ${FIX}`;
}
