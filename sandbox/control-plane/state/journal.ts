import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { FileError } from "../../files/file-error";
import { holderInWords, type Lock, LockHeld, takeLock } from "../../files/lock";
import { ControlPlaneError } from "../errors";
import type { Change } from "./store";

const BATCH_BYTES = 1 << 20;

/**
 * The state file: one line of JSON per operation, holding all changes of that operation, so that an operation is there
 * whole or not at all. Only the owner may read the file: it holds the values of secrets.
 */
export class Journal {
  readonly #path: string;
  readonly #lock: Lock;
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#lock = lockOf(path);
  }

  /** The changes of every complete line. A last line without its end is what a killed process leaves: it is ignored. */
  *recover(): Iterable<Change[]> {
    if (!existsSync(this.#path)) return;
    const lines = this.#read().split("\n");
    const torn = lines.pop();
    for (const [index, line] of lines.entries()) yield this.#parse(line, index + 1);
    if (torn === undefined || torn === "") return;
    try {
      // A line that lacks only its line feed is complete JSON and took effect.
      yield JSON.parse(torn) as Change[];
    } catch {
      // Torn: the operation was never answered.
    }
  }

  /** Replaces the file by the shortest one that says the same, then opens it for appending. */
  compact(snapshot: Iterable<Change[]>): void {
    const next = `${this.#path}.next`;
    this.#guard(() => {
      try {
        writeSnapshot(next, snapshot);
        renameSync(next, this.#path);
      } catch (error) {
        rmSync(next, { force: true });
        throw error;
      }
      this.#file = openSync(this.#path, "a", 0o600);
    });
  }

  append(changes: readonly Change[]): void {
    this.#guard(() => {
      if (this.#file === undefined) throw new ControlPlaneError(`"${this.#path}" is closed`);
      const { size } = fstatSync(this.#file);
      try {
        writeFileSync(this.#file, `${JSON.stringify(changes)}\n`);
      } catch (error) {
        // Half a line would spoil the next one: what was refused has left nothing.
        ftruncateSync(this.#file, size);
        throw error;
      }
    });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#lock.release();
  }

  #read(): string {
    try {
      return readFileSync(this.#path, "utf8");
    } catch (error) {
      this.#lock.release();
      throw new ControlPlaneError(`cannot read "${this.#path}" (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  #parse(line: string, number: number): Change[] {
    try {
      return JSON.parse(line) as Change[];
    } catch {
      this.#lock.release();
      throw new ControlPlaneError(
        `"${this.#path}" is damaged at line ${number}; restore it, or delete it to start with nothing`,
      );
    }
  }

  #guard(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (error instanceof ControlPlaneError) throw error;
      if (this.#file === undefined) this.#lock.release();
      throw new ControlPlaneError(new FileError(this.#path, error).message);
    }
  }
}

function writeSnapshot(file: string, snapshot: Iterable<Change[]>): void {
  const descriptor = openSync(file, "w", 0o600);
  try {
    let batch = "";
    for (const changes of snapshot) {
      batch += `${JSON.stringify(changes)}\n`;
      if (batch.length > BATCH_BYTES) {
        writeFileSync(descriptor, batch);
        batch = "";
      }
    }
    writeFileSync(descriptor, batch);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function lockOf(stateFile: string): Lock {
  try {
    return takeLock(`${stateFile}.lock`);
  } catch (error) {
    if (error instanceof FileError) throw new ControlPlaneError(error.message);
    if (!(error instanceof LockHeld)) throw error;
    const holder = holderInWords(error.holder);
    throw new ControlPlaneError(`"${stateFile}" is in use by ${holder}; end it, or choose another state file`);
  }
}
