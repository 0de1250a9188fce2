/** Ends with the npm that runs a script: the shell between npm and this process passes on no signal, and outlives npm. */
import { execFileSync } from "node:child_process";

const SHELL = /(^|\/)-?(sh|dash|bash|ash|zsh)$/;

/**
 * Sends this process SIGTERM, on which it ends in good order, once npm is gone. Does nothing where it was not started by
 * one of the scripts.
 */
export function endWithNpm(...scripts: readonly string[]): void {
  const { npm_lifecycle_event: script } = process.env;
  if (script === undefined || !scripts.includes(script) || process.platform === "win32") return;
  const parent = process.ppid;
  const npm = aboveShell(parent) ?? parent;
  const timer = setInterval(() => {
    if (process.ppid === parent && exists(npm)) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 1000).unref();
}

/** Who started the shell; undefined where it is none, or where there is no `ps`. */
function aboveShell(pid: number): number | undefined {
  try {
    const printed = execFileSync("ps", ["-o", "ppid=,comm=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" });
    const [, parent, command = ""] = /^\s*(\d+)\s+(.*?)\s*$/.exec(printed) ?? [];
    return SHELL.test(command) ? Number(parent) : undefined;
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
