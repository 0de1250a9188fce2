/**
 * Builds the Pulumi CLI from its Go module, for machines that can reach a Go module proxy and no release. One build at a
 * time; the result appears in the cache whole or not at all.
 */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { holderInWords, type Lock, LockHeld, takeLock } from "../../files/lock";
import { messageOf } from "../errors";

export interface BuildOptions {
  /** The folder with go.mod. */
  readonly folder: string;
  readonly version: string;
  /** The file to make. */
  readonly target: string;
  readonly onProgress: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** How often progress is told. @default 30 */
  readonly progressSeconds?: number;
}

export type BuildOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

export async function buildPulumi(options: BuildOptions): Promise<BuildOutcome> {
  const { target, onProgress } = options;
  let lock: Lock;
  try {
    lock = await waitForLock(`${target}.lock`, onProgress);
  } catch (error) {
    return { ok: false, reason: `cannot build Pulumi: ${messageOf(error)}` };
  }
  try {
    return existsSync(target) ? { ok: true } : await build(options);
  } finally {
    lock.release();
  }
}

async function build(options: BuildOptions): Promise<BuildOutcome> {
  const { folder, version, target, onProgress, env, progressSeconds = 30 } = options;
  const started = performance.now();
  const elapsed = () => `${Math.round((performance.now() - started) / 1000)} s`;
  const partial = `${target}.partial`;
  onProgress(`building Pulumi ${version} from its Go module: once, about five minutes on two cores`);
  const timer = setInterval(() => onProgress(`still building Pulumi ${version}: ${elapsed()}`), progressSeconds * 1000);
  try {
    const args = ["build", "-ldflags", `-s -w -X ${VERSION_VARIABLE}=${version}`, "-o", partial, PACKAGE];
    const { code, stderr } = await go(args, folder, { ...env, CGO_ENABLED: "0" });
    if (code !== 0) return { ok: false, reason: `cannot build Pulumi: ${lastLine(stderr) || `go ended with ${code}`}` };
    chmodSync(partial, 0o755);
    renameSync(partial, target);
    onProgress(`built Pulumi ${version} in ${elapsed()}`);
    return { ok: true };
  } finally {
    clearInterval(timer);
    rmSync(partial, { force: true });
  }
}

function go(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn("go", args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (error) => {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      resolve({ code: -1, stderr: missing ? "no Go toolchain on PATH" : error.message });
    });
    child.on("close", (code) => resolve({ code: code ?? -1, stderr }));
  });
}

/** Waits for the process that holds the lock; takes over from one that is gone. */
async function waitForLock(file: string, onProgress: (line: string) => void): Promise<Lock> {
  for (let told = false; ; told = true) {
    try {
      return takeLock(file);
    } catch (error) {
      if (!(error instanceof LockHeld)) throw error;
      if (!told) onProgress(`${holderInWords(error.holder)}, is building Pulumi; waiting for it`);
      await sleep(1000);
    }
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
