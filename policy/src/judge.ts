/** Judges one resource by all rules: the whole pack as a pure function, for the engine in process and for tests. */
import type { Finding, Props, Report, Rule } from "./rule";
import { rules as allRules } from "./rules";

export interface Resource {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  /** The inputs: plain values, with Pulumi's sentinels and secret envelopes, or behind the policy SDK's proxy. */
  readonly props: Props;
}

/** What the rules find, in the order of the rules; a resource of a type that no rule reads costs one look-up. */
export function judge(resource: Resource, rules: readonly Rule[] = allRules): Finding[] {
  return rulesFor(resource.type, rules).flatMap((rule) => judgeBy(rule, resource));
}

/**
 * What one rule finds. Never throws: an exception that reached the policy SDK would fail the whole analysis and with it
 * every other rule, so it becomes a violation of the rule that threw. Of the error only the class is told: its message
 * may quote a value.
 */
export function judgeBy(rule: Rule, resource: Resource): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: Finding["kind"], path: string, message: string) => {
    findings.push({ rule: rule.name, kind, severity: rule.severity, urn: resource.urn, path, message });
  };
  try {
    const report: Report = {
      violation: (path, message) => add("violation", path, message),
      unknown: (path) => add("unknown", path, `${path} is not known at this preview`),
    };
    rule.check(resource.props, report, resource.type);
  } catch (error) {
    const cause = error instanceof Error ? error.constructor.name : typeof error;
    add(
      "violation",
      "",
      `the rule itself failed (${cause}) and cannot vouch for this resource; ` +
        `this is a defect of the policy pack: report it, or set ${rule.name} to "advisory" in the policy config meanwhile`,
    );
  }
  return findings;
}

const indexes = new WeakMap<readonly Rule[], ReadonlyMap<string, readonly Rule[]>>();

function rulesFor(type: string, rules: readonly Rule[]): readonly Rule[] {
  let index = indexes.get(rules);
  if (index === undefined) {
    const built = new Map<string, Rule[]>();
    for (const rule of rules) for (const token of rule.types) built.set(token, [...(built.get(token) ?? []), rule]);
    indexes.set(rules, built);
    index = built;
  }
  return index.get(type) ?? [];
}
