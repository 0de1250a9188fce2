/** The shapes that every rule is made of; no import, so that rules stay pure and load fast. */

/** Who may break what: the two promises of this pack. */
export type Family = "no unauthenticated ingress" | "no default service account";

export type Severity = "low" | "medium" | "high" | "critical";

/** What a rule says about a resource while it checks it. */
export interface Report {
  /**
   * A fact that is wrong whatever the unknown values turn out to be.
   * @param path property path, as in `template.serviceAccount` or `members[2]`
   * @param message one line: what, what was got, why it matters, how to fix; never a property's value, for the policy
   * SDK hands out secrets unwrapped and unmarked (deserialize.js, `deserializeProperties(…, false)`)
   */
  violation(path: string, message: string): void;
  /** A value that decides, and that this preview cannot know. The update asks again, with the value known. */
  unknown(path: string): void;
}

export interface Rule {
  /** Unique, kebab-case; the policy's name in the output and in the policy config JSON. */
  readonly name: string;
  readonly family: Family;
  /** One sentence: what the rule refuses. */
  readonly description: string;
  readonly severity: Severity;
  /** The guardrail of Google Cloud's organization policy with the same aim, for compliance pages. */
  readonly framework: { readonly specification: string; readonly reference: string };
  /** What to do about a violation, in full sentences. */
  readonly remediation: string;
  /** Pulumi type tokens of the resources that the rule reads; the check is never called for another. */
  readonly types: readonly string[];
  check(props: Props, report: Report, type: string): void;
}

/** The inputs of a resource: plain, or behind the policy SDK's proxy that throws on unknown values. */
export type Props = Readonly<Record<string, unknown>>;

export interface Finding {
  readonly rule: string;
  readonly kind: "violation" | "unknown";
  readonly severity: Severity;
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
}

export interface ViolatingExample extends Example {
  /** The path that the violation names. */
  readonly path: string;
}

/** What stands beside each rule, and is run against the whole pack. */
export interface Examples {
  readonly compliant: readonly Example[];
  /** Each yields exactly one violation, from this rule and no other. */
  readonly violating: readonly ViolatingExample[];
  /** Not refused at preview, and said to be unseen, at these paths. */
  readonly unknown: readonly ViolatingExample[];
}
