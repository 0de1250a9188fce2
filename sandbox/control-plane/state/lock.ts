import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { ControlPlaneError } from "../errors";

/** Locks that this process holds: its own pid in a lock file says nothing, as pids are used again. */
const held = new Set<string>();

/** Keeps a second writer away from a state file. A lock whose process is gone is taken over. */
export class Lock {
  readonly #path: string;

  constructor(stateFile: string) {
    this.#path = `${stateFile}.lock`;
    try {
      mkdirSync(dirname(stateFile), { recursive: true });
    } catch (error) {
      throw new ControlPlaneError(unwritable(dirname(stateFile), error));
    }
    if (!this.#take()) {
      const pid = this.#owner();
      if (pid !== undefined) {
        throw new ControlPlaneError(
          `"${stateFile}" is in use by process ${pid}; stop it, or choose another state file (if that process is not a sandbox, delete "${this.#path}")`,
        );
      }
      rmSync(this.#path, { force: true });
      if (!this.#take()) throw new ControlPlaneError(`"${stateFile}" was opened by another process at the same moment`);
    }
    held.add(this.#path);
  }

  release(): void {
    if (held.delete(this.#path)) rmSync(this.#path, { force: true });
  }

  #take(): boolean {
    try {
      const file = openSync(this.#path, "wx", 0o600);
      writeSync(file, `${process.pid}\n`);
      closeSync(file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw new ControlPlaneError(unwritable(dirname(this.#path), error));
    }
  }

  /** The living process that holds the lock, if there is one. */
  #owner(): number | undefined {
    if (held.has(this.#path)) return process.pid;
    let pid: number;
    try {
      pid = Number.parseInt(readFileSync(this.#path, "utf8"), 10);
    } catch {
      return undefined;
    }
    if (!(pid > 0) || pid === process.pid) return undefined;
    try {
      process.kill(pid, 0);
      return pid;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPERM" ? pid : undefined;
    }
  }
}

/** The words for a folder or file that cannot be written. */
export function unwritable(path: string, error: unknown): string {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return `cannot write "${path}" (${reason}); give the sandbox a folder that you may write to`;
}
