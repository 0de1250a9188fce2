/** Writes the table of rules into README.md, between its markers, and a page for each into rules/. `npm run docs -w policy` */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { levelOf } from "../src/judge";
import { allRules } from "../src/rules";
import { pageOf } from "./page";

const PACK = path.join(__dirname, "..");
const README = path.join(PACK, "README.md");
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
    ["rule", "severity", "level", "what holds"],
    ...allRules.map((rule) => [
      `[\`${rule.name}\`](rules/${rule.name}.md)`,
      rule.severity,
      levelOf(rule),
      rule.description,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const [head, ...body] = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`);
  return ["", head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body, ""].join("\n");
}

/** Each page, by its file. */
export function pages(): ReadonlyMap<string, string> {
  return new Map(allRules.map((rule) => [`${rule.name}.md`, pageOf(rule)]));
}

function split(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`README.md has no line ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

if (require.main === module) {
  writeFileSync(README, withRules(readFileSync(README, "utf8")));
  const folder = path.join(PACK, "rules");
  mkdirSync(folder, { recursive: true });
  const made = pages();
  for (const file of readdirSync(folder)) if (!made.has(file)) rmSync(path.join(folder, file));
  for (const [file, text] of made) writeFileSync(path.join(folder, file), text);
}
