/** Every decision as a line of JSON in a file, which is read while it grows. */
import { type FileHandle, open } from "node:fs/promises";
import * as path from "node:path";
import { FileError } from "../files/file-error";
import { makeFolder } from "../files/make-folder";
import type { Decision } from "./decisions";

export interface DecisionFile {
  write(decision: Decision): void;
  /** Resolves when everything is in the file for which there was room. */
  close(): Promise<void>;
}

export interface DecisionFileOptions {
  /** Told once what cannot be written, and once when that goes on. @default nobody is told */
  readonly tell?: (line: string) => void;
  /** Pause before what could not be written is tried again. @default 2000 */
  readonly retryMs?: number;
}

/** Lines that wait for room; older ones are dropped, and counted. */
const MOST_WAITING = 10_000;
/** Lines that are written, or not, together. */
const BATCH = 100;

/**
 * Appends decisions to a file. Its folder is made if need be, also where somebody removes it meanwhile. A full disk ends
 * nothing: there are whole lines in the file, and more of them when there is room.
 */
export function openDecisionFile(
  file: string,
  { tell = () => {}, retryMs = 2000 }: DecisionFileOptions = {},
): DecisionFile {
  const waiting: string[] = [];
  let dropped = 0;
  let failed = false;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      try {
        await append(file, batch.join(""));
      } catch (error) {
        waiting.unshift(...batch);
        if (!failed) tell(`${FileError.of(file, error).message}; decisions wait for that`);
        failed = true;
        return;
      }
      if (failed) tell(`"${file}" goes on${dropped > 0 ? `, without ${dropped} decisions` : ""}`);
      failed = false;
      dropped = 0;
    }
  }
  function start(): void {
    clearTimeout(timer);
    writing ??= flush().finally(() => {
      writing = undefined;
      if (failed) timer = setTimeout(start, retryMs).unref();
      else if (waiting.length > 0) start();
    });
  }
  return {
    write(decision) {
      waiting.push(`${JSON.stringify(decision)}\n`);
      if (waiting.length > MOST_WAITING) {
        waiting.shift();
        dropped += 1;
      }
      if (!failed) start();
    },
    async close() {
      await writing;
      clearTimeout(timer);
      await flush();
      clearTimeout(timer);
      if (waiting.length > 0) tell(`${waiting.length + dropped} decisions are not in "${file}"`);
    },
  };
}

/** The whole text, or nothing of it: half a line would spoil the next one. */
async function append(file: string, text: string): Promise<void> {
  const handle = await openMade(file);
  try {
    const { size } = await handle.stat();
    try {
      await handle.appendFile(text);
    } catch (error) {
      await handle.truncate(size);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

async function openMade(file: string): Promise<FileHandle> {
  try {
    return await open(file, "a", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    makeFolder(path.dirname(file));
    return open(file, "a", 0o600);
  }
}
