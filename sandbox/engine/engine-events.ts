/** Turns the event stream of the Pulumi CLI into an {@link EngineResult}'s parts. */
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import {
  countSteps,
  type Diagnostic,
  type Finding,
  findingKey,
  isUndone,
  nameOf,
  type Progress,
  type Step,
  typeOf,
} from "./result";

/** A hint about an executable that we put on PATH ourselves. */
const OUR_SHIM = /^(<\{%[^%]*%\}>)*using pulumi-analyzer-policy-nodejs from \$PATH/;

/** The engine's number for "the provider's answer does not tell whether the resource changed". */
const STATUS_UNKNOWN = 2;

/** The provider went away in the middle of a call. The engine takes this for a plain refusal, which it need not be. */
const LOST_ANSWER = /^(?!.*googleapi: Error).*(error reading from server|connection reset|transport is closing)/;

const EPILOGUE = /^(update|preview|refresh|destroy) failed$/;

/** Made by the engine, not by the program; its own summary leaves it out, too. */
const DEFAULT_PROVIDER = /::pulumi:providers:[^:]+::default/;

/** Collects events of one operation; `take` may be called from the event server at any time. */
export class EventCollector {
  private readonly steps = new Map<string, Step>();
  private readonly findings = new Map<string, Finding>();
  private readonly diagnostics = new Map<string, Diagnostic>();
  private summary: Record<string, number> | undefined;

  constructor(
    private readonly preview: boolean,
    private readonly onEvent: (progress: Progress) => void,
  ) {}

  take(event: EngineEvent): void {
    if (event.resourcePreEvent) this.step(event.resourcePreEvent.metadata, this.preview ? "planned" : "started");
    if (event.resOutputsEvent && !this.preview) this.step(event.resOutputsEvent.metadata, "done");
    if (event.resOpFailedEvent) {
      const { metadata, status } = event.resOpFailedEvent;
      // A refused update or deletion has this status, too, whatever was answered; the next run finds what it did.
      const isOpen = status === STATUS_UNKNOWN && metadata.op.startsWith("create");
      this.step(metadata, isOpen ? "unknown" : "failed");
    }
    if (event.summaryEvent) this.summary = { ...event.summaryEvent.resourceChanges } as Record<string, number>;
    if (event.policyEvent) {
      const { policyName, policyPackName, enforcementLevel, resourceUrn, message } = event.policyEvent;
      const finding = {
        policy: policyName,
        pack: policyPackName,
        level: levelOf(enforcementLevel),
        ...(resourceUrn ? { urn: resourceUrn } : {}),
        message: plain(message),
      };
      const key = findingKey(finding);
      if (this.findings.has(key)) return;
      this.findings.set(key, finding);
      this.onEvent({ kind: "finding", finding });
    }
    if (event.diagnosticEvent && !event.diagnosticEvent.ephemeral) {
      const { urn, message } = event.diagnosticEvent;
      // The stream carries debug messages, too, which the published type does not list.
      const severity: string = event.diagnosticEvent.severity;
      if (severity === "debug" || OUR_SHIM.test(message)) return;
      this.diagnose({
        severity: severity === "error" || severity === "warning" ? severity : "info",
        ...(urn ? { urn } : {}),
        message: plain(message),
      });
    }
  }

  /** Resources that a destroy did not come to, which the engine does not tell. */
  leave(urns: readonly string[]): void {
    const begun = new Set([...this.steps.values()].map(({ urn }) => urn));
    for (const urn of urns) {
      if (begun.has(urn) || DEFAULT_PROVIDER.test(urn)) continue;
      const place = { urn, type: typeOf(urn), name: nameOf(urn) };
      this.steps.set(`delete ${urn}`, { op: "delete", ...place, status: "left", changed: [], replaced: [] });
    }
  }

  diagnose(diagnostic: Diagnostic): void {
    const key = JSON.stringify(diagnostic);
    if (diagnostic.message === "" || this.diagnostics.has(key)) return;
    this.diagnostics.set(key, diagnostic);
    this.onEvent({ kind: "diagnostic", diagnostic });
  }

  result(): {
    steps: Step[];
    findings: Finding[];
    diagnostics: Diagnostic[];
    counts: Record<string, number>;
  } {
    const diagnostics = [...this.diagnostics.values()];
    const lost = new Set(diagnostics.filter(({ message }) => LOST_ANSWER.test(message)).map(({ urn }) => urn));
    const steps = [...this.steps.values()].map((step) =>
      step.status === "failed" && lost.has(step.urn) ? { ...step, status: "unknown" as const } : step,
    );
    return {
      steps,
      findings: [...this.findings.values()],
      diagnostics: diagnostics.filter((one) => !diagnostics.some((other) => saysMore(other, one))),
      // The engine's own summary leaves out what was not done.
      counts: steps.some(isUndone) ? countSteps(steps) : (this.summary ?? countSteps(steps)),
    };
  }

  private step(metadata: StepEventMetadata, status: Step["status"]): void {
    const { op, urn, type } = metadata;
    if (DEFAULT_PROVIDER.test(urn)) return;
    const detailed = Object.entries(metadata.detailedDiff ?? {});
    const step: Step = {
      op,
      urn,
      type,
      name: nameOf(urn),
      status,
      changed: detailed.length > 0 ? detailed.map(([path]) => path) : (metadata.diffs ?? []),
      replaced: metadata.keys ?? [],
    };
    // A refresh is announced as "refresh" and answered with what it came to: same, update or delete.
    if (status === "done") this.steps.delete(`refresh ${urn}`);
    this.steps.set(`${op} ${urn}`, step);
    this.onEvent({ kind: "step", step });
  }
}

function levelOf(level: string): Finding["level"] {
  if (level === "mandatory" || level === "remediate") return level;
  return "advisory";
}

/** "update failed" says nothing beside the error that made it fail, nor does the same error a second time. */
function saysMore(other: Diagnostic, one: Diagnostic): boolean {
  if (other === one || one.severity !== "error" || other.severity !== "error" || one.urn) return false;
  return EPILOGUE.test(one.message) || (other.message !== one.message && other.message.includes(one.message));
}

/** The engine marks colours as `<{%name%}>` in every message; events carry them unrendered. */
function plain(message: string): string {
  return withoutForeignFrames(message.replace(/<\{%[^%]*%\}>/g, "")).trim();
}

/** Of a stack trace only the program's own lines help; those of Node and of packages are left out. */
function withoutForeignFrames(message: string): string {
  const foreign = (line: string) => /^\s+at /.test(line) && /node_modules|node:internal|<anonymous>/.test(line);
  const lines = message.split("\n").filter((line) => !foreign(line));
  return lines.join("\n").replace(/^Unhandled exception: (Error: )?/, "");
}
