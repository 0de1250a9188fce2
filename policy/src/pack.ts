/** Turns the rules into CrossGuard policies: one for each rule, and one that says what a preview could not see. */
import {
  type PolicyPackArgs,
  type PolicyResource,
  type ReportViolation,
  type ResourceValidation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  validateResourceOfType,
} from "@pulumi/policy";
import { BLIND_SPOTS, BlindSpots } from "./blind-spots";
import { givenIn, PLANNED_AS_UNKNOWN } from "./inputs/given";
import { judgeBy, judgeStackBy, levelOf } from "./judge";
import type { Props, Rule, RuleRecord, StackRule } from "./rule";
import { rules as allRules, stackRules as allStackRules } from "./rules";

export const PACK_NAME = "cloud-run-mesh";

/**
 * One CrossGuard policy per rule, so that each keeps its own name, level, severity and page.
 *
 * The SDK deserialises a resource once per policy (server.js, makeAnalyzeRpcFun), except where the policy has a single
 * validation that carries a type token: then a resource of another type costs a string comparison. So a rule of one type
 * carries it, and a rule of several types returns at a look-up. README.md has the measured cost.
 */
export function policyPack(
  rules: readonly Rule[] = allRules,
  stackRules: readonly StackRule[] = allStackRules,
): PolicyPackArgs {
  const blindSpots = new BlindSpots();
  const given = new Map<string, ReadonlySet<string>>();
  return {
    enforcementLevel: "mandatory",
    provider: "gcp",
    tags: ["google-cloud", "cloud-run", "iam"],
    policies: [
      ...rules.map((rule) => toPolicy(rule, blindSpots, given)),
      ...stackRules.map((rule) => toStackPolicy(rule, given)),
      blindSpotPolicy(blindSpots),
    ],
  };
}

/** By URN, the properties that the program sets: the engine asks the resource rules with inputs, the stack rules with outputs. */
type Given = Map<string, ReadonlySet<string>>;

function toPolicy(rule: Rule, blindSpots: BlindSpots, given: Given): ResourceValidationPolicy {
  return { ...recordOf(rule), validateResource: validationOf(rule, blindSpots, given) };
}

/** The SDK passes over a stack policy that carries a type token where the stack has no resource of that type. */
function toStackPolicy(rule: StackRule, given: Given): StackValidationPolicy {
  const validateStack: StackValidationPolicy["validateStack"] = ({ resources, getConfig }, report) => {
    const stack = resources.map((resource) => {
      const named = given.get(resource.urn);
      return { ...resource, sources: sourcesOf(resource), ...(named && { given: named }) };
    });
    const findings = judgeStackBy(rule, stack, getConfig<Props>());
    for (const { message, urn } of findings) say(report, message, urn);
  };
  return {
    ...recordOf(rule),
    validateStack: rule.needs === undefined ? validateStack : Object.assign(validateStack, classOf(rule.needs)),
  };
}

function sourcesOf({ propertyDependencies }: PolicyResource): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(propertyDependencies).map(([property, sources]) => [property, sources.map(({ urn }) => urn)]),
  );
}

function recordOf(rule: RuleRecord) {
  return {
    name: rule.name,
    description: rule.description,
    severity: rule.severity,
    enforcementLevel: levelOf(rule),
    framework: rule.framework,
    remediationSteps: rule.remediation,
    url: rule.page,
    tags: [rule.family.replaceAll(" ", "-")],
    ...(rule.config && { configSchema: { properties: structuredClone(rule.config) } }),
  };
}

function validationOf(rule: Rule, blindSpots: BlindSpots, given: Given): ResourceValidation {
  const validate = (args: ResourceValidationArgs, report: ReportViolation) => {
    if (PLANNED_AS_UNKNOWN.has(args.type)) given.set(args.urn, givenIn(args.props));
    const findings = judgeBy(rule, args, args.getConfig<Props>());
    for (const finding of findings) if (finding.kind === "violation") say(report, finding.message);
    blindSpots.note(findings);
  };
  const [token, ...others] = rule.types;
  const { matches } = rule;
  if (token !== undefined && others.length === 0 && matches === undefined) {
    return validateResourceOfType(classOf(token), (_props, args, report) => validate(args, report));
  }
  const types = new Set(rule.types);
  return (args, report) => {
    if (types.has(args.type) || matches?.test(args.type)) validate(args, report);
  };
}

/**
 * A stack policy, for the engine runs those once, after all resources: at the end of a preview even when it has refused
 * something. It reads nothing itself: outputs at preview are unknown where inputs are merely left out.
 */
function blindSpotPolicy(blindSpots: BlindSpots): StackValidationPolicy {
  return {
    name: BLIND_SPOTS,
    description: "Says once for the stack which values the rules could not judge at preview.",
    enforcementLevel: "advisory",
    validateStack: ({ resources }, report) => {
      const line = blindSpots.take(resources.map(({ urn }) => urn));
      if (line !== undefined) say(report, line);
    },
  };
}

/**
 * The engine prints the message alone. Given as text, the SDK would put the rule's description before it on each
 * violation; given as an object, it does not (server.js, makeReportViolationFun), which its types do not tell.
 */
function say(report: ReportViolation, message: string, urn?: string): void {
  (report as unknown as (violation: { message: string; urn?: string }) => void)({ message, urn });
}

/** All that validateResourceOfType reads of a resource class is its token: no provider SDK has to be loaded for it. */
function classOf(token: string): new () => never {
  return { __pulumiType: token } as unknown as new () => never;
}
