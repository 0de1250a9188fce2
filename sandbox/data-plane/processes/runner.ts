/** Keeps a service running: restarts what died, with growing pauses, and replaces without losing a request. */
import type { Backend, Lease } from "../front-end/forward";
import { Instance, type InstanceOptions, KILL_AFTER_MS } from "./instance";

export type RunnerOptions = Omit<InstanceOptions, "onEnd">;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A process that ran for so long starts again without a pause. */
const STABLE_MS = 10_000;
/** Processes in a row that end before they listen, after which the start has failed. A taken port makes one of them. */
const GIVE_UP_AFTER = 3;
/** What was sent to a process is to reach it before SIGTERM does. */
const ARRIVAL_MS = 250;

export class Runner implements Backend {
  restarts = 0;
  #current: Instance | undefined;
  /** The last that listened. */
  #adopted: Instance | undefined;
  /** All that have not ended, those on their way out included. */
  readonly #instances = new Set<Instance>();
  /** Processes are started one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Ends in a row, each soon after its start. */
  #failures = 0;
  #failedStarts = 0;
  #startedMs = 0;
  #closed = false;
  #pause: NodeJS.Timeout | undefined;
  #lastError: Error | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly options: RunnerOptions) {}

  get pid(): number | undefined {
    return this.#current?.isListening ? this.#current.pid : undefined;
  }

  get listeningPort(): number | undefined {
    return this.#current?.isListening ? this.#current.port : undefined;
  }

  start(): void {
    this.#inTurn(() => this.#launch()).catch((error: Error) => this.#fail(error));
  }

  /** Resolves when the service listens; rejects, with what it does and wrote last, when it takes too long or keeps ending. */
  async ready(): Promise<void> {
    while (this.listeningPort === undefined) {
      if (this.#closed) throw this.#wasStopped();
      if (this.#failedStarts >= GIVE_UP_AFTER && this.#lastError) throw this.#lastError;
      await Promise.race([this.#changed(), ...(this.#current ? [this.#current.overdue] : [])]);
    }
  }

  /** Waits for a process that is starting; one that failed to is not waited for. */
  async acquire(timeoutMs: number): Promise<Lease> {
    const deadline = performance.now() + timeoutMs;
    while (!this.#current?.isListening || this.#closed) {
      const isHopeless = this.#closed || this.#failedStarts >= GIVE_UP_AFTER;
      if (isHopeless || !(await this.#changed(deadline - performance.now()))) {
        const error = this.#closed ? this.#wasStopped() : this.#lastError;
        const how = error?.message.split("\n", 1)[0] ?? "its process does not listen yet";
        throw new Error(`no instance of ${this.options.service}: ${how}`);
      }
    }
    const instance = this.#current;
    instance.inFlight += 1;
    let isOver = false;
    const release = () => {
      if (isOver) return;
      isOver = true;
      instance.inFlight -= 1;
      this.#notify();
    };
    return { port: instance.port, agent: instance.agent, isAlive: () => instance.isListening, release };
  }

  /** Starts a process with the environment as it is now, then ends the old one when it has answered. */
  async replace(): Promise<void> {
    const old = await this.#inTurn(() => this.#swap());
    if (!old) return;
    await this.#answered(old, this.options.killAfterMs ?? KILL_AFTER_MS, () => this.#closed);
    await old.stop();
  }

  async stop(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pause);
    this.#notify();
    if (this.#current) await this.#answered(this.#current, ARRIVAL_MS);
    await Promise.all([...this.#instances].map((instance) => instance.stop()));
    // Who was starting a process meanwhile has found this closed, and ended it.
    await this.#turn;
  }

  kill(): void {
    this.#closed = true;
    for (const instance of this.#instances) instance.kill();
  }

  async #launch(): Promise<void> {
    if (this.#current && this.#current.end === undefined) return;
    const instance = await this.#spawn();
    this.#current = instance;
    this.#startedMs = performance.now();
    this.#notify();
    instance.listening.then(
      () => this.#current === instance && this.#adopt(instance),
      (error: Error) => {
        if (this.#current === instance) this.#lastError = error;
        this.#notify();
      },
    );
  }

  /** Puts a new process in the place of the current one, which it returns. */
  async #swap(): Promise<Instance | undefined> {
    const fresh = await this.#spawn();
    try {
      await Promise.race([fresh.listening, fresh.overdue]);
    } catch (error) {
      await fresh.stop();
      throw error;
    }
    const old = this.#current;
    clearTimeout(this.#pause);
    this.#failures = 0;
    this.#adopt(fresh);
    return old;
  }

  async #spawn(): Promise<Instance> {
    if (this.#closed) throw this.#wasStopped();
    const instance = await Instance.start({ ...this.options, onEnd: (one) => this.#ended(one) });
    this.#instances.add(instance);
    if (!this.#closed) return instance;
    await instance.stop();
    throw this.#wasStopped();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  #adopt(instance: Instance): void {
    this.#current = instance;
    this.#adopted = instance;
    this.#startedMs = performance.now();
    this.#failedStarts = 0;
    this.#lastError = undefined;
    this.#notify();
  }

  async #answered(instance: Instance, timeoutMs: number, isEnough = () => false): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (instance.inFlight > 0 && instance.end === undefined && !isEnough()) {
      if (!(await this.#changed(deadline - performance.now()))) return;
    }
  }

  #ended(instance: Instance): void {
    this.#instances.delete(instance);
    if (instance.isStopping || this.#closed || instance !== this.#current) return;
    const { service, onLog } = this.options;
    this.#lastError = new Error(`${service} ${instance.end}; its last lines:\n${instance.lastLines()}`);
    this.#failedStarts += 1;
    const ran = performance.now() - this.#startedMs;
    this.#failures = ran > STABLE_MS ? 0 : this.#failures + 1;
    const pause = this.#failures === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    const again = `${service} ${instance.end}; starting it again in ${pause} ms`;
    // Once: until all the others have started, nobody else says what is wrong with it.
    const isNews = this.#failedStarts === 1 && instance !== this.#adopted && instance.hasWritten;
    const line = isNews ? `${again}; its last lines:\n${instance.lastLines()}` : again;
    for (const one of line.split("\n")) onLog?.({ service, stream: "sandbox", line: one });
    this.#notify();
    this.#pause = setTimeout(() => {
      this.restarts += 1;
      this.start();
    }, pause);
  }

  #fail(error: Error): void {
    this.#lastError = error;
    this.#failedStarts = GIVE_UP_AFTER;
    this.#notify();
  }

  #wasStopped(): Error {
    return new Error(`${this.options.service} was stopped`);
  }

  /** True when something changed in time; without one, it waits for as long as it takes. */
  #changed(timeoutMs?: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => done(false), Math.max(0, timeoutMs));
      const wake = () => done(true);
      const done = (changed: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(changed);
      };
      this.#waiting.add(wake);
    });
  }

  #notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
