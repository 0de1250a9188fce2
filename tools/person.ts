/** Where the person stands who runs a script of this repository, and what they type for another one. */
import { existsSync } from "node:fs";
import * as path from "node:path";

/** The folder of this repository, with the program and Pulumi.yaml. */
export const CHECKOUT = path.dirname(__dirname);

/** Folder in which `npm start` keeps its state unless it is told otherwise. */
export const STATE = path.join(CHECKOUT, ".sandbox");

/**
 * npm runs scripts in the folder of this repository; files and folders are meant from where the person is. Does nothing
 * where none of the scripts was started by npm, as in tests and by `node FILE`: the working folder is then theirs.
 */
export function standWhereThePersonIs(...scripts: readonly string[]): void {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  if (script !== undefined && scripts.includes(script) && folder && existsSync(folder)) process.chdir(folder);
}

/** The stack config that is meant where none is named: the one where the person is, else this repository's. */
export function defaultStackConfig(): string {
  return existsSync(DEFAULT_FILE) ? DEFAULT_FILE : fromHere(path.join(CHECKOUT, DEFAULT_FILE));
}

const DEFAULT_FILE = "Pulumi.dev.yaml";

/** A path as the person would type it. */
export function fromHere(file: string): string {
  const relative = path.relative(process.cwd(), file) || ".";
  return relative.startsWith(path.join("..", "..", "..")) ? path.resolve(file) : relative;
}

/**
 * What runs a script from where the person is: `npm run call`, `npm --prefix ../mesh run call`.
 *
 * @param folder of the package.json with the script. @default this repository's
 */
export function npm(script: string, folder = CHECKOUT): string {
  const prefix = process.cwd() === folder ? "" : ` --prefix ${quoted(fromHere(folder))}`;
  return `npm${prefix} ${script === "start" ? "start" : `run ${script}`}`;
}

/** `pulumi`, for the project in a folder from where the person is: `pulumi --cwd ../mesh`. */
export function pulumi(folder: string): string {
  return process.cwd() === folder ? "pulumi" : `pulumi --cwd ${quoted(fromHere(folder))}`;
}

/** One word for a shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
