/**
 * Ctrl-C while the engine works. The CLI is told once and then waited for: it finishes the resource operations in
 * flight and writes its state. Only a signal that comes after a while, when a person means it, is passed on again; the
 * CLI then stops at once and leaves operations pending, which `recover` brings back.
 */
import type { OperationOptions } from "./engine";

/** A terminal and a process manager may both deliver the one Ctrl-C; within this time it counts as one. */
const ONE_INTERRUPT_MS = 2_000;

interface Interruptible {
  interrupt(): boolean;
}

export async function withInterrupts(
  child: Interruptible,
  { onEvent, signal }: OperationOptions,
  work: () => Promise<void>,
): Promise<{ interrupted: boolean }> {
  let last = Number.NEGATIVE_INFINITY;
  let interrupted = false;
  const stop = () => {
    const now = performance.now();
    if (now - last < ONE_INTERRUPT_MS) return;
    last = now;
    const message = interrupted
      ? "told the engine to stop at once; operations may stay pending"
      : "told the engine to stop; waiting for the operations in flight";
    if (!child.interrupt()) return;
    interrupted = true;
    onEvent?.({ kind: "note", message });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    await work();
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    signal?.removeEventListener("abort", stop);
  }
  return { interrupted };
}
