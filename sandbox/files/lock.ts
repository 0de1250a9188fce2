/** One process at a time: a file that names the process that holds it. One that a process left behind is taken over. */
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import * as path from "node:path";
import { FileError } from "./file-error";
import { makeFolder } from "./make-folder";
import { isRunning, type ProcessId, thisProcess } from "./process-id";

export interface Holder extends ProcessId {
  /** When it took the lock: ISO 8601, UTC. */
  readonly since: string;
  readonly host: string;
}

/** Thrown where another process holds the lock; callers say what it is that is held. */
export class LockHeld extends Error {
  override readonly name = "LockHeld";

  constructor(
    readonly file: string,
    readonly holder: Holder,
  ) {
    super(`"${file}" is held by ${holderInWords(holder)}`);
  }
}

export interface Lock {
  /** Gives the lock back; also done when this process ends. */
  release(): void;
}

/** `process 4711, since 2026-11-28 16:10:04 UTC`. */
export function holderInWords({ pid, since, host }: Holder): string {
  const where = host === hostname() ? "" : ` on ${host}`;
  return `process ${pid}${where}, since ${since.slice(0, 19).replace("T", " ")} UTC`;
}

/** Takes the lock and makes its folder. @throws LockHeld; FileError where it cannot be written */
export function takeLock(file: string): Lock {
  const own: Holder = { ...thisProcess(), since: new Date().toISOString(), host: hostname() };
  const text = `${JSON.stringify(own)}\n`;
  makeFolder(path.dirname(file));
  while (!create(file, text)) {
    const found = read(file);
    if (found === undefined) continue;
    const holder = holderIn(found);
    if (holder !== undefined && isHeld(holder)) throw new LockHeld(file, holder);
    // Between the creation of a lock and its content.
    if (holder === undefined && isNew(file)) pause();
    else takeAway(file, found);
  }
  const release = () => {
    process.off("exit", release);
    if (read(file) === text) rmSync(file, { force: true });
  };
  process.on("exit", release);
  return { release };
}

function create(file: string, text: string): boolean {
  return FileError.guard(file, () => {
    let descriptor: number;
    try {
      descriptor = openSync(file, "wx", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
    try {
      writeFileSync(descriptor, text);
      return true;
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Two may find the same lock left behind: whoever moves away what is another's by then, puts it back. */
function takeAway(file: string, found: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new FileError(file, error);
  }
  const moved = read(aside);
  if (moved !== undefined && moved !== found) create(file, moved);
  rmSync(aside, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new FileError(file, error);
  }
}

/** Whether a process of another machine runs cannot be known: it is taken to. */
function isHeld(holder: Holder): boolean {
  return holder.host !== hostname() || isRunning(holder);
}

function holderIn(text: string): Holder | undefined {
  try {
    const { pid, began, since, host } = JSON.parse(text) as Holder;
    if (typeof pid !== "number" || typeof since !== "string" || typeof host !== "string") return undefined;
    return { pid, since, host, ...(typeof began === "string" && { began }) };
  } catch {
    return undefined;
  }
}

const WRITTEN_WITHIN_MS = 1000;

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
}

function isNew(file: string): boolean {
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Math.abs(Date.now() - made) < WRITTEN_WITHIN_MS;
}
