/** Somebody's own Pulumi program in a folder of its own, and plain `pulumi` over a control plane. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { openControlPlane, serveProvider } from "../../sandbox/control-plane";
import type { PulumiFound } from "../../sandbox/engine";
import { plainPulumi } from "../support/plain-pulumi";
import { temporaryFolder } from "../support/pulumi-cli";

const ROOT = path.join(__dirname, "../..");
export const PROGRAMS = path.join(__dirname, "programs");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface OwnProgram {
  readonly folder: string;
  pulumi(...args: readonly string[]): Promise<Ran>;
  /** Runs `npm run judge`'s command as its script does. */
  judge(args: readonly string[], input?: string): Promise<Ran>;
  close(): Promise<void>;
}

/** A copy of one of the programs, with the stack `dev` of the project acme-dev. */
export async function openProgram(cli: PulumiFound, source: string): Promise<OwnProgram> {
  const folder = temporaryFolder();
  cpSync(source, folder, { recursive: true });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  mkdirSync(path.join(folder, "state"));
  const controlPlane = openControlPlane({ missing: "assume" });
  controlPlane.configure({ project: "acme-dev", region: "europe-west9" });
  const served = await serveProvider(controlPlane);
  const env = plainPulumi({ cli, stateFolder: path.join(folder, "state"), providers: { gcp: served.port } });
  const run = (command: string, args: readonly string[], input = "") =>
    new Promise<Ran>((resolve) => {
      const child = execFile(command, args, { cwd: folder, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      );
      child.stdin?.end(input);
    });
  const pulumi = (...args: readonly string[]) => run(cli.command, [...args, "--non-interactive"]);
  const close = async () => {
    await served.close();
    controlPlane.close();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const args of [
    ["stack", "init", "dev"],
    ["config", "set", "gcp:project", "acme-dev"],
  ]) {
    const { code, stderr } = await pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} failed: ${stderr}`);
  }
  const main = path.join(ROOT, "tools/check/main.ts");
  return {
    folder,
    pulumi,
    judge: (args, input) => run(process.execPath, ["-r", "ts-node/register/transpile-only", main, ...args], input),
    close,
  };
}

/** The part of a preview's output in which the engine says what the pack found; paths and times are left out. */
export function findingsIn({ stdout }: Ran): string {
  const [, found = ""] = /^Policies:\n((?:(?!^\S).*\n)*)/m.exec(stdout) ?? [];
  return found.replace(/ \(local: [^)]*\)/g, "").trimEnd();
}
