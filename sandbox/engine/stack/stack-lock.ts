/**
 * The lock that the file backend keeps per stack. A CLI that was killed leaves its lock behind, and every later run
 * stops at it. The lock names the process and the host, so a lock of a process that is gone can be told from a live one.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export interface StackLock {
  readonly file: string;
  readonly pid: number;
  readonly host: string;
  /** True where the process that made it is gone from this machine. */
  readonly stale: boolean;
}

/** The locks of one stack, in the layout of the file backend: `.pulumi/locks/organization/PROJECT/STACK/ID.json`. */
export function readLocks(backend: string, project: string, stack: string): StackLock[] {
  const folder = path.join(backend, ".pulumi", "locks", "organization", project, stack);
  const locks: StackLock[] = [];
  for (const entry of list(folder)) {
    if (!entry.endsWith(".json")) continue;
    const file = path.join(folder, entry);
    const { pid, hostname } = parse(file);
    locks.push({ file, pid, host: hostname, stale: hostname === os.hostname() && !isPulumi(pid) });
  }
  return locks;
}

/** Removes the locks whose process is gone, as `pulumi cancel` would, and returns them. */
export function removeStaleLocks(backend: string, project: string, stack: string): StackLock[] {
  const stale = readLocks(backend, project, stack).filter((lock) => lock.stale);
  for (const { file } of stale) rmSync(file, { force: true });
  return stale;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function parse(file: string): { pid: number; hostname: string } {
  try {
    const { pid, hostname } = JSON.parse(readFileSync(file, "utf8"));
    return { pid: Number(pid), hostname: String(hostname) };
  } catch {
    return { pid: -1, hostname: "" };
  }
}

/** A process id is reused after a while: where the system tells the command of a process, it must be a Pulumi CLI. */
function isPulumi(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
  } catch {
    return true;
  }
}
