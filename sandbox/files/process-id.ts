/** Which process is meant: a number is used again, so the time at which the process began is written down beside it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ProcessId {
  readonly pid: number;
  /** When it began, as the system tells it; absent where the system does not. */
  readonly began?: string;
}

let own: ProcessId | undefined;

export function thisProcess(): ProcessId {
  own ??= processId(process.pid);
  return own;
}

export function processId(pid: number): ProcessId {
  const began = beginningOf(pid);
  return { pid, ...(typeof began === "string" && { began }) };
}

/** False where the process is gone, or where another one has its number by now. */
export function isRunning({ pid, began }: ProcessId): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const current = beginningOf(pid);
  if (current === "ended") return false;
  return began === undefined || current === undefined || current === began;
}

/** Undefined where the system does not tell. */
function beginningOf(pid: number): string | "ended" | undefined {
  try {
    return process.platform === "linux" ? onLinux(pid) : elsewhere(pid);
  } catch {
    return undefined;
  }
}

/** Clock ticks since this boot. Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function onLinux(pid: number): string | "ended" {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name before this may hold spaces and parentheses.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return "ended";
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[18]}`;
}

function elsewhere(pid: number): string | undefined {
  if (process.platform === "win32") return undefined;
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const printed = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return printed.trim() || undefined;
}
