/** Writes the table of rules into README.md, between its markers. `npm run docs -w policy` */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Rule } from "../src/rule";
import { rules } from "../src/rules";

const README = path.join(__dirname, "..", "README.md");
const START = "<!-- rules:start (made by tools/readme.ts from src/rules) -->";
const END = "<!-- rules:end -->";

/** The README with the part between the markers made anew; throws where the markers are missing. */
export function withRules(readme: string): string {
  const [before, rest] = split(readme, START);
  const [, after] = split(rest, END);
  return `${before}${START}\n${table()}\n${END}${after}`;
}

function table(): string {
  const rows = [
    ["rule", "promise", "severity", "what holds", "resources"],
    ...rules.map((rule) => [`\`${rule.name}\``, rule.family, rule.severity, rule.description, resourcesOf(rule)]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const [head, ...body] = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const fixes = rules.map((rule) => `- \`${rule.name}\`: ${rule.remediation} [Why](${rule.framework.reference}).`);
  return ["", head, rule, ...body, "", "What to do about a violation:", "", ...fixes, ""].join("\n");
}

/** By module, with `ServiceIam*` for the Member, Binding and Policy of a resource. */
function resourcesOf(rule: Rule): string {
  const modules = new Map<string, Set<string>>();
  for (const token of rule.types) {
    const [, module = "", name = ""] = /^gcp:(\w+)\/\w+:(\w+)$/.exec(token) ?? [];
    modules.set(
      module,
      (modules.get(module) ?? new Set()).add(name.replace(/(I[Aa][Mm])(Member|Binding|Policy)$/, "$1*")),
    );
  }
  return [...modules].flatMap(([module, names]) => [...names].map((name) => `\`${module}.${name}\``)).join(", ");
}

function split(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`README.md has no line ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

if (require.main === module) writeFileSync(README, withRules(readFileSync(README, "utf8")));
