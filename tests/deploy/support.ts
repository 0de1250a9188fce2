/** The program on the real engine over a control plane, one stack per test, with a config that may change between runs. */
import { rmSync } from "node:fs";
import * as path from "node:path";
import { type ControlPlane, type Fault, openControlPlane, serveProvider } from "../../sandbox/control-plane";
import {
  type EngineResult,
  existingIn,
  type Operation,
  openPulumiEngine,
  type Program,
  type PulumiFound,
  type Step,
} from "../../sandbox/engine";
import { temporaryFolder, withoutCredentials } from "../support/pulumi-cli";
import { runApart } from "./run-apart";

export const PROGRAM = require("../../index") as Program;
export const POLICY_PACK = path.join(__dirname, "../../policy");
export const IMAGE = "europe-docker.pkg.dev/acme/images/app@sha256:0";

export const SERVICE = "gcp:cloudrunv2/service:Service";
export const GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
export const ACCOUNT = "gcp:serviceaccount/account:Account";

/** What a test's stack config says under `cloud-run-mesh:`. */
export type MeshSettings = Record<string, unknown>;

/** web -> api, neither protected, in a network that exists. */
export const mesh = (services: object = {}, settings: MeshSettings = {}): MeshSettings => ({
  deletionProtection: false,
  network: { network: "default", subnetwork: "default" },
  services: { web: { image: IMAGE, calls: ["api"] }, api: { image: IMAGE }, ...services },
  ...settings,
});

export interface Stack {
  /** Where the engine and the control plane keep what they write. */
  readonly stateFolder: string;
  readonly controlPlane: ControlPlane;
  /** The same cloud from here on with these failures; the state stays. */
  playing(faults: readonly Fault[]): Promise<void>;
  run(operation: Operation, settings: MeshSettings, options?: RunOptions): Promise<EngineResult>;
  /** An operation that is going to fail, of the project's own program or of the one in a file. */
  fail(operation: Operation, settings: MeshSettings, programFile?: string): Promise<EngineResult>;
  close(): Promise<void>;
}

interface RunOptions {
  readonly policy?: boolean;
  /** @default the project's own index.ts */
  readonly program?: Program;
}

/** A stack of its own for one test, with the network that its meshes use. */
export async function openStack(cli: PulumiFound): Promise<Stack> {
  const stateFolder = temporaryFolder();
  const stateFile = path.join(stateFolder, "control-plane.jsonl");
  let controlPlane = openControlPlane({ stateFile });
  controlPlane.configure({ project: "acme-dev", region: "europe-west9" });
  controlPlane.seed("gcp:compute/network:Network", { name: "default", project: "acme-dev" });
  controlPlane.seed("gcp:compute/subnetwork:Subnetwork", {
    name: "default",
    network: "default",
    project: "acme-dev",
    region: "europe-west9",
  });
  let served = await serveProvider(controlPlane);
  const close = async () => {
    await served.close();
    controlPlane.close();
  };
  return {
    stateFolder,
    get controlPlane() {
      return controlPlane;
    },
    playing: async (faults) => {
      await close();
      controlPlane = openControlPlane({ stateFile, faults: [...faults] });
      controlPlane.configure({ project: "acme-dev", region: "europe-west9" });
      served = await serveProvider(controlPlane);
    },
    run: (operation, settings, { policy = false, program = PROGRAM } = {}) => {
      const engine = openPulumiEngine({
        cli,
        stateFolder,
        project: "cloud-run-mesh",
        stack: "test",
        program,
        config: stackConfig(settings),
        providers: { gcp: served.port },
        providerSettings: served.providerSettings,
        policyPacks: policy ? [POLICY_PACK] : [],
        findExisting: existingIn(controlPlane),
        env: withoutCredentials(process.env),
      });
      return engine.run(operation);
    },
    fail: (operation, settings, programFile) =>
      runApart({
        cli,
        stateFolder,
        port: served.port,
        providerSettings: served.providerSettings,
        operation,
        config: stackConfig(settings),
        ...(programFile !== undefined && { programFile }),
      }),
    close: async () => {
      await close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** A key with a namespace of its own stands for itself. */
export function stackConfig(settings: MeshSettings): Record<string, string> {
  const own = Object.entries(settings).map(([key, value]) => [
    key.includes(":") ? key : `cloud-run-mesh:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { "gcp:project": "acme-dev", "gcp:region": "europe-west9", ...Object.fromEntries(own) };
}

/** What changed, as `op type name`, resources of Google Cloud only, sorted; `gcp:` and the class name are left out. */
export function changes({ steps }: EngineResult): string[] {
  return steps
    .filter(({ op, type }) => op !== "same" && op !== "read" && op !== "refresh" && type.startsWith("gcp:"))
    .map(describe)
    .sort();
}

function describe({ op, type, name }: Step): string {
  return `${op} ${type.split(":")[1]} ${name}`;
}

/** Fails with everything the engine said where an operation did not end well. */
export function succeeded(result: EngineResult): EngineResult {
  if (result.ok) return result;
  const said = [...result.diagnostics.map(({ message }) => message), ...result.findings.map(({ message }) => message)];
  throw new Error(`${result.operation} failed:\n${said.join("\n")}`);
}

/** What the engine said went wrong. */
export function errors({ diagnostics }: EngineResult): string[] {
  return diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message.trim());
}

/** What exists of our own making, the network that every stack finds left out. */
export function existing(controlPlane: ControlPlane): string[] {
  return controlPlane
    .list()
    .filter(({ type, id, external }) => !external && !(type.startsWith("gcp:compute/") && id.endsWith("/default")))
    .map(({ id }) => id)
    .sort();
}
