import { mkdirSync, statSync } from "node:fs";
import * as path from "node:path";
import { FileError } from "./file-error";

/** Makes a folder with all that it lies in. @throws FileError with the file system's own reason */
export function makeFolder(folder: string, mode?: number): void {
  FileError.guard(folder, () => stepByStep(path.resolve(folder), mode));
}

/** Not by Node's own way, which does not end below a folder that takes none, such as `/proc`. */
function stepByStep(folder: string, mode: number | undefined): void {
  if (isFolder(folder)) return;
  const above = path.dirname(folder);
  if (above !== folder) stepByStep(above, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Somebody else has made it meanwhile.
    if (code === "EEXIST" && isFolder(folder)) return;
    if (code !== "ENOENT") throw error;
    throw new FileError(folder, error, `nothing can be made in "${above}"; name another folder`);
  }
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}
