/**
 * How long a process may take until it listens, and what it is doing meanwhile. One that is at work, such as a compiler
 * without its cache, gets as long as on Cloud Run; one that does nothing is not waited for.
 */
import { type Activity, activityOf } from "./process-group";
import { doingInWords } from "./words";

export interface StartLimits {
  /** How long it may do nothing: write nothing, use no processor time. */
  readonly idleMs: number;
  /** How long it may take, whatever it does. */
  readonly longestMs: number;
}

export interface StartWatchOptions {
  readonly service: string;
  readonly port: number;
  /** Number of the process, which leads a group of its own. */
  readonly pid: number;
  readonly limits: StartLimits;
  /** When it wrote last, by `performance.now()`. */
  lastWroteMs(): number;
  /** What it wrote last, indented. */
  lastLines(): string;
  tell(line: string): void;
  /** @default 10000 */
  readonly tellEveryMs?: number;
}

const LOOK_EVERY_MS = 1000;
const TELL_EVERY_MS = 10_000;
/** A process that uses less of a processor waits for something: for its next tick, or for a request. */
const AT_WORK = 0.05;

export class StartWatch {
  /** Rejects when it has taken too long, with what it is doing; never settles otherwise. */
  readonly overdue: Promise<never>;
  readonly #startedMs = performance.now();
  #lastWorkMs = this.#startedMs;
  #toldMs = this.#startedMs;
  #looked: { readonly atMs: number; readonly cpuMs: number } = { atMs: this.#startedMs, cpuMs: 0 };
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly options: StartWatchOptions) {
    const { promise, reject } = withRejecter();
    this.overdue = promise;
    // Whoever waits is told; nobody may ever wait.
    promise.catch(() => {});
    this.#timer = setInterval(
      () => {
        const late = this.#look();
        if (!late) return;
        this.end();
        reject(late);
      },
      Math.min(LOOK_EVERY_MS, options.limits.idleMs / 4),
    );
    this.#timer.unref();
  }

  /** Stops looking: to be called once the process listens, and when it has ended. */
  end(): void {
    clearInterval(this.#timer);
  }

  #look(): Error | undefined {
    const { service, port, pid, limits, lastWroteMs, lastLines, tell, tellEveryMs = TELL_EVERY_MS } = this.options;
    const now = performance.now();
    const activity = activityOf(pid);
    if (this.#isAtWork(activity, now)) this.#lastWorkMs = now;
    // A server that listens elsewhere may write what it likes: it has started.
    if (!activity?.listeners.length) this.#lastWorkMs = Math.max(this.#lastWorkMs, lastWroteMs());
    const [tookMs, idleMs] = [now - this.#startedMs, now - this.#lastWorkMs];
    const isIdle = idleMs >= limits.idleMs;
    if (isIdle || tookMs >= limits.longestMs) {
      const within = `within ${seconds(tookMs)} s`;
      const doing = doingInWords(activity, port, isIdle ? idleMs : undefined);
      const more = activity?.listeners.length ? "" : `; ${MORE_TIME}`;
      return new Error(
        `${service} did not listen on port ${port} (PORT) ${within}: ${doing}${more}; its last lines:\n${lastLines()}`,
      );
    }
    if (now - this.#toldMs >= tellEveryMs) {
      this.#toldMs = now;
      tell(
        `${service} does not listen on port ${port} (PORT) yet, after ${seconds(tookMs)} s: ${doingInWords(activity, port)}`,
      );
    }
    return undefined;
  }

  /** Where nothing is known of a process it is taken to be at work. */
  #isAtWork(activity: Activity | undefined, now: number): boolean {
    if (!activity) return true;
    const { atMs, cpuMs } = this.#looked;
    this.#looked = { atMs: now, cpuMs: activity.cpuMs };
    return activity.cpuMs - cpuMs > (now - atMs) * AT_WORK;
  }
}

const MORE_TIME = 'a "startupProbe" in the stack config gives it failureThreshold × periodSeconds';

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function withRejecter() {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, rejectIt) => {
    reject = rejectIt;
  });
  return { promise, reject };
}
