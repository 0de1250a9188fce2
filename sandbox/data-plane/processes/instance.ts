/** One process of a service, from its start to its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { Agent } from "node:http";
import { networkInterfaces } from "node:os";
import { createInterface } from "node:readline";
import { endWithThisProcess } from "../../children/watcher";
import { expanded } from "./command";
import { givePortBack, opens, takePort } from "./ports";
import { whyNotStarted } from "./spawn-failure";
import { type StartLimits, StartWatch } from "./starting/start-watch";

/** A line that a service wrote. */
export interface ServiceLog {
  readonly service: string;
  readonly stream: "stdout" | "stderr" | "sandbox";
  readonly line: string;
}

export interface InstanceOptions {
  readonly service: string;
  readonly folder: string;
  readonly command: readonly string[];
  environment(port: number): Promise<NodeJS.ProcessEnv>;
  onLog?(line: ServiceLog): void;
  readonly startLimits: StartLimits;
  /** How long it may take to end after SIGTERM. @default 10000, as on Cloud Run */
  readonly killAfterMs?: number;
  /** Called once, when the process has ended or could not be started. */
  onEnd(instance: Instance): void;
}

const KEPT_LINES = 20;
const PROBE_EVERY_MS = 10;
const LAST_LINES_MS = 100;

/** Source: https://cloud.google.com/run/docs/container-contract#instance-shutdown */
export const KILL_AFTER_MS = 10_000;

/** Ports that somebody else takes while a process is prepared, before that counts as a failure. */
const PORTS_TO_TRY = 5;

export class Instance {
  /** Resolves when the port is open; rejects when the process ends before. */
  readonly listening: Promise<void>;
  /** Rejects when it takes too long until it listens, with what it is doing; never settles otherwise. */
  readonly overdue: Promise<never>;
  readonly ended: Promise<void>;
  /** Connections to it; they are of no use to the next process. */
  readonly agent = new Agent({ keepAlive: true });
  isListening = false;
  isStopping = false;
  /** Requests that it has not answered yet. */
  inFlight = 0;
  /** How it ended: `exited with code 1`. */
  end: string | undefined;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #lastWroteMs = performance.now();
  #stopped: Promise<void> | undefined;

  private constructor(
    private readonly options: InstanceOptions,
    readonly port: number,
    env: NodeJS.ProcessEnv,
  ) {
    const { command: words, unknown } = expanded(options.command, env);
    const [command = "", ...args] = words;
    // A group of its own: what the command starts itself is ended with it.
    this.#child = spawn(command, args, {
      cwd: options.folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    const { pid } = this.#child;
    const forget = pid === undefined ? () => {} : endWithThisProcess(pid);
    for (const stream of ["stdout", "stderr"] as const) {
      const source = this.#child[stream];
      if (source) createInterface({ input: source }).on("line", (line) => this.#log(stream, line));
    }
    const watch = pid === undefined ? undefined : this.#watchStart(pid);
    this.overdue = watch?.overdue ?? new Promise(() => {});
    this.ended = new Promise((resolve) => {
      const ended = (how: string) => {
        if (this.end !== undefined) return;
        this.end = how;
        this.isListening = false;
        this.#signal("SIGKILL");
        watch?.end();
        forget();
        this.agent.destroy();
        givePortBack(port);
        resolve();
        options.onEnd(this);
      };
      this.#child.once("error", (error) => {
        const why = whyNotStarted({ error, program: command, folder: options.folder });
        ended(`could not be started in ${options.folder}: ${why}`);
      });
      this.#child.once("exit", (code, signal) => {
        this.isListening = false;
        const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
        // What it wrote last may still be under way, but somebody else may hold the pipe for good.
        const timer = setTimeout(() => ended(how), LAST_LINES_MS);
        this.#child.once("close", () => {
          clearTimeout(timer);
          setImmediate(() => ended(how));
        });
      });
    });
    for (const name of unknown) {
      this.#log(
        "sandbox",
        `${options.service} has no variable ${name}: $${name} in its command stays as it is written`,
      );
    }
    this.listening = this.#waitForPort();
    this.listening.then(
      () => watch?.end(),
      () => {},
    );
  }

  /** Starts a process on a port that is free now. */
  static async start(options: InstanceOptions): Promise<Instance> {
    for (let attempt = 1; ; attempt++) {
      const port = await takePort();
      try {
        const environment = await options.environment(port);
        if (attempt === PORTS_TO_TRY || !(await opens("127.0.0.1", port))) {
          return new Instance(options, port, environment);
        }
      } catch (error) {
        givePortBack(port);
        throw error;
      }
      givePortBack(port);
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasWritten(): boolean {
    return this.#lines.length > 0;
  }

  /** What it wrote last, indented. */
  lastLines(): string {
    return this.#lines.length === 0 ? "  (it wrote nothing)" : this.#lines.map((line) => `  ${line}`).join("\n");
  }

  /** SIGTERM once, and SIGKILL when that did not help in time. */
  stop(): Promise<void> {
    this.isStopping = true;
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** At once and without waiting: for the last moments of this process. */
  kill(): void {
    this.isStopping = true;
    this.#signal("SIGKILL");
  }

  async #stop(): Promise<void> {
    if (this.end !== undefined) return;
    // A process that waits for its connections to end waits for idle ones, too: now, and once they have been answered.
    this.agent.maxFreeSockets = 0;
    for (const socket of Object.values(this.agent.freeSockets).flat()) socket?.destroy();
    this.#signal("SIGTERM");
    const timer = setTimeout(() => this.#signal("SIGKILL"), this.options.killAfterMs ?? KILL_AFTER_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === "win32") this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }

  #watchStart(pid: number): StartWatch {
    const { service, startLimits: limits } = this.options;
    return new StartWatch({
      ...{ service, pid, limits, port: this.port },
      lastWroteMs: () => this.#lastWroteMs,
      lastLines: () => this.lastLines(),
      tell: (line) => this.options.onLog?.({ service, stream: "sandbox", line }),
    });
  }

  /** A TCP startup probe. Source: https://cloud.google.com/run/docs/configuring/healthchecks#startup */
  async #waitForPort(): Promise<void> {
    while (this.end === undefined) {
      if (await opens("127.0.0.1", this.port)) {
        // A moment for a process that lost the port to somebody else to say so by ending.
        await new Promise((resolve) => setImmediate(resolve));
        if (this.end !== undefined) break;
        this.isListening = true;
        await this.#warnOfOpenPort();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    }
    throw new Error(
      `${this.options.service} ${this.end} before it listened on port ${this.port}; its last lines:\n${this.lastLines()}`,
    );
  }

  async #warnOfOpenPort(): Promise<void> {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === "IPv4");
    if (!outside || !(await opens(outside.address, this.port))) return;
    this.#log(
      "sandbox",
      `${this.options.service} listens on ${outside.address}:${this.port}, too: whoever reaches this machine reaches it without a token; let it listen on BIND_ADDRESS, where that is set`,
    );
  }

  #log(stream: ServiceLog["stream"], line: string): void {
    this.#lines.push(line);
    this.#lastWroteMs = performance.now();
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    this.options.onLog?.({ service: this.options.service, stream, line });
  }
}
