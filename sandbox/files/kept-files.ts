/** Files by which other commands find a mesh that runs: each whole or not there, and there as long as the mesh runs. */
import { rmSync } from "node:fs";
import * as path from "node:path";
import { replaceFile } from "../../tools/replace-file";
import { FileError } from "./file-error";
import { makeFolder } from "./make-folder";

export class KeptFiles {
  /** What is not written yet. */
  readonly #waiting = new Map<string, string>();
  readonly #written = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  readonly #forget = () => this.close();

  constructor(
    /** Told what cannot be written, and when it could. */
    private readonly tell: (line: string) => void,
    private readonly retryMs = 2000,
  ) {
    process.once("exit", this.#forget);
  }

  /** Writes a file that only its owner reads, at once, or as soon as there is room for it. */
  write(file: string, content: string): void {
    this.#waiting.set(file, content);
    const error = this.#try(file, content);
    if (error) this.tell(`${error.message}; it is tried again while this runs`);
    this.#retryLater();
  }

  /** Removes the files. */
  close(): void {
    process.off("exit", this.#forget);
    clearTimeout(this.#timer);
    this.#waiting.clear();
    for (const file of this.#written) rmSync(file, { force: true });
    this.#written.clear();
  }

  #try(file: string, content: string): FileError | undefined {
    try {
      makeFolder(path.dirname(file), 0o700);
      FileError.guard(file, () => replaceFile(file, content, 0o600));
    } catch (error) {
      return error as FileError;
    }
    this.#waiting.delete(file);
    this.#written.add(file);
    return undefined;
  }

  #retryLater(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size === 0) return;
    this.#timer = setTimeout(() => {
      for (const [file, content] of [...this.#waiting]) {
        if (this.#try(file, content) === undefined) this.tell(`"${file}" is written`);
      }
      this.#retryLater();
    }, this.retryMs).unref();
  }
}
