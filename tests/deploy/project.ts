/** A project folder of somebody else's, with this repository's program in it, and plain `pulumi` over a control plane. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import {
  type ControlPlane,
  type ControlPlaneOptions,
  openControlPlane,
  serveProvider,
} from "../../sandbox/control-plane";
import type { PulumiFound } from "../../sandbox/engine";
import { plainPulumi } from "../support/plain-pulumi";
import { temporaryFolder } from "../support/pulumi-cli";
import { TYPESCRIPT } from "../support/typescript";
import type { MeshSettings } from "./support";

const ROOT = path.join(__dirname, "../..");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Project {
  readonly folder: string;
  readonly controlPlane: ControlPlane;
  /** Writes `Pulumi.prod.yaml`. */
  configure(settings: MeshSettings): void;
  pulumi(...args: string[]): Promise<Ran>;
  /** Runs one of the repository's tools as its npm script does. */
  tool(file: string, ...args: string[]): Promise<Ran>;
  close(): Promise<void>;
}

export async function openProject(cli: PulumiFound, options?: ControlPlaneOptions): Promise<Project> {
  const folder = temporaryFolder();
  for (const name of ["index.cjs", "index.ts", "package.json", "Pulumi.yaml"]) {
    copyFileSync(path.join(ROOT, name), path.join(folder, name));
  }
  for (const name of ["node_modules", "components", "mesh", "services", "policy", "tools"])
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  mkdirSync(path.join(folder, "state"));

  const controlPlane = openControlPlane(options);
  controlPlane.configure({ project: "shop-prod", region: "europe-west9" });
  const served = await serveProvider(controlPlane);
  const env = {
    ...plainPulumi({ cli, stateFolder: path.join(folder, "state"), providers: { gcp: served.port } }),
    ...served.providerSettings,
  };
  const run = (command: string, args: readonly string[]) =>
    new Promise<Ran>((resolve) => {
      const child = execFile(command, args, { cwd: folder, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      );
      child.stdin?.end();
    });
  return {
    folder,
    controlPlane,
    configure: (settings) => {
      const keys = Object.entries(settings).map(([key, value]) => [`cloud-run-mesh:${key}`, value]);
      const config = { "gcp:project": "shop-prod", "gcp:region": "europe-west9", ...Object.fromEntries(keys) };
      writeFileSync(path.join(folder, "Pulumi.prod.yaml"), stringify({ config }));
    },
    pulumi: (...args) => run(cli.command, [...args, "--non-interactive"]),
    tool: (file, ...args) => run(process.execPath, [...TYPESCRIPT, path.join(ROOT, file), ...args]),
    close: async () => {
      await served.close();
      controlPlane.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
