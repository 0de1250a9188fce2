/**
 * The engine for a machine without the Pulumi CLI, and for tests: Pulumi's own mocks over the same control plane, with
 * the policies judged in this process. It creates everything on each run and knows no earlier state.
 */
import * as pulumi from "@pulumi/pulumi";
import type { DeclaredResource, Engine, OperationOptions, Program, StackConfig } from "./engine";
import { messageOf } from "./errors";
import {
  countSteps,
  type Diagnostic,
  type EngineResult,
  type Finding,
  findingKey,
  type Operation,
  type Step,
} from "./result";

/** What the embedded engine needs of the control plane. A refusal is thrown, with the message for people. */
export interface EmbeddedCloud {
  check(resource: EmbeddedResource): Promise<Record<string, unknown>>;
  create(resource: EmbeddedResource): Promise<{ id: string; state: Record<string, unknown> }>;
  /** What a program refers to by its id. Thrown where it does not exist. */
  read(resource: EmbeddedResource, id: string): Promise<Record<string, unknown>>;
  invoke(token: string, inputs: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export interface EmbeddedResource extends DeclaredResource {
  readonly urn: string;
}

export interface EmbeddedEngineOptions {
  readonly project: string;
  readonly stack: string;
  readonly program: Program;
  readonly config: StackConfig;
  readonly cloud: EmbeddedCloud;
  /** The policies, asked about every resource, components too. A `mandatory` finding refuses the resource before the control plane sees it. @default none */
  readonly judge?: (resource: EmbeddedResource) => readonly Finding[] | Promise<readonly Finding[]>;
}

export class EmbeddedEngine implements Engine {
  readonly kind = "embedded";
  readonly description = "embedded engine: creates only; no refresh, no destroy, no state between runs";
  readonly operations = ["up"] as const;
  private last: { outputs: Record<string, unknown>; resources: readonly EmbeddedResource[] } | undefined;

  constructor(private readonly options: EmbeddedEngineOptions) {}

  async run(operation: Operation, { onEvent = () => {} }: OperationOptions = {}): Promise<EngineResult> {
    const started = performance.now();
    const steps: Step[] = [];
    const findings = new Map<string, Finding>();
    const diagnostics: Diagnostic[] = [];
    const resources: EmbeddedResource[] = [];
    const diagnose = (diagnostic: Diagnostic) => {
      if (diagnostics.some(({ urn, message }) => urn === diagnostic.urn && message === diagnostic.message)) return;
      diagnostics.push(diagnostic);
      onEvent({ kind: "diagnostic", diagnostic });
    };
    const take = (step: Step) => {
      steps.push(step);
      onEvent({ kind: "step", step });
    };

    const make: Make = async (declared, id, custom) => {
      const { urn, type, name } = declared;
      const step = { op: id ? "read" : "create", urn, type, name, changed: [], replaced: [] };
      try {
        await this.judged(declared, (finding) => {
          if (findings.has(findingKey(finding))) return;
          findings.set(findingKey(finding), finding);
          onEvent({ kind: "finding", finding });
        });
        const made = await this.make(declared, id, custom);
        resources.push({ ...declared, inputs: made.inputs });
        take({ ...step, status: "done" });
        return { id: made.id, state: made.state };
      } catch (error) {
        take({ ...step, status: "failed" });
        if (!(error instanceof PolicyRefusal)) diagnose({ severity: "error", urn, message: messageOf(error) });
        throw error;
      }
    };

    let outputs: Record<string, unknown> = {};
    if (operation !== "up") {
      const message = `the embedded engine cannot ${operation}: it only creates; install the Pulumi CLI for the rest`;
      diagnose({ severity: "error", message });
    } else {
      try {
        outputs = await withLocalStorage(() => this.runProgram(make, diagnose));
      } catch (error) {
        // A refused resource also rejects whatever waits for it; the refusal itself was told above.
        if (!steps.some(({ status }) => status === "failed")) {
          diagnose({ severity: "error", message: messageOf(error) });
        }
      }
    }
    const refused = [...findings.values()].some(({ level }) => level === "mandatory");
    const ok = !refused && !diagnostics.some(({ severity }) => severity === "error");
    if (ok) this.last = { outputs, resources };
    return {
      operation,
      engine: this.kind,
      ok,
      interrupted: false,
      steps,
      findings: [...findings.values()],
      diagnostics,
      counts: countSteps(steps),
      outputs,
      pending: [],
      advice: [],
      durationMs: Math.round(performance.now() - started),
    };
  }

  async outputs(): Promise<Record<string, unknown>> {
    return this.last?.outputs ?? {};
  }

  async export(): Promise<unknown> {
    return { resources: this.last?.resources ?? [] };
  }

  private async judged(declared: EmbeddedResource, report: (finding: Finding) => void): Promise<void> {
    const findings = (await this.options.judge?.(declared)) ?? [];
    findings.forEach(report);
    if (findings.some(({ level }) => level === "mandatory")) throw new PolicyRefusal(declared.name);
  }

  private async make(declared: EmbeddedResource, id: string | undefined, custom: boolean) {
    const { cloud } = this.options;
    const { inputs, name, type } = declared;
    // Components are grouping, and a provider is a setting: they exist in the program only.
    if (!custom) return { id: undefined, inputs, state: inputs };
    if (type.startsWith("pulumi:")) return { id: name, inputs, state: inputs };
    if (id) return { id, inputs, state: await cloud.read(declared, id) };
    const checked = await cloud.check(declared);
    return { inputs: checked, ...(await cloud.create({ ...declared, inputs: checked })) };
  }

  private async runProgram(make: Make, diagnose: (diagnostic: Diagnostic) => void) {
    const { project, stack, config, cloud, program } = this.options;
    let parent = "";
    let ended = false;
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ type, name, inputs, custom, id }) =>
        make({ type, name, inputs, urn: urnOf(stack, project, parent, type, name) }, id, custom !== false),
      call: ({ token, inputs }) => cloud.invoke(token, inputs),
    };
    await pulumi.runtime.setMocks(mocks, project, stack, false);
    pulumi.runtime.setAllConfig({ ...config });
    // Mocks are not told the parent of a resource, and make URNs of their own that leave out all but the nearest.
    const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, reply) => {
      parent = request.getParent();
      return register(request, reply);
    };
    const read = monitor.readResource.bind(monitor);
    monitor.readResource = (request, reply) => {
      parent = request.getParent();
      return read(request, reply);
    };
    monitor.newUrn = (above, type, name) => urnOf(stack, project, above, type, name);
    // Without an engine to send them to, the SDK prints a program's messages to stderr.
    getStore().settings.engine = {
      log: (request, done) => {
        const [urn, message] = [request.getUrn(), request.getMessage().trim()];
        const severity = SEVERITIES[request.getSeverity()];
        const echo = ended || message.startsWith(UNHANDLED);
        if (severity && !echo && !request.getEphemeral()) diagnose({ severity, ...(urn ? { urn } : {}), message });
        done(null);
      },
      setRootResource: (_, done) => done(null),
    };
    const failure = collectFailures();
    try {
      const outputs = pulumi.runtime.runInPulumiStack(program);
      // Waits for whoever comes first: an output of a failed resource may never be known.
      const result = await Promise.race([outputs, failure.first]);
      await pulumi.runtime.disconnect();
      return (result ?? {}) as Record<string, unknown>;
    } catch (error) {
      ended = true;
      await pulumi.runtime.disconnect();
      // The SDK's stack meets the same failure and leaves it unhandled; Node says so once its queue of promises is empty.
      await new Promise(setImmediate);
      throw error;
    } finally {
      failure.stop();
    }
  }
}

/**
 * How the Automation API's handlers tell an error that nobody handled. Those of earlier runs in this process hear of this
 * program's errors too, which are this engine's to tell.
 */
const UNHANDLED = "Unhandled exception: ";

/** As the protocol numbers them; debug messages, the first, are left out. */
const SEVERITIES: readonly (Diagnostic["severity"] | undefined)[] = [undefined, "info", "warning", "error"];

interface LogRequest {
  getSeverity(): number;
  getMessage(): string;
  getUrn(): string;
  getEphemeral(): boolean;
}

interface EngineClient {
  log(request: LogRequest, done: (error: null) => void): void;
  setRootResource(request: unknown, done: (error: null) => void): void;
}

/** What the Automation API, too, runs its inline programs in: a store for each run apart from the process's own. */
const { withLocalStorage, getStore } = require("@pulumi/pulumi/runtime/state") as {
  withLocalStorage<T>(work: () => T): T;
  getStore(): { settings: { engine?: EngineClient } };
};

/** Makes one resource, or reads the one with the id; components and providers are made without the cloud. */
type Make = (
  declared: EmbeddedResource,
  id: string | undefined,
  custom: boolean,
) => Promise<{ id: string | undefined; state: Record<string, unknown> }>;

/** The part of the SDK's mock monitor that is adjusted; its types leave it out. */
interface MockMonitor {
  registerResource(request: { getParent(): string }, reply: unknown): unknown;
  readResource(request: { getParent(): string }, reply: unknown): unknown;
  newUrn(parent: string, type: string, name: string): string;
}

function urnOf(stack: string, project: string, parent: string, type: string, name: string): string {
  const above = parent.split("::")[2] ?? "";
  const qualified = above === "" || above === STACK_TYPE ? type : `${above}$${type}`;
  return [`urn:pulumi:${stack}`, project, qualified, name].join("::");
}

const STACK_TYPE = "pulumi:pulumi:Stack";

/** The SDK reports a failed registration as an unhandled rejection; while a program runs, that is its outcome. */
function collectFailures(): { first: Promise<never>; stop(): void } {
  let fail: (error: unknown) => void = () => {};
  const first = new Promise<never>((_, reject) => {
    fail = reject;
  });
  first.catch(() => {});
  process.on("unhandledRejection", fail);
  process.on("uncaughtException", fail);
  return {
    first,
    stop: () => {
      process.off("unhandledRejection", fail);
      process.off("uncaughtException", fail);
    },
  };
}

/** Thrown to keep a refused resource from the control plane; told as a finding, not as a diagnostic. */
class PolicyRefusal extends Error {
  constructor(name: string) {
    super(`"${name}" is refused by a mandatory policy`);
  }
}
