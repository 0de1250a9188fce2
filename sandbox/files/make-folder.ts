import { mkdirSync, statSync } from "node:fs";
import * as path from "node:path";
import { FileError } from "./file-error";

/** Makes a folder with all that it lies in. @throws FileError with the file system's own reason */
export function makeFolder(folder: string, mode?: number): void {
  FileError.guard(folder, () => {
    try {
      mkdirSync(folder, { recursive: true, mode });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      // Node says so of a read-only disk, too; the first folder that is missing has the reason.
      mkdirSync(firstMissing(path.resolve(folder)));
      mkdirSync(folder, { recursive: true, mode });
    }
  });
}

function firstMissing(folder: string): string {
  const above = path.dirname(folder);
  return above === folder || statSync(above, { throwIfNoEntry: false }) ? folder : firstMissing(above);
}
