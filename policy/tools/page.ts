/** The page about one rule, made of its record, the comment above it and the examples beside it. */
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { judgeBy, judgeStackBy, levelOf } from "../src/judge";
import type { Example, Examples, Rule, RuleRecord, StackExample, StackExamples, StackRule } from "../src/rule";
import { rules, stackRules } from "../src/rules";
import { isWritable, programOf } from "./code";

const SOURCES = path.join(__dirname, "../src/rules");
const files = readdirSync(SOURCES, { recursive: true }) as string[];

/** How many reasons of a kind are listed. */
const LISTED = 12;

export function pageOf(rule: RuleRecord): string {
  const { name, description, severity, family, framework } = rule;
  const same = framework
    ? [
        `- Same aim: ${framework.name}${framework.name.startsWith("CIS") ? ` ${framework.version}` : ""}, [${framework.specification}](${framework.reference})`,
      ]
    : [];
  return [
    `# ${name}`,
    "",
    `Generated from src/rules by \`npm run docs -w policy\`. [All rules](../README.md#rules)`,
    "",
    description,
    "",
    `- Severity: ${severity}; level: ${levelOf(rule)}; family: ${family}`,
    `- Reads: ${resourcesOf(rule)}`,
    ...same,
    `- Read more: <${rule.page}>`,
    "",
    "## Why",
    "",
    whyOf(name),
    "",
    ...examplesOf(rule),
    "## What to do",
    "",
    rule.remediation,
    "",
    "## Settings",
    "",
    ...settingsOf(rule),
    "",
  ].join("\n");
}

/** The comment above the record. */
function whyOf(name: string): string {
  const source = readFileSync(path.join(SOURCES, fileOf(`${name}.ts`)), "utf8");
  const [, comment] = /\/\*\*((?:(?!\*\/).)*)\*\/\nexport const no\w+: (?:Stack)?Rule = /s.exec(source) ?? [];
  if (comment === undefined) throw new Error(`${name} has no comment above its record that says why`);
  const text = comment.replace(/\n \* ?/g, " ").trim();
  return text.replace(/(?<![<(])https:\/\/[^\s,;)]+[^\s,;:.)]/g, "<$&>");
}

function examplesOf(rule: RuleRecord): string[] {
  const { examples } = require(path.join(SOURCES, fileOf(`${rule.name}.examples.ts`))) as {
    examples: Examples | StackExamples;
  };
  const [wrong, right] = [examples.violating, examples.compliant].map((some) =>
    some.find((one) => isWritable(of(one))),
  );
  if (wrong === undefined || right === undefined) throw new Error(`${rule.name} has no example that a program can say`);
  return [
    `## Refused: ${wrong.because}`,
    "",
    ...code(wrong),
    "",
    "```text",
    ...messagesOf(rule, wrong),
    "```",
    "",
    `Refused as well: ${reasons(examples.violating, wrong)}.`,
    "",
    `## Fine: ${right.because}`,
    "",
    ...code(right),
    "",
    `Fine as well: ${reasons(examples.compliant, right)}.`,
    "",
  ];
}

type AnyExample = Example | StackExample;

const of = (example: AnyExample) =>
  "resources" in example ? example.resources : [{ type: example.type, name: "it", props: example.props }];

function code(example: AnyExample): string[] {
  const { config } = example;
  return [
    "```ts",
    programOf(of(example)),
    "```",
    ...(config ? ["", `with the policy config \`${JSON.stringify(config)}\``] : []),
  ];
}

function messagesOf(rule: RuleRecord, example: AnyExample): string[] {
  const findings =
    "resources" in example
      ? judgeStackBy(
          rule as StackRule,
          example.resources.map((resource) => ({ ...resource, sources: {}, urn: resource.name })),
          example.config,
        )
      : judgeBy(rule as Rule, { ...example, urn: "urn:pulumi:prod::acme", name: "it" }, example.config);
  return findings.map(({ message }) => message);
}

function reasons(examples: readonly AnyExample[], shown: AnyExample): string {
  const others = examples.filter((one) => one !== shown).map(({ because }) => because);
  const more = others.length > LISTED ? [`${others.length - LISTED} more in the rule's examples`] : [];
  return [...others.slice(0, LISTED), ...more].join("; ");
}

function settingsOf(rule: RuleRecord): string[] {
  const keys = Object.entries(rule.config ?? {}).map(([key, { description }]) => `- \`${key}\`: ${description}`);
  const other = levelOf(rule) === "mandatory" ? "advisory" : "mandatory";
  const waiver =
    rule.waiver === undefined
      ? "Nothing that is written on a resource waives this rule."
      : `Waived, one resource at a time and in words: ${rule.waiver}`;
  return [
    ...(keys.length > 0 ? ["In the policy config:", "", ...keys, ""] : []),
    waiver,
    "",
    `For all resources at once, the policy config changes the level: \`{ "${rule.name}": "${other}" }\`.`,
  ];
}

function fileOf(name: string): string {
  const file = files.find((candidate) => path.basename(candidate) === name);
  if (file === undefined) throw new Error(`there is no ${name} in src/rules`);
  return file;
}

/** By module, with `ServiceIam*` for the Member, Binding and Policy of a resource. */
function resourcesOf(record: RuleRecord): string {
  const rule = rules.find((candidate) => candidate === record);
  if (rule === undefined) {
    if (!stackRules.some((candidate) => candidate === record)) throw new Error(`${record.name} is not listed`);
    return "the stack's resources together, after the last of them";
  }
  if (rule.matches !== undefined) return "resources of `google-native`, and of Terraform's `google` and `google-beta`";
  const modules = new Map<string, Set<string>>();
  for (const token of rule.types) {
    const [, module = "", type = ""] = /^gcp:(\w+)\/\w+:(\w+)$/.exec(token) ?? [];
    const short = type.replace(/(I[Aa][Mm])(Member|Binding|Policy)$/, "$1*");
    modules.set(module, (modules.get(module) ?? new Set()).add(short));
  }
  return [...modules]
    .flatMap(([module, names]) =>
      names.size > NAMED && [...names].every((name) => name.endsWith("*"))
        ? `\`${module}.*Iam*\``
        : [...names].map((type) => `\`${module}.${type}\``),
    )
    .join(", ");
}

/** How many resources of a module are named, where all are grants. */
const NAMED = 4;
