import { readFileSync } from "node:fs";

/** False also for one that has ended and that nobody has waited for, as happens to orphans in a container. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
