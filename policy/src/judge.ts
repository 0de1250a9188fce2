/** Judges by all rules: the whole pack as pure functions, for the engine in process and for tests. */
import type { Finding, Props, Report, Rule, RuleRecord, StackReport, StackResource, StackRule } from "./rule";
import { rules as allRules, stackRules as allStackRules } from "./rules";

export interface Resource {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  /** The inputs: plain values, with Pulumi's sentinels and secret envelopes, or behind the policy SDK's proxy. */
  readonly props: Props;
}

/** The policy config without levels: by rule, its keys. */
export type Config = Readonly<Record<string, Props>>;

/** What the rules find, in the order of the rules; a resource of a type that no rule reads costs one look-up. */
export function judge(resource: Resource, rules: readonly Rule[] = allRules, config: Config = {}): Finding[] {
  return rulesFor(resource.type, rules).flatMap((rule) => judgeBy(rule, resource, config[rule.name]));
}

/** What the rules find that read the whole stack; `resources` with their outputs, or with their inputs where none are known. */
export function judgeStack(
  resources: readonly StackResource[],
  rules: readonly StackRule[] = allStackRules,
  config: Config = {},
): Finding[] {
  return rules.flatMap((rule) => judgeStackBy(rule, resources, config[rule.name]));
}

/**
 * What one rule finds. Never throws: an exception that reached the policy SDK would fail the whole analysis and with it
 * every other rule, so it becomes a violation of the rule that threw.
 */
export function judgeBy(rule: Rule, resource: Resource, config: Props = {}): Finding[] {
  const findings: Finding[] = [];
  const { urn, type } = resource;
  const add = (kind: Finding["kind"], path: string, message: string) =>
    findings.push(findingOf(rule, kind, urn, path, message));
  const wrong = configProblem(rule, config);
  if (wrong !== undefined) {
    add("violation", "", wrong);
    return findings;
  }
  try {
    const report: Report = {
      violation: (path, message) => add("violation", path, message),
      unknown: (path) => add("unknown", path, `${path} is not known at this preview`),
    };
    rule.check(resource.props, report, { type, urn, config });
  } catch (error) {
    add("violation", "", failure(rule, error, "this resource"));
  }
  return findings;
}

/** The same for a rule that reads the stack. */
export function judgeStackBy(rule: StackRule, resources: readonly StackResource[], config: Props = {}): Finding[] {
  const wrong = configProblem(rule, config);
  if (wrong !== undefined) return [findingOf(rule, "violation", "", "", wrong)];
  const findings: Finding[] = [];
  const report: StackReport = {
    violation: ({ urn }, path, message) => findings.push(findingOf(rule, "violation", urn, path, message)),
  };
  try {
    rule.check(resources, report, config);
  } catch (error) {
    findings.push(findingOf(rule, "violation", "", "", failure(rule, error, "this stack")));
  }
  return findings;
}

export const levelOf = (rule: RuleRecord) => rule.level ?? "mandatory";

function findingOf(rule: RuleRecord, kind: Finding["kind"], urn: string, path: string, message: string): Finding {
  return { rule: rule.name, kind, severity: rule.severity, level: levelOf(rule), urn, path, message };
}

/** Of the error only the class is told: its message may quote a value. */
function failure(rule: RuleRecord, error: unknown, what: string): string {
  const cause = error instanceof Error ? error.constructor.name : typeof error;
  return (
    `the rule itself failed (${cause}) and cannot vouch for ${what}; ` +
    `this is a defect of the policy pack: report it, or set ${rule.name} to "advisory" in the policy config meanwhile`
  );
}

/** The engine holds the config against the schema; in process nobody else does. All keys are lists of texts. */
function configProblem(rule: RuleRecord, config: Props): string | undefined {
  for (const [key, value] of Object.entries(config)) {
    if (key === "enforcementLevel") continue;
    const known = Object.keys(rule.config ?? {});
    if (!known.includes(key)) {
      const allowed = known.length === 0 ? "it has none but enforcementLevel" : `it knows ${known.join(", ")}`;
      return `policy config: "${rule.name}" has no key "${key}"; ${allowed}`;
    }
    if (!Array.isArray(value) || !value.every((text) => typeof text === "string" && text.trim() !== "")) {
      return `policy config: "${rule.name}.${key}" is not a list of texts; write it as ["…"]`;
    }
  }
  return undefined;
}

interface Index {
  readonly byType: Map<string, readonly Rule[]>;
  readonly matching: readonly Rule[];
}
const indexes = new WeakMap<readonly Rule[], Index>();

function rulesFor(type: string, rules: readonly Rule[]): readonly Rule[] {
  let index = indexes.get(rules);
  if (index === undefined) {
    const byType = new Map<string, Rule[]>();
    for (const rule of rules) for (const token of rule.types) byType.set(token, [...(byType.get(token) ?? []), rule]);
    index = { byType, matching: rules.filter(({ matches }) => matches !== undefined) };
    indexes.set(rules, index);
  }
  return index.byType.get(type) ?? index.matching.filter(({ matches }) => matches?.test(type));
}
