/** Shows how the grants at Google differ from the config: a table for a glance, then what mends each. */
import { styleText } from "node:util";
import Table from "cli-table3";
import { type GrantFinding, type GrantOutcome, type GrantReport, isSound } from "./judge";

const SIGNS = { undeclared: "✘", missing: "✘", differs: "✘", unread: "?", administers: "·" } as const;
const COLOURS = { undeclared: "red", missing: "red", differs: "red", unread: "yellow", administers: "dim" } as const;

const PLAIN = { head: [], border: [] };
const DENSE = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };

/** @param colours true on a terminal */
export function grantsText(report: GrantReport, colours: boolean): string {
  const style = (outcome: GrantOutcome, text: string) => (colours ? styleText(COLOURS[outcome], text) : text);
  const found = told(report.findings.filter(({ outcome }) => outcome !== "administers"));
  const administer = report.findings.filter(({ outcome }) => outcome === "administers");
  const lines: string[] = [];
  if (found.length > 0) {
    const table = new Table({
      head: ["", "who", "role", "on", "in the config", "what it is"],
      style: PLAIN,
      chars: DENSE,
    });
    for (const { outcome, member = "", role = "", on, message } of found.filter((one) => one.outcome !== "unread")) {
      table.push([style(outcome, SIGNS[outcome]), member, role, on, IN_CONFIG[outcome], message]);
    }
    if (table.length > 0) lines.push(table.toString());
    lines.push(...found.flatMap((finding) => mending(finding, style)));
  }
  if (administer.length > 0) {
    lines.push("administer, which no config declares:");
    for (const line of byPower(administer)) lines.push(style("administers", line));
  }
  return [...lines, summary(report, style)].join("\n");
}

/** Findings, those that could not be read for one reason as one: without credentials it is the same for all. */
function told(findings: readonly GrantFinding[]): GrantFinding[] {
  const places = (message: string) =>
    findings.filter((one) => one.outcome === "unread" && one.message === message).map(({ on }) => on);
  return findings.flatMap((finding, i) => {
    if (finding.outcome !== "unread" || finding.role !== undefined) return [finding];
    const isFirst =
      findings.findIndex(({ outcome, message }) => outcome === "unread" && message === finding.message) === i;
    return isFirst ? [{ ...finding, on: [...new Set(places(finding.message))].join(", ") }] : [];
  });
}

const IN_CONFIG: Readonly<Record<GrantOutcome, string>> = {
  undeclared: "no",
  missing: "yes",
  differs: "otherwise",
  unread: "not known",
  administers: "no",
};

function mending(
  { outcome, member, role, on, message, note, command, declare }: GrantFinding,
  style: (outcome: GrantOutcome, text: string) => string,
): string[] {
  const who = member === undefined ? "" : `${member} has ${role} `;
  const what = { undeclared: `${who}on ${on}`, missing: `${member}, ${role} on ${on}`, differs: on, unread: on }[
    outcome as Exclude<GrantOutcome, "administers">
  ];
  const does = { undeclared: "to take it away", missing: "to bring it back", differs: "to set it back" }[
    outcome as Exclude<GrantOutcome, "administers" | "unread">
  ];
  return [
    style(outcome, `${SIGNS[outcome]} ${what}: ${message}${note === undefined ? "" : `; ${note}`}`),
    ...(command === undefined ? [] : [`    ${does}: ${command}`]),
    ...(declare === undefined ? [] : [`    to keep it, in the config: ${declare}`]),
  ];
}

/** `· roles/owner on project "acme": user:ada@acme.com (calls …)`: a role's members in one line. */
function byPower(findings: readonly GrantFinding[]): string[] {
  const lines = new Map<string, { readonly members: string[]; readonly message: string }>();
  for (const { role, on, member = "", message } of findings) {
    const key = `${role} on ${on}`;
    const line = lines.get(key) ?? { members: [], message };
    lines.set(key, line);
    line.members.push(member);
  }
  return [...lines].map(
    ([key, { members, message }]) => `${SIGNS.administers} ${key}: ${members.join(", ")} (${message})`,
  );
}

/** `9 policies hold what the config declares, and nobody else`, or how many do not. */
function summary(report: GrantReport, style: (outcome: GrantOutcome, text: string) => string): string {
  const { policies, findings } = report;
  const read = `${policies} ${policies === 1 ? "policy" : "policies"} read`;
  if (isSound(report)) return `${read}: nobody is let in whom the config does not declare`;
  const counts = (["undeclared", "missing", "differs", "unread"] as const).flatMap((outcome) => {
    const these = findings.filter((one) => one.outcome === outcome);
    const count = outcome === "unread" ? new Set(these.map(({ on }) => on)).size : these.length;
    return count > 0 ? [{ outcome, text: `${count} ${WORDS[outcome]}` }] : [];
  });
  return style(counts[0]!.outcome, `${read}: ${counts.map(({ text }) => text).join(", ")}`);
}

const WORDS = {
  undeclared: "not declared",
  missing: "declared and missing",
  differs: "set otherwise",
  unread: "not read",
} as const;
