/**
 * The engine for a machine without the Pulumi CLI, and for tests: Pulumi's own mocks over the same control plane, with
 * the policies judged in this process. It creates everything on each run and knows no earlier state.
 */
import type { Engine, OperationOptions } from "../engine";
import { messageOf } from "../errors";
import {
  countSteps,
  type Diagnostic,
  type EngineResult,
  type Finding,
  findingKey,
  type Operation,
  type Step,
} from "../result";
import type { EmbeddedResource } from "./cloud";
import { type EmbeddedProgram, type Make, runProgram, withLocalStorage } from "./program";

export interface EmbeddedEngineOptions extends EmbeddedProgram {
  /** The policies, asked about every resource, components too. A `mandatory` finding refuses the resource before the control plane sees it. @default none */
  readonly judge?: (resource: EmbeddedResource) => readonly Finding[] | Promise<readonly Finding[]>;
  /** The policies that read the stack as a whole, asked once everything is made. @default none */
  readonly judgeStack?: (resources: readonly MadeResource[]) => readonly Finding[];
}

export interface MadeResource extends EmbeddedResource {
  /** The inputs as the cloud took them, with what it computed. */
  readonly state: Readonly<Record<string, unknown>>;
}

export class EmbeddedEngine implements Engine {
  readonly kind = "embedded";
  readonly description = "embedded engine: creates only; no refresh, no destroy, no state between runs";
  readonly operations = ["up"] as const;
  private last: { outputs: Record<string, unknown>; resources: readonly MadeResource[] } | undefined;

  constructor(private readonly options: EmbeddedEngineOptions) {}

  async run(operation: Operation, { onEvent = () => {} }: OperationOptions = {}): Promise<EngineResult> {
    const started = performance.now();
    const steps: Step[] = [];
    const findings = new Map<string, Finding>();
    const diagnostics: Diagnostic[] = [];
    const resources: MadeResource[] = [];
    const diagnose = (diagnostic: Diagnostic) => {
      if (diagnostics.some(({ urn, message }) => urn === diagnostic.urn && message === diagnostic.message)) return;
      diagnostics.push(diagnostic);
      onEvent({ kind: "diagnostic", diagnostic });
    };
    const find = (finding: Finding) => {
      if (findings.has(findingKey(finding))) return;
      findings.set(findingKey(finding), finding);
      onEvent({ kind: "finding", finding });
    };
    const take = (step: Step) => {
      steps.push(step);
      onEvent({ kind: "step", step });
    };

    const make: Make = async (declared, id, custom) => {
      const { urn, type, name } = declared;
      const step = { op: id ? "read" : "create", urn, type, name, changed: [], replaced: [] };
      try {
        await this.judged(declared, find);
        const made = await this.make(declared, id, custom);
        resources.push({ ...declared, inputs: made.inputs, state: made.state });
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
        outputs = await withLocalStorage(() => runProgram(this.options, make, diagnose));
        this.options.judgeStack?.(resources).forEach(find);
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
}

/** Thrown to keep a refused resource from the control plane; told as a finding, not as a diagnostic. */
class PolicyRefusal extends Error {
  constructor(name: string) {
    super(`"${name}" is refused by a mandatory policy`);
  }
}
