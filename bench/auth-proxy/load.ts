import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Load {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the proxy, which other programs on the machine disturb least. */
  readonly cpuMicrosPerRequest: number;
  /** Answers that were no 2xx or 3xx, and connections that failed. */
  readonly errors: number;
}

export function findWrk(): Promise<boolean> {
  return new Promise((resolve) =>
    execFile("wrk", ["-v"], (error) => resolve((error as NodeJS.ErrnoException)?.code !== "ENOENT")),
  );
}

/** One worker of wrk with a number of connections, for some seconds, upon the process that serves the URL. */
export function wrk(url: string, pid: number, connections: number, seconds: number): Promise<Load> {
  const before = cpuMicros(pid);
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", url];
  return new Promise((resolve, reject) =>
    execFile("wrk", args, (error, output) => {
      if (error) return reject(error);
      const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? 0);
      const failed = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
      resolve({
        requestsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
        p50Ms: milliseconds(/^\s+50%\s+(\S+)/m.exec(output)?.[1]),
        cpuMicrosPerRequest: (cpuMicros(pid) - before) / number(/(\d+) requests in/),
        p99Ms: milliseconds(/^\s+99%\s+(\S+)/m.exec(output)?.[1]),
        errors:
          number(/Non-2xx or 3xx responses: (\d+)/) +
          (failed?.slice(1).reduce((sum, count) => sum + Number(count), 0) ?? 0),
      });
    }),
  );
}

/** User and system time of a process so far. Source: proc_pid_stat(5), with the kernel's 100 ticks a second */
function cpuMicros(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ").slice(11, 13);
  return (Number(user) + Number(system)) * 10_000;
}

function milliseconds(text = ""): number {
  const [, value, unit] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(value) * ({ us: 0.001, ms: 1, s: 1000 }[unit as "ms"] ?? Number.NaN);
}

/** The middle one of several, and from where to where they reach, e.g. `1.05 x (0.93 to 1.20)`. */
export function spread(values: readonly number[], unit: string, digits: number): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  );
  return `${middle} ${unit} (${least} to ${most})`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
