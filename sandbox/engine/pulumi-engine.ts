/**
 * The real Pulumi engine over the sandbox's control plane: the CLI, driven through the Automation API with the program
 * inline, so that no language host is needed, on a backend and a home of its own in the state folder.
 */
import { existsSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { LocalWorkspace, type OutputMap, Stack } from "@pulumi/pulumi/automation";
import { stringify } from "yaml";
import { adviceFor, type Retyped } from "./advice";
import { childEnvironment } from "./cli/child-environment";
import { cliResultOf, PulumiProcess } from "./cli/pulumi-command";
import { PACKAGES, type ProviderPlugin, writeDynamicProviderShim } from "./dynamic-provider-shim";
import type { DeclaredResource, Engine, OperationOptions, Program, StackConfig } from "./engine";
import { EventCollector } from "./engine-events";
import { messageOf } from "./errors";
import { InlineProgram } from "./inline-program";
import { withInterrupts } from "./interrupts";
import { writePolicyShim } from "./policy-shim";
import type { EngineResult, Operation } from "./result";
import { adoptLostCreates, pendingOperations, resourcesIn } from "./stack/recover";
import { readLocks, removeStaleLocks } from "./stack/stack-lock";
import { openStateFolder, type StateFolder } from "./stack/state-folder";
import { catchProgramErrors } from "./stray-errors";

export interface PulumiEngineOptions {
  /** The CLI, as `findPulumi` answers it. */
  readonly cli: { readonly command: string; readonly version: string };
  /** Where everything is kept that the engine writes. */
  readonly stateFolder: string;
  readonly project: string;
  readonly stack: string;
  readonly program: Program;
  readonly config: StackConfig;
  /** Port of the served control plane, by provider name: `{ gcp: 50051 }`. */
  readonly providers: Readonly<Record<string, number>>;
  /** Settings by which providers that the engine starts itself find the served cloud. @default none */
  readonly providerSettings?: Readonly<Record<string, string>>;
  /** Folders with a PulumiPolicy.yaml. @default none */
  readonly policyPacks?: readonly string[];
  /**
   * The id of a resource that exists in the cloud and is not in the state, if there is one. Recovery takes it over
   * after a lost answer. @default no resource is ever taken over
   */
  readonly findExisting?: (wanted: DeclaredResource) => Promise<string | undefined>;
  /** What advice names to be run. @default `npm start`, without options */
  readonly retyped?: Retyped;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** Nothing in the sandbox's state is secret: no real credential reaches it. Pulumi asks for a passphrase all the same. */
const PASSPHRASE = "cloud-run-mesh sandbox";

/** Prepares the workspace. Throws {@link EngineError} for real credentials in reach and an unwritable folder. */
export function openPulumiEngine(options: PulumiEngineOptions): PulumiEngine {
  const env = options.env ?? process.env;
  // Before the first write: credentials in reach must change nothing.
  childEnvironment(env, "");
  return new PulumiEngine(options, openStateFolder(options.stateFolder), env);
}

export class PulumiEngine implements Engine {
  readonly kind = "pulumi";
  readonly description: string;
  readonly operations = ["preview", "up", "refresh", "destroy", "recover"] as const;
  /** Who starts the policy packs. */
  readonly policyHost: "language host" | "shim";
  private readonly cli: PulumiProcess;
  private readonly envVars: Record<string, string>;
  private readonly plugins: readonly ProviderPlugin[];
  private readonly program: InlineProgram;
  private stack: Promise<Stack> | undefined;

  constructor(
    private readonly options: PulumiEngineOptions,
    private readonly folder: StateFolder,
    env: NodeJS.ProcessEnv,
  ) {
    this.program = new InlineProgram(options.program);
    const child = childEnvironment(env, folder.home);
    const searched = [path.dirname(options.cli.command), ...(child.PATH ?? "").split(path.delimiter)];
    this.policyHost = writePolicyShim(folder.bin, searched);
    this.plugins = writeDynamicProviderShim(folder.bin, searched);
    this.cli = new PulumiProcess(options.cli.command, options.cli.version, {
      ...child,
      PATH: [child.PATH, folder.bin].join(path.delimiter),
    });
    this.envVars = {
      ...options.providerSettings,
      NODE_PATH: [child.NODE_PATH, PACKAGES].filter(Boolean).join(path.delimiter),
      PULUMI_HOME: folder.pulumiHome,
      PULUMI_BACKEND_URL: folder.backendUrl,
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      PULUMI_DEBUG_PROVIDERS: Object.entries(options.providers)
        .map(([name, port]) => `${name}:${port}`)
        .join(","),
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_CHECKPOINT_BACKUPS: "true",
    };
    this.description = `Pulumi ${options.cli.version} (${options.cli.command})`;
  }

  async run(operation: Operation, options: OperationOptions = {}): Promise<EngineResult> {
    catchProgramErrors();
    const started = performance.now();
    const collector = new EventCollector(operation === "preview", options.onEvent ?? (() => {}));
    const { project, stack } = this.options;
    for (const lock of removeStaleLocks(this.folder.backend, project, stack)) {
      options.onEvent?.({ kind: "note", message: `removed the lock of process ${lock.pid}, which is gone` });
    }
    let ok = true;
    let outputs: Record<string, unknown> = {};
    const { interrupted } = await withInterrupts(this.cli, options, async () => {
      try {
        outputs = await this.operate(operation, collector, options);
      } catch (error) {
        ok = false;
        this.explain(error, collector);
      } finally {
        await this.program.close();
      }
    });
    // An operation that ended well leaves nothing pending; asking would cost one more start of the CLI.
    const exported = ok || operation === "preview" ? undefined : await this.export().catch(() => undefined);
    if (exported && operation === "destroy") collector.leave(resourcesIn(exported));
    const pending = exported ? pendingOperations(exported) : [];
    const result = { operation, engine: this.kind, ok, interrupted, ...collector.result(), outputs, pending } as const;
    return {
      ...result,
      advice: adviceFor(result, this.options.retyped),
      durationMs: Math.round(performance.now() - started),
    };
  }

  preview(options?: OperationOptions): Promise<EngineResult> {
    return this.run("preview", options);
  }

  up(options?: OperationOptions): Promise<EngineResult> {
    return this.run("up", options);
  }

  refresh(options?: OperationOptions): Promise<EngineResult> {
    return this.run("refresh", options);
  }

  destroy(options?: OperationOptions): Promise<EngineResult> {
    return this.run("destroy", options);
  }

  /** Brings the state back in line after a kill or a lost answer; changes no resource. */
  recover(options?: OperationOptions): Promise<EngineResult> {
    return this.run("recover", options);
  }

  /** Removes every lock of the stack, a live one too: the caller knows that no other run is on. */
  async cancel(): Promise<void> {
    if (readLocks(this.folder.backend, this.options.project, this.options.stack).length === 0) return;
    await (await this.open()).cancel();
  }

  async outputs(): Promise<Record<string, unknown>> {
    return values(await (await this.open()).outputs());
  }

  async export(): Promise<unknown> {
    return (await this.open()).exportStack();
  }

  private async operate(operation: Operation, collector: EventCollector, { onEvent }: OperationOptions) {
    const stack = await this.open();
    const policyPacks = [...(this.options.policyPacks ?? [])];
    const common = { onEvent: collector.take.bind(collector), color: "never" } as const;
    if (operation === "up") return values((await stack.up({ ...common, policyPacks })).outputs);
    if (operation === "preview") await stack.preview({ ...common, policyPacks });
    if (operation === "refresh") await stack.refresh(common);
    if (operation === "destroy") await stack.destroy(common);
    if (operation === "recover") {
      const { taken, held } = await adoptLostCreates(stack, this.options.findExisting ?? (async () => undefined));
      const note = (message: string) => onEvent?.({ kind: "note", message });
      for (const name of taken) note(`"${name}" exists; taken over into the state`);
      for (const { name, as } of held) note(`"${name}" is not taken over: the state holds it as "${as}"`);
      await stack.refresh({ ...common, clearPendingCreates: true });
    }
    return {};
  }

  /** A failure that the events did not tell: the CLI stopped before or beside them. */
  private explain(error: unknown, collector: EventCollector): void {
    if (collector.result().diagnostics.some(({ severity }) => severity === "error")) return;
    if (collector.result().findings.some(({ level }) => level === "mandatory")) return;
    const printed = cliResultOf(error);
    const text = printed ? printed.stderr || printed.stdout : messageOf(error);
    const message = text.replace(/^error: /, "").trim() || `the Pulumi CLI ended with code ${printed?.code}`;
    collector.diagnose({ severity: "error", message });
  }

  /** The stack, made on first use. Opening it costs one start of the CLI, so it is kept. */
  private open(): Promise<Stack> {
    this.stack ??= this.create().catch((error) => {
      this.stack = undefined;
      throw error;
    });
    return this.stack;
  }

  private async create(): Promise<Stack> {
    const { project, stack, config } = this.options;
    const file = path.join(this.folder.work, `Pulumi.${stack}.yaml`);
    const settings = {
      name: project,
      runtime: "nodejs",
      backend: { url: this.folder.backendUrl },
      ...(this.plugins.length > 0 && { plugins: { providers: this.plugins } }),
    } as const;
    const exists = existsSync(path.join(this.folder.backend, ".pulumi", "stacks", project, `${stack}.json`));
    const workspace = await LocalWorkspace.create({
      program: this.program.run,
      workDir: this.folder.work,
      pulumiHome: this.folder.pulumiHome,
      projectSettings: settings,
      pulumiCommand: this.cli.asPulumiCommand,
      envVars: this.envVars,
      secretsProvider: "passphrase",
    });
    const opened = exists ? await Stack.select(stack, workspace) : await Stack.create(stack, workspace);
    const salt = existsSync(file) ? (await workspace.stackSettings(stack)).encryptionSalt : undefined;
    // Written by us and not by the Automation API: text that looks like a date or a number has to stay text.
    const document = { ...(salt ? { encryptionsalt: salt } : {}), config };
    writeFileSync(file, stringify(document, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" }));
    return opened;
  }
}

function values(outputs: OutputMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
