import { randomUUID } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";

/**
 * Gives a file new content, whole or not at all: on a full disk, or killed half-way, the file is what it was. Keeps its
 * mode and owner; a link stays one, and the file that it leads to is replaced. Makes the file where there is none.
 *
 * @param mode of a file that is made. @default what the umask leaves
 * @throws the file system's error, with the file unchanged
 */
export function replaceFile(file: string, content: string | Uint8Array, mode = 0o666): void {
  const before = statSync(file, { throwIfNoEntry: false });
  const target = before ? realpathSync(file) : file;
  const beside = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}`);
  try {
    write(beside, content, mode, before);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(path.dirname(target));
}

function write(file: string, content: string | Uint8Array, mode: number, like: Stats | undefined): void {
  const descriptor = openSync(file, "wx", like?.mode ?? mode);
  try {
    writeFileSync(descriptor, content);
    if (like) keepOwner(descriptor, like);
    // After the owner, whose change may clear bits of the mode; and in full, as the umask took its part at the start.
    if (like) fchmodSync(descriptor, like.mode & 0o7777);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Only root may give files away; whoever else may write into somebody's folder then owns what is written there. */
function keepOwner(descriptor: number, { uid, gid }: Stats): void {
  if (uid === process.getuid?.() && gid === process.getgid?.()) return;
  try {
    fchownSync(descriptor, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

/** So that the new name outlives a loss of power. Windows opens no folders. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
