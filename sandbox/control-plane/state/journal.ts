import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { ControlPlaneError } from "../errors";
import { Lock, unwritable } from "./lock";
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
    this.#lock = new Lock(path);
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
      const file = openSync(next, "w", 0o600);
      let batch = "";
      for (const changes of snapshot) {
        batch += `${JSON.stringify(changes)}\n`;
        if (batch.length > BATCH_BYTES) {
          writeSync(file, batch);
          batch = "";
        }
      }
      writeSync(file, batch);
      fsyncSync(file);
      closeSync(file);
      renameSync(next, this.#path);
      this.#file = openSync(this.#path, "a", 0o600);
    });
  }

  append(changes: readonly Change[]): void {
    this.#guard(() => {
      if (this.#file === undefined) throw new ControlPlaneError(`"${this.#path}" is closed`);
      writeSync(this.#file, `${JSON.stringify(changes)}\n`);
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
      throw new ControlPlaneError(unwritable(this.#path, error));
    }
  }
}
