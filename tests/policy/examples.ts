/** Every rule with the examples that stand beside it. */
import { readdirSync } from "node:fs";
import * as path from "node:path";
import type { Config } from "../../policy/src/judge";
import type { Examples, Rule, StackExample, StackExamples, StackResource, StackRule } from "../../policy/src/rule";
import { rules, stackRules } from "../../policy/src/rules";
import { type Input, urnOf } from "./sdk-analyzer";

const FOLDER = path.join(__dirname, "../../policy/src/rules");

/** The modules of rules and examples, by file name without ending. */
export const ruleFiles: ReadonlyMap<string, string> = new Map(
  (readdirSync(FOLDER, { recursive: true }) as string[])
    .filter((file) => file.endsWith(".ts") && !/^(?:index|given.*)\.ts$/.test(path.basename(file)))
    .map((file) => [path.basename(file, ".ts"), path.join(FOLDER, file)]),
);

const examplesOf = (name: string) => require(ruleFiles.get(`${name}.examples`) ?? name).examples;

export const exampled: readonly { readonly rule: Rule; readonly examples: Examples }[] = rules.map((rule) => ({
  rule,
  examples: examplesOf(rule.name),
}));

export const stackExampled: readonly { readonly rule: StackRule; readonly examples: StackExamples }[] = stackRules.map(
  (rule) => ({ rule, examples: examplesOf(rule.name) }),
);

/** The resources of an example as a stack, whose sources are URNs. */
export function stackOf({ resources }: StackExample): StackResource[] {
  const urns = new Map(resources.map((resource) => [resource.name, urnOf(resource)]));
  return resources.map((resource) => ({
    ...resource,
    urn: urnOf(resource),
    sources: Object.fromEntries(
      Object.entries(resource.sources ?? {}).map(([key, names]) => [key, names.map((name) => urns.get(name) ?? name)]),
    ),
  }));
}

/** The policy config of an example. */
export const configOf = (rule: StackRule, { config }: StackExample): Config =>
  config === undefined ? {} : { [rule.name]: config };

/** The same as the policy SDK is given it. */
export const inputsOf = (example: StackExample): Input[] => stackOf(example);
