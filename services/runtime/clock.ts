/** Time, passed in so that tests can hold it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /**
   * Runs something later.
   *
   * @param ms delay in milliseconds
   * @returns cancels it
   */
  after(ms: number, run: () => void): () => void;
}

/** Randomness, passed in so that tests can hold it: a number from 0 up to, not including, 1. */
export type Random = () => number;

/** The machine's clock. Its timers keep the process alive until they fire or are cancelled. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits; rejects with the signal's reason as soon as the signal is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    function stop() {
      cancel();
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** A signal that is aborted when a time has passed, when its parent is, or by hand, whichever comes first. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #cancel: () => void;
  readonly #unlink: () => void;
  /** When the time is up, on the clock that was passed in. */
  readonly atMs: number;

  /**
   * @param ms time to live in milliseconds
   * @param reason what the signal is aborted with when the time is up
   * @param parent ends this one early, with the parent's reason
   */
  constructor(
    readonly clock: Clock,
    ms: number,
    reason: () => Error,
    parent?: AbortSignal,
  ) {
    this.atMs = clock.now() + ms;
    const follow = () => this.abort(parent?.reason);
    this.#cancel = clock.after(ms, () => this.abort(reason()));
    this.#unlink = () => parent?.removeEventListener("abort", follow);
    if (parent?.aborted) follow();
    else parent?.addEventListener("abort", follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.dispose();
    this.#controller.abort(reason);
  }

  /** Stops the timer and lets go of the parent; the signal stays as it is. */
  dispose(): void {
    this.#cancel();
    this.#unlink();
  }
}

/** The promise's result, or the signal's reason when that comes first. The work itself is not stopped by this. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
