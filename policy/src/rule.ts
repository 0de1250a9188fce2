/** The shapes that every rule is made of; no import, so that rules stay pure and load fast. */

/** What the pack promises; a rule keeps one of them. */
export type Family =
  | "no unauthenticated ingress"
  | "no default service account"
  | "no broad grants"
  | "no broken calls"
  | "no borrowed identities"
  | "no eavesdropping"
  | "no leaked secrets"
  | "known images"
  | "nothing unseen"
  | "protected production";

export type Severity = "low" | "medium" | "high" | "critical";
export type Level = "mandatory" | "advisory";

/** What a rule says while it checks. */
export interface Report {
  /**
   * A fact that is wrong whatever the unknown values turn out to be.
   * @param path property path, as in `template.serviceAccount` or `members[2]`; empty for the resource itself
   * @param message one line: what, what was got, why it matters, how to fix; never a property's value, for the policy
   * SDK hands out secrets unwrapped and unmarked (deserialize.js, `deserializeProperties(…, false)`)
   */
  violation(path: string, message: string): void;
  /** A value that decides, and that this preview cannot know. The update asks again, with the value known. */
  unknown(path: string): void;
}

/** A control that has the same aim, for compliance pages. */
export interface Control {
  readonly name: "Google Cloud organization policy" | "CIS Google Cloud Foundations";
  readonly version: string;
  readonly specification: string;
  readonly reference: string;
}

/** JSON Schema of a rule's keys in the policy config; the engine holds the config against it. */
export type ConfigKeys = Readonly<
  Record<string, { readonly type: "array"; readonly items: { readonly type: "string" }; readonly description: string }>
>;

export interface RuleRecord {
  /** Unique, kebab-case; the policy's name in the output and in the policy config JSON. */
  readonly name: string;
  readonly family: Family;
  /** One sentence: what holds where the rule is kept. */
  readonly description: string;
  readonly severity: Severity;
  /** @default "mandatory" */
  readonly level?: Level;
  /** Google's page about what the rule guards. */
  readonly page: string;
  readonly framework?: Control;
  /** What to do about a violation, in full sentences. */
  readonly remediation: string;
  /** How one resource is excepted by name: what to write on it, in a full sentence. @default there is no such act */
  readonly waiver?: string;
  /** Keys of the policy config that the rule reads. @default none */
  readonly config?: ConfigKeys;
}

export interface Rule extends RuleRecord {
  /** Pulumi type tokens of the resources that the rule reads; the check is never called for another. */
  readonly types: readonly string[];
  /** Further types, where no list can be complete. */
  readonly matches?: RegExp;
  check(props: Props, report: Report, subject: Subject): void;
}

/** What a check knows beside the inputs. */
export interface Subject {
  readonly type: string;
  readonly urn: string;
  /** The rule's keys in the policy config. */
  readonly config: Props;
}

/** The inputs of a resource: plain, or behind the policy SDK's proxy that throws on unknown values. */
export type Props = Readonly<Record<string, unknown>>;

/** A resource among the others of its stack, with its outputs. */
export interface StackResource {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  readonly props: Props;
  /** URNs of the resources that a property's value came from, by property; also while the value is unknown. */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
  /**
   * Properties that the program sets. At a preview the real provider plans others as unknown that the program leaves out:
   * `ingress` of a service, `iap` of a backend service. @default cannot be told: what is unknown may be either
   */
  readonly given?: ReadonlySet<string>;
}

/**
 * A rule that reads resources together. The engine asks after the last one: at a preview before anything is made, at an
 * update after everything is. So it holds what no single resource shows, and nothing else.
 */
export interface StackRule extends RuleRecord {
  /** A type without which there is nothing to judge: a stack that has none of it costs nothing. @default judges any stack */
  readonly needs?: string;
  /** @param config the rule's keys in the policy config */
  check(resources: readonly StackResource[], report: StackReport, config: Props): void;
}

export interface StackReport {
  /** Like {@link Report.violation}; the message names the other resources by their names in the program. */
  violation(resource: StackResource, path: string, message: string): void;
}

export interface Finding {
  readonly rule: string;
  readonly kind: "violation" | "unknown";
  readonly severity: Severity;
  /** The rule's own level; a policy config may say otherwise. */
  readonly level: Level;
  readonly urn: string;
  readonly path: string;
  /** One line, without rule and resource: the engine prints those. */
  readonly message: string;
}

/** One resource of a rule's examples. */
export interface Example {
  readonly because: string;
  readonly type: string;
  readonly props: Props;
  /** The rule's keys in the policy config. @default none */
  readonly config?: Props;
  /** Other rules that rightly find fault with it, as often as they do. @default none */
  readonly also?: readonly string[];
}

export interface FoundExample extends Example {
  /** The path that the finding names. */
  readonly path: string;
}

/** What stands beside each rule, and is run against the whole pack. */
export interface Examples {
  readonly compliant: readonly Example[];
  /** Each yields exactly one violation of this rule. */
  readonly violating: readonly FoundExample[];
  /** Not refused at preview, and said to be unseen, at these paths. */
  readonly unknown: readonly FoundExample[];
}

/** Some resources of a stack; `sources` name other ones of it instead of their URNs. */
export interface StackExample {
  readonly because: string;
  readonly resources: readonly Omit<StackResource, "urn" | "given">[];
  /** The rule's keys in the policy config. @default none */
  readonly config?: Props;
  /** Other stack rules that rightly find fault with it. @default none */
  readonly also?: readonly string[];
}

export interface StackExamples {
  readonly compliant: readonly StackExample[];
  /** `at`: the names of the resources that are found fault with, in order. */
  readonly violating: readonly (StackExample & { readonly at: readonly string[] })[];
}
