import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { FileError } from "./file-error";

export const NO_SUCH_FOLDER = "there is no such folder; set TMPDIR to one that you may write to";

/** Makes a folder for one run, which only its owner opens. @throws FileError where the machine's own has no room for it */
export function temporaryFolder(prefix = "cloud-run-mesh-"): string {
  const folder = tmpdir();
  try {
    return mkdtempSync(path.join(folder, prefix));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new FileError(folder, error, NO_SUCH_FOLDER);
    throw new FileError(folder, error);
  }
}
