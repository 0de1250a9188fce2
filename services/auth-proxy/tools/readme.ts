/** Writes the tables of variables and headers into README.md, between its markers. `npm run docs -w services/auth-proxy` */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HeaderRow, REQUEST_HEADERS, RESPONSE_HEADERS } from "../rules/header-table";

const FOLDER = join(__dirname, "..");
export const README = join(FOLDER, "README.md");

export interface VariableRow {
  readonly names: readonly string[];
  readonly standard: string;
  readonly what: string;
}

/** Read outside the options, by what sends requests. */
const OTHERS: readonly VariableRow[] = [
  {
    names: ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"],
    standard: "none",
    what: "a proxy between this one and the backends; also in lower case",
  },
];

/** What every service is told, and this one has no use for: it makes no calls of its own. */
const UNUSED = "CALL_TIMEOUT_MS";

/** The environment's variables, from the doc comments of the options; a later comment on an option takes an earlier's place. */
export function variables(): readonly VariableRow[] {
  const sources = [join(FOLDER, "options.ts"), join(FOLDER, "../runtime/options.ts")];
  const rows = new Map<string, VariableRow>();
  for (const source of sources) {
    const text = readFileSync(source, "utf8");
    for (const [, comment, option] of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+):/g)) {
      const words = comment!
        .replace(/^\s*\* ?/gm, "")
        .replace(/\s+/g, " ")
        .trim();
      const [, name, what = "", standard] = /^`([A-Z0-9_<>]+)`(?:[:,.] ?(.*?))?\.? @default (.*)$/.exec(words) ?? [];
      if (name === undefined || name === UNUSED || rows.has(option!)) continue;
      rows.set(option!, { names: [name], standard: standard!, what });
    }
  }
  return [...rows.values(), ...OTHERS];
}

/** The README with what stands between its markers made anew; throws where they are missing. */
export function withTables(readme: string): string {
  const environment = table(
    ["variable", "default", "what it says"],
    variables().map(({ names, standard, what }) => [quoted(names), standard, what]),
  );
  return [
    ["variables", environment],
    ["request headers", headers(REQUEST_HEADERS)],
    ["response headers", headers(RESPONSE_HEADERS)],
  ].reduce((text, [name, made]) => between(text, name!, made!), readme);
}

function headers(rows: readonly HeaderRow[]): string {
  const body = rows.map(({ names, does, to, why }) => [quoted(names), to === undefined ? does : `${does}: ${to}`, why]);
  return table(["header", "what happens", "why"], body);
}

function between(text: string, name: string, made: string): string {
  const [start, end] = [`<!-- ${name}: start, made by tools/readme.ts -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`README.md: the markers of "${name}" are missing`);
  return `${text.slice(0, from)}${start}\n\n${made}\n\n${text.slice(to)}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...body.map(line)].join("\n");
}

if (require.main === module) writeFileSync(README, withTables(readFileSync(README, "utf8")));
