/** The folder in which an engine keeps everything it writes: Pulumi's home, the backend, the workspace, a home folder. */
import { accessSync, constants } from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { replaceFile } from "../../../tools/replace-file";
import { FileError } from "../../files/file-error";
import { makeFolder } from "../../files/make-folder";
import { EngineError, messageOf } from "../errors";

export interface StateFolder {
  readonly root: string;
  /** The children's home folder, without anybody's credentials. */
  readonly home: string;
  /** `PULUMI_HOME`: plugins and logins apart from the user's own. */
  readonly pulumiHome: string;
  readonly backend: string;
  readonly backendUrl: string;
  /** Holds Pulumi.yaml and Pulumi.<stack>.yaml for the inline program. */
  readonly work: string;
  /** Put at the front of the children's PATH. */
  readonly bin: string;
}

/** Makes the folder and its parts. Throws `state-folder` where it cannot be written. */
export function openStateFolder(folder: string): StateFolder {
  const root = path.resolve(folder);
  const backend = path.join(root, "backend");
  const parts = {
    root,
    home: path.join(root, "home"),
    pulumiHome: path.join(root, "pulumi-home"),
    backend,
    backendUrl: pathToFileURL(backend).href,
    work: path.join(root, "work"),
    bin: path.join(root, "bin"),
  };
  try {
    for (const part of [root, parts.home, parts.pulumiHome, backend, parts.work, parts.bin]) {
      makeFolder(part);
      FileError.guard(part, () => accessSync(part, constants.W_OK));
    }
    FileError.guard(root, () => replaceFile(path.join(root, ".gitignore"), "*\n"));
  } catch (error) {
    throw new EngineError("state-folder", messageOf(error));
  }
  return parts;
}
