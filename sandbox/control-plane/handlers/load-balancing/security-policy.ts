import { isIP } from "node:net";
import { GoogleError } from "../../errors";
import type { CheckFailure, Handler } from "../../handler";
import { at, isUnknown, listAt, numberAt, type Properties, type PropertyValue, textAt } from "../../properties";
import { enumFailures } from "../run/audit";
import { admitPart, globalPart, invalidField, partOutputs } from "./parts";
import { rateLimitProblem } from "./rate-limit";

const TYPES = ["CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_INTERNAL_SERVICE"];
const ACTION = /^(allow|deny\((403|404|502)\)|redirect|throttle|rate_based_ban)$/;
const DEFAULT_PRIORITY = 2147483647;
const RANGES_MAX = 10;

/** What Google adds where a policy has no rules. */
const DEFAULT_RULE: Properties = {
  action: "allow",
  priority: DEFAULT_PRIORITY,
  description: "default rule",
  match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } },
  preview: false,
};

/** A policy of Cloud Armor. Source: https://cloud.google.com/compute/docs/reference/rest/v1/securityPolicies */
export const securityPolicy: Handler = {
  ...globalPart("SecurityPolicy", "securityPolicies"),
  validate: (inputs) => [...enumFailures(inputs, { type: TYPES }), ...samePriorities(inputs)],
  admit(subject, world) {
    admitPart(subject, world);
    const rules = listAt(subject.inputs, "rules");
    for (const [i, rule] of rules.entries()) admitRule(`rules[${i}]`, rule);
    if (rules.length > 0) admitDefault(rules);
  },
  compute(subject, world) {
    const rules = listAt(subject.inputs, "rules");
    const { creationTimestamp: _, ...outputs } = partOutputs(subject, world);
    return {
      ...outputs,
      type: textAt(subject.inputs, "type") ?? "CLOUD_ARMOR",
      rules: rules.length > 0 ? rules : [DEFAULT_RULE],
    };
  },
};

/** Refused by the provider. Source: `rulesCustomizeDiff` in its resource_compute_security_policy.go */
function samePriorities(inputs: Properties): CheckFailure[] {
  const priorities = listAt(inputs, "rules").map((rule) => at(rule, "priority"));
  const known = priorities.filter((priority) => !isUnknown(priority));
  if (new Set(known).size === known.length) return [];
  const reason = "Two rules have the same priority, please update one of the priorities to be different.";
  return [{ property: "rules", reason }];
}

/** Assumed: the words of the refusals about a rule. */
function admitRule(field: string, rule: PropertyValue): void {
  const action = textAt(rule, "action") ?? "";
  if (!ACTION.test(action)) throw invalidField(`${field}.action`, action, "This is no action of a rule.");
  const priority = numberAt(rule, "priority") ?? -1;
  if (!Number.isInteger(priority) || priority < 0 || priority > DEFAULT_PRIORITY) {
    throw invalidField(`${field}.priority`, priority, `Must be between 0 and ${DEFAULT_PRIORITY}.`);
  }
  admitMatch(`${field}.match`, at(rule, "match"));
  const problem = rateLimitProblem(action, at(rule, "rateLimitOptions"));
  if (problem !== undefined) throw invalidField(`${field}.rateLimitOptions${problem.at}`, problem.value, problem.why);
}

function admitMatch(field: string, match: PropertyValue | undefined): void {
  const ranges = listAt(match, "config", "srcIpRanges").map(String);
  const expression = textAt(match, "expr", "expression");
  if (ranges.length > 0 === (expression !== undefined)) {
    throw invalidField(field, "", "A rule matches either ranges of addresses or an expression.");
  }
  if (ranges.length > 0 && textAt(match, "versionedExpr") !== "SRC_IPS_V1") {
    throw invalidField(
      `${field}.versionedExpr`,
      textAt(match, "versionedExpr"),
      "Ranges of addresses need SRC_IPS_V1.",
    );
  }
  if (ranges.length > RANGES_MAX) {
    throw invalidField(
      `${field}.config.srcIpRanges`,
      "",
      `At most ${RANGES_MAX} ranges per rule, got ${ranges.length}.`,
    );
  }
  const bad = ranges.find((range) => range !== "*" && isIP(range.split("/")[0] ?? "") === 0);
  if (bad !== undefined) throw invalidField(`${field}.config.srcIpRanges`, bad, "Must be a range of addresses or '*'.");
}

/** Assumed: the words. Source that there must be one: `rules` in the reference of the API. */
function admitDefault(rules: readonly PropertyValue[]): void {
  const last = rules.find((rule) => at(rule, "priority") === DEFAULT_PRIORITY);
  if (last !== undefined && listAt(last, "match", "config", "srcIpRanges").includes("*")) return;
  throw new GoogleError(
    400,
    `Invalid value for field 'resource.rules': ''. A security policy must have a default rule, with priority ${DEFAULT_PRIORITY} and matching '*'., invalid`,
  );
}
