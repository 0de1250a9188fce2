/**
 * Errors that nobody handles. The SDK leaves most failed registrations of a program to the process, some after the run
 * that they belong to has ended. The async context of an error tells which program it is of: its run is told while it
 * lasts, and later nobody is, so that no error of a program ends this process or is blamed on the next program.
 */
import type { AsyncLocalStorage } from "node:async_hooks";

/** What the SDK keeps of one run of a program. */
type Store = object;

/** Where every copy of the SDK keeps the stores of the programs that run in this process. */
const current = () => (globalThis as { asyncLocalStorage?: AsyncLocalStorage<Store> }).asyncLocalStorage?.getStore();

const runs = new WeakMap<Store, (error: unknown) => void>();
let tellProcess: ((error: unknown) => void) | undefined;
let isListening = false;

/** From here on, errors of programs do not end this process. */
export function catchProgramErrors(): void {
  if (isListening) return;
  isListening = true;
  for (const event of ["unhandledRejection", "uncaughtException"] as const) {
    process.on(event, (error: unknown) => {
      const store = current();
      if (store) runs.get(store)?.(error);
      else if (tellProcess) tellProcess(error);
      // Where nobody else listens it ends the process, as it would without this listener.
      else if (process.listenerCount(event) === 1) throw error;
    });
  }
}

/** Hands on the errors of this process that are of no program, instead of ending it. */
export function onProcessError(tell: (error: unknown) => void): void {
  tellProcess = tell;
  catchProgramErrors();
}

/** Hands on the errors of the program that runs in the current async context; returns what ends that. */
export function onProgramError(tell: (error: unknown) => void): () => void {
  const store = current();
  if (!store) throw new Error("a program runs in an async context of its own");
  catchProgramErrors();
  runs.set(store, tell);
  return () => runs.delete(store);
}
