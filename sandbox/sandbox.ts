/** The sandbox whole: a control plane, the engine over it, and the policy pack, for one stack config. */
import { readdirSync, rmSync } from "node:fs";
import * as path from "node:path";
import { judge, judgeStack } from "../policy/src/judge";
import { type ControlPlane, type ControlPlaneOptions, openControlPlane, serveProvider } from "./control-plane";
import {
  EmbeddedEngine,
  type EmbeddedResource,
  type Engine,
  EngineError,
  embeddedCloud,
  existingIn,
  type Finding,
  findPulumi,
  type MadeResource,
  openPulumiEngine,
  type Program,
  type ProjectConfig,
  type PulumiFound,
  type PulumiMissing,
  refuseRealCredentials,
} from "./engine";
import type { Retyped } from "./engine/advice";
import { holderInWords, type Lock, LockHeld, takeLock } from "./files/lock";

/** Which engine runs a stack; `auto` is the real one where a Pulumi CLI is at hand. */
export const ENGINES = ["auto", "pulumi", "embedded"] as const;
export type EngineChoice = (typeof ENGINES)[number];

export interface SandboxOptions extends Pick<ControlPlaneOptions, "faults" | "onEvent"> {
  /** Folder with index.ts and policy/. */
  readonly projectFolder: string;
  readonly stackConfig: ProjectConfig;
  /** Where the real engine and the control plane keep their state between runs. @default none; the real engine needs one */
  readonly stateFolder?: string;
  /** True to forget the state of earlier runs. @default false */
  readonly fresh?: boolean;
  /** @default "auto" */
  readonly engine?: EngineChoice;
  /** The program; it is loaded by its path, as an engine does. @default index.ts in the project folder */
  readonly program?: Program;
  /** Folders of policy packs. @default policy/ in the project folder */
  readonly policyPacks?: readonly string[];
  /** What advice names to be run. @default `npm start`, without options */
  readonly retyped?: Retyped;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Sandbox {
  readonly engine: Engine;
  readonly controlPlane: ControlPlane;
  close(): Promise<void>;
}

/**
 * Opens the sandbox, which has its state folder for itself until it is closed. Throws an error for people where it cannot:
 * real credentials in reach, no such engine, no state folder, or one that another run has.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { engine = "auto", env = process.env, stateFolder } = options;
  refuseRealCredentials(env);
  const cli = engine === "embedded" ? undefined : await findPulumi({ env });
  if (engine === "pulumi" && cli && !cli.found) {
    throw new EngineError(
      "no-cli",
      `--engine=pulumi: ${cli.reasons.join("; ")}; install Pulumi, or use --engine=embedded`,
    );
  }
  if (stateFolder === undefined) return openOn(cli, options);
  const lock = holdState(stateFolder, options);
  try {
    const sandbox = await openOn(cli, options);
    const close = () => sandbox.close().finally(lock.release);
    return { ...sandbox, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openOn(cli: PulumiFound | PulumiMissing | undefined, options: SandboxOptions): Promise<Sandbox> {
  const { projectFolder, stackConfig, stateFolder, env = process.env } = options;
  const program = options.program ?? (require(path.join(projectFolder, "index.ts")) as Program);
  const { project, stack, config } = stackConfig;
  // The config may name networks, secrets and accounts that the stack does not make.
  const common = {
    missing: "assume" as const,
    projects: projectsOf(config),
    faults: options.faults,
    onEvent: options.onEvent,
  };

  if (!cli?.found) {
    const controlPlane = openControlPlane(common);
    const cloud = embeddedCloud(controlPlane, config);
    const embedded = new EmbeddedEngine({
      project,
      stack,
      program,
      config,
      cloud,
      judge: findingsOf,
      judgeStack: stackFindingsOf,
    });
    return { engine: embedded, controlPlane, close: async () => controlPlane.close() };
  }

  if (stateFolder === undefined) throw new EngineError("state-folder", "the real engine needs a state folder");
  const controlPlane = openControlPlane({ ...common, stateFile: path.join(stateFolder, "control-plane.jsonl") });
  const provider = await serveProvider(controlPlane);
  const pulumiEngine = openPulumiEngine({
    cli,
    stateFolder,
    project,
    stack,
    program,
    config,
    providers: { gcp: provider.port },
    providerSettings: provider.providerSettings,
    policyPacks: options.policyPacks ?? [path.join(projectFolder, "policy")],
    findExisting: existingIn(controlPlane),
    ...(options.retyped && { retyped: options.retyped }),
    env,
  });
  return {
    engine: pulumiEngine,
    controlPlane,
    close: async () => {
      await provider.close();
      controlPlane.close();
    },
  };
}

/** Takes the state folder for one run, on whichever engine, and empties it where that is asked for. */
function holdState(folder: string, { fresh, stackConfig }: SandboxOptions): Lock {
  let lock: Lock;
  try {
    lock = takeLock(path.join(folder, LOCK));
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error;
    throw new EngineError(
      "in-use",
      `"${stackConfig.stack}" is in use by ${holderInWords(error.holder)}, in "${folder}"; nothing was changed; ` +
        "end that run first, or give this one a --state of its own",
    );
  }
  if (!fresh) return lock;
  for (const name of readdirSync(folder)) {
    if (name !== LOCK) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
  return lock;
}

const LOCK = "lock";

function projectsOf(config: ProjectConfig["config"]) {
  const [id, number] = [config["gcp:project"], config["cloud-run-mesh:projectNumber"]];
  return id && number ? [{ id, number }] : [];
}

/** The policy pack's rules in this process; in the real engine the pack runs as published. */
function findingsOf({ type, urn, name, inputs }: EmbeddedResource): Finding[] {
  return toFindings(judge({ type, urn, name, props: inputs }));
}

function stackFindingsOf(resources: readonly MadeResource[]): Finding[] {
  return toFindings(
    judgeStack(resources.map(({ type, urn, name, state, sources }) => ({ type, urn, name, props: state, sources }))),
  );
}

function toFindings(judged: ReturnType<typeof judge>): Finding[] {
  return judged
    .filter(({ kind }) => kind === "violation")
    .map(({ rule, level, urn, message }) => ({
      policy: rule,
      pack: "cloud-run-mesh",
      level,
      ...(urn && { urn }),
      message,
    }));
}
