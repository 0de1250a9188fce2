/** What `npm start` prints of its own work: what was made, what the policies said, what runs and how to reach it. */
import { styleText } from "node:util";
import Table from "cli-table3";
import { fromHere, quoted } from "../tools/person";
import type { Stats } from "./data-plane";
import { countSteps, type EngineResult, type Finding, type Progress, type Step } from "./engine/result";
import { callCommand, type MeshPlace } from "./hints";
import type { Invitation } from "./running";

const SIGNS: Readonly<Record<string, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "±",
  "create-replacement": "+",
  "delete-replaced": "-",
};

type Style = Parameters<typeof styleText>[0];

export class Report {
  constructor(
    private readonly write: (line: string) => void,
    /** True on a terminal. */
    private readonly colours: boolean,
  ) {}

  line(text = ""): void {
    this.write(text);
  }

  heading(text: string): void {
    this.write(`\n${this.style("bold", text)}`);
  }

  /** One line per thing that happened; what stayed the same is only counted. */
  progress(progress: Progress): void {
    if (progress.kind === "note") this.write(`  ${this.style("dim", progress.message)}`);
    if (progress.kind !== "step") return;
    const { op, type, name, status } = progress.step;
    if (status === "started" || !(op in SIGNS) || isComponent(progress.step)) return;
    const undone = { failed: "refused", unknown: "not known" }[status as string];
    const ending = undone ? this.style("red", `  ${undone}`) : "";
    this.write(`  ${SIGNS[op]} ${type.split(":").slice(1, 2)[0]?.padEnd(32)} ${name}${ending}`);
  }

  problems({ diagnostics, advice }: EngineResult): void {
    for (const { severity, message } of diagnostics) {
      if (severity === "info") continue;
      this.write(`${this.style(severity === "error" ? "red" : "yellow", severity)}: ${message.trim()}`);
    }
    for (const sentence of advice) this.write(`${this.style("bold", "next")}: ${sentence}`);
  }

  verdicts(findings: readonly Finding[], judged: number): void {
    this.heading("Policy verdicts");
    const refusals = findings.filter(({ level }) => level === "mandatory");
    for (const { policy, level, urn, message } of findings) {
      const where = urn ? ` ${urn.slice(urn.lastIndexOf("::") + 2)}` : "";
      this.write(`  ${this.style(level === "mandatory" ? "red" : "yellow", `${level} ${policy}`)}${where}: ${message}`);
    }
    if (refusals.length > 0) return;
    if (judged === 0) this.write("  nothing was judged");
    else this.write(`  ${this.style("green", "nothing refused")}, ${judged} resources judged`);
  }

  urls(urls: Readonly<Record<string, string>>, accounts: Readonly<Record<string, string>>): void {
    this.heading("Services");
    const table = new Table({ head: ["service", "URL and audience", "runs as"], style: { head: [], border: [] } });
    for (const [service, url] of Object.entries(urls)) table.push([service, url, accounts[service] ?? ""]);
    this.write(table.toString());
  }

  processes({ services }: Stats, startedInMs: number): void {
    for (const { service, standIn, port } of services) {
      const how = standIn ? "no source: a stand-in answers for it" : `listens on 127.0.0.1:${port}`;
      this.write(`  ${service.padEnd(24)} ${how}`);
    }
    this.write(`  all up in ${(startedInMs / 1000).toFixed(1)} s`);
  }

  /**
   * Where browsers get in: at single services as somebody who is signed in already, and at the load balancer, where
   * people sign in.
   */
  browsers(
    entrances: readonly { readonly url: string; readonly service: string; readonly as: string }[],
    gateway?: { readonly url: string; readonly people: readonly string[] },
  ): void {
    if (entrances.length === 0 && gateway === undefined) return;
    this.heading("Open it in a browser");
    if (gateway) this.write(`  ${gateway.url}    # sign in as ${gateway.people.join(", ") || "nobody: name people"}`);
    for (const { url, service, as } of entrances) this.write(`  ${url}    # ${service}, signed in as ${as}`);
  }

  /** What to type in another terminal, to call a service as somebody who may. */
  invitation({ service, url, as, isSignedIn, curlFile }: Invitation, place: MeshPlace): void {
    const token = callCommand(place, "-s token", service);
    this.heading("Try it, from another terminal");
    this.write(`  ${callCommand(place, "call", service, "/")}    # as ${as}`);
    const shown = isSignedIn ? "" : `-H "Authorization: Bearer $(${token})" `;
    this.write(`  curl -K ${quoted(fromHere(curlFile))} ${shown}${url}`);
  }

  running(stack: string, logFile: string): void {
    this.write(`\n"${stack}" is running; every request is told below and in ${logFile}. Ctrl-C ends it.\n`);
  }

  private style(style: Style, text: string): string {
    return this.colours ? styleText(style, text) : text;
  }
}

/** What a run did, in words: `13 created, 2 unchanged`. */
export function summary(steps: readonly Step[]): string {
  const words: Readonly<Record<string, string>> = {
    create: "created",
    update: "updated",
    delete: "deleted",
    same: "unchanged",
    replace: "replaced",
    refused: "refused",
    unknown: "not known",
    left: "left",
  };
  const counts = countSteps(steps.filter((step) => !isComponent(step)));
  const told = Object.keys(words).filter((key) => counts[key] !== undefined);
  return told.map((key) => `${counts[key]} ${words[key]}`).join(", ") || "nothing to do";
}

/** Components and providers group resources; they exist in no cloud. */
export function isComponent({ type }: Step): boolean {
  return !type.startsWith("gcp:");
}
