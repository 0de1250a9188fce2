/** The harness for tests with the real Pulumi engine over the control plane: an engine and a cloud of its own per test. */
import { rmSync } from "node:fs";
import * as path from "node:path";
import {
  type ControlPlane,
  type ControlPlaneOptions,
  openControlPlane,
  serveProvider,
} from "../../sandbox/control-plane";
import {
  existingIn,
  openPulumiEngine,
  type Program,
  type PulumiEngine,
  type PulumiFound,
  type StackConfig,
} from "../../sandbox/engine";
import { temporaryFolder, withoutCredentials } from "./pulumi-cli";

export interface RealEngineOptions {
  readonly cli: PulumiFound;
  readonly program: Program;
  /** @default a project and a region */
  readonly config?: StackConfig;
  /** @default cloud-run-mesh */
  readonly project?: string;
  /** @default dev */
  readonly stack?: string;
  readonly policyPacks?: readonly string[];
  /** Put at the front of PATH. @default nothing */
  readonly path?: string;
  /** @default everything in memory, nothing missing is assumed */
  readonly controlPlane?: ControlPlaneOptions;
}

export interface RealEngine {
  readonly engine: PulumiEngine;
  readonly controlPlane: ControlPlane;
  readonly stateFolder: string;
  close(): Promise<void>;
}

/** The real engine over a control plane of its own, in a folder of its own. Close it when the test is over. */
export async function realEngine(options: RealEngineOptions): Promise<RealEngine> {
  const controlPlane = openControlPlane(options.controlPlane);
  const served = await serveProvider(controlPlane);
  const stateFolder = temporaryFolder();
  const env = withoutCredentials(process.env);
  const engine = openPulumiEngine({
    cli: options.cli,
    stateFolder,
    project: options.project ?? "cloud-run-mesh",
    stack: options.stack ?? "dev",
    program: options.program,
    config: options.config ?? { "gcp:project": "acme-dev", "gcp:region": "europe-west9" },
    providers: { gcp: served.port },
    providerSettings: served.providerSettings,
    policyPacks: options.policyPacks,
    findExisting: existingIn(controlPlane),
    env: options.path ? { ...env, PATH: [options.path, env.PATH].join(path.delimiter) } : env,
  });
  const close = async () => {
    await served.close();
    controlPlane.close();
    rmSync(stateFolder, { recursive: true, force: true });
  };
  return { engine, controlPlane, stateFolder, close };
}
