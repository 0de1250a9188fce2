/**
 * Finds the Pulumi CLI, or gets one. In this order: `pulumi` on PATH, the cache, the official release, a build from
 * Pulumi's Go module. The last two only where the caller asks for them: `npm start` never downloads or builds.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { messageOf } from "../errors";
import { buildPulumi } from "./build-pulumi";
import { semver } from "./pulumi-command";

const run = promisify(execFile);

/** The version that is downloaded or built; tools/pulumi/go.mod names the same. */
export const PULUMI_VERSION = "3.259.0";

/** Older CLIs have no gRPC event log, from which results are read (3.205), and start policy packs differently. */
export const MINIMUM_PULUMI_VERSION = "3.206.0";

export type PulumiFound = {
  readonly found: true;
  readonly command: string;
  readonly version: string;
  readonly source: "PATH" | "cache" | "release" | "build";
};

export type PulumiMissing = {
  readonly found: false;
  /** One line per place that was searched. */
  readonly reasons: readonly string[];
};

export interface FindPulumiOptions {
  /** True to download or build what is not there. @default false */
  readonly obtain?: boolean;
  /** Told what goes on, and how long it takes. */
  readonly onProgress?: (line: string) => void;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** How long the download may take before the build is tried. @default 60 */
  readonly downloadSeconds?: number;
  /** Puts an official release under a folder. @default the Automation API's installer */
  readonly install?: typeof PulumiCommand.install;
  /** @default tools/pulumi in this checkout */
  readonly buildFolder?: string;
}

export async function findPulumi(options: FindPulumiOptions = {}): Promise<PulumiFound | PulumiMissing> {
  const { obtain = false, onProgress = () => {}, env = process.env, downloadSeconds = 60 } = options;
  const reasons: string[] = [];
  const say = (reason: string) => {
    reasons.push(reason);
    onProgress(reason);
  };

  const onPath = searchPath(env.PATH ?? "");
  if (onPath) {
    const version = await versionOf(onPath);
    if (version && semver.gte(version, MINIMUM_PULUMI_VERSION)) {
      return { found: true, command: onPath, version, source: "PATH" };
    }
    say(`"${onPath}" is ${version ?? "of no known version"}; at least ${MINIMUM_PULUMI_VERSION} is needed`);
  } else {
    say("no pulumi on PATH");
  }

  const cache = path.join(cacheFolder(env), PULUMI_VERSION);
  const places = [
    { command: path.join(cache, EXECUTABLE), source: "cache" as const },
    { command: path.join(cache, "release", "bin", EXECUTABLE), source: "cache" as const },
  ];
  for (const { command, source } of places) {
    const version = existsSync(command) ? await versionOf(command) : undefined;
    if (version) return { found: true, command, version, source };
  }
  say(`no Pulumi ${PULUMI_VERSION} in the cache "${cache}"`);
  if (!obtain) return { found: false, reasons };

  onProgress(`downloading Pulumi ${PULUMI_VERSION} (up to ${downloadSeconds} s)`);
  try {
    const command = await download(
      options.install ?? PulumiCommand.install,
      path.join(cache, "release"),
      downloadSeconds,
    );
    return { found: true, command, version: PULUMI_VERSION, source: "release" };
  } catch (error) {
    say(`cannot download Pulumi ${PULUMI_VERSION}: ${messageOf(error).split("\n")[0]}`);
  }

  const folder = options.buildFolder ?? path.join(__dirname, "..", "..", "..", "tools", "pulumi");
  const built = await buildPulumi({ folder, version: PULUMI_VERSION, target: places[0]!.command, onProgress, env });
  if (built.ok) return { found: true, command: places[0]!.command, version: PULUMI_VERSION, source: "build" };
  say(built.reason);
  return { found: false, reasons };
}

/** Where obtained CLIs are kept; shared by all checkouts. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME || path.join(env.HOME || os.homedir(), ".cache");
  return path.join(base, "cloud-run-mesh", "pulumi");
}

const EXECUTABLE = process.platform === "win32" ? "pulumi.exe" : "pulumi";

function searchPath(searched: string): string | undefined {
  const candidates = searched.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return candidates.map((folder) => path.join(folder, EXECUTABLE)).find((file) => existsSync(file));
}

/** The version that a CLI reports; undefined where it cannot be run. */
export async function versionOf(command: string): Promise<string | undefined> {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { stdout } = await run(command, ["version"], { env, timeout: 20_000 });
    return /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}

/** The installer sets no limit of its own to the time that it may take. */
async function download(install: typeof PulumiCommand.install, root: string, seconds: number): Promise<string> {
  const created = mkdirSync(root, { recursive: true });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000);
  });
  try {
    const installed = install({ root, version: new semver.SemVer(PULUMI_VERSION) });
    return (await Promise.race([installed, late])).command;
  } catch (error) {
    rmSync(created ?? root, { recursive: true, force: true });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
