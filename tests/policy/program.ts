/** Somebody's own Pulumi program in a folder of its own, and plain `pulumi` over a control plane. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { openControlPlane, serveProvider } from "../../sandbox/control-plane";
import type { PulumiFound } from "../../sandbox/engine";
import { plainPulumi } from "../support/plain-pulumi";
import { temporaryFolder } from "../support/pulumi-cli";
import { TYPESCRIPT } from "../support/typescript";

const ROOT = path.join(__dirname, "../..");
export const PROGRAMS = path.join(__dirname, "programs");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface OwnProgram {
  readonly folder: string;
  /** Which of its files is the program. */
  main(file: string): void;
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
  const command = path.join(ROOT, "tools/check/main.ts");
  return {
    folder,
    main: (file) => writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "program", main: file })),
    pulumi,
    judge: (args, input) => run(process.execPath, [...TYPESCRIPT, command, ...args], input),
    close,
  };
}

/** What the engine prints of the pack's findings, without what differs from machine to machine. */
export function findingsIn({ stdout }: Ran): string {
  const [, found = ""] = /^Policies:\n((?: {4}.*\n)*)/m.exec(stdout) ?? [];
  const lines = found.split("\n").slice(1);
  return lines
    .map((line) => line.replace(/^ {8}/, ""))
    .join("\n")
    .trimEnd();
}
