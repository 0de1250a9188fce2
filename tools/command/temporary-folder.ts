/**
 * Import it first: the Pulumi SDK looks for the machine's folder for temporary files while it is loaded, and breaks where
 * there is none. What stood in the environment is told by `needTemporaryFolder`, in words.
 */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { FileError } from "../../sandbox/files/file-error";
import { NO_SUCH_FOLDER } from "../../sandbox/files/temporary-folder";

const named = tmpdir();
const isMissing = !existsSync(named);
if (isMissing) for (const name of ["TMPDIR", "TMP", "TEMP"]) delete process.env[name];

/** @throws FileError where the environment names a folder that does not exist */
export function needTemporaryFolder(): void {
  if (isMissing) throw new FileError(named, { code: "ENOENT" }, NO_SUCH_FOLDER);
}
