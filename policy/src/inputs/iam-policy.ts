/** Reads the JSON of an IAM policy the way the provider does. */
export interface PolicyGrant {
  /** Where in the policy, as in `bindings[1].members[0]`. */
  readonly path: string;
  /** Undefined where it is left out or no text. */
  readonly role: string | undefined;
  readonly member: string;
  /** The condition's expression. Undefined where there is none. */
  readonly condition: string | undefined;
}

/** `problem` says why the text is no IAM policy; it never quotes the text, which may be a secret. */
export type PolicyReading = { readonly grants: readonly PolicyGrant[] } | { readonly problem: string };

/**
 * The provider unmarshals with Go's encoding/json, which matches keys whatever their case
 * (https://pkg.go.dev/encoding/json#Unmarshal): `"Members"` grants as `"members"` does. And of a key written twice
 * JSON.parse keeps the last only, while what Go makes of it depends on its version: such a policy is refused.
 */
export function policyGrants(json: string): PolicyReading {
  let policy: unknown;
  try {
    policy = JSON.parse(json);
  } catch {
    return { problem: "is not valid JSON" };
  }
  if (!isRecord(policy)) return { problem: "is JSON, but not an object" };
  if (hasKeyTwice(json, policy)) return { problem: "has a key that is written twice" };

  const grants: PolicyGrant[] = [];
  for (const bindings of valuesOf(policy, "bindings")) {
    if (!Array.isArray(bindings)) return { problem: 'has "bindings" that are not a list' };
    for (const [b, binding] of bindings.entries()) {
      if (!isRecord(binding)) return { problem: `has a bindings[${b}] that is not an object` };
      const [role] = valuesOf(binding, "role");
      const condition = expressionOf(valuesOf(binding, "condition"));
      for (const members of valuesOf(binding, "members")) {
        if (!Array.isArray(members)) return { problem: `has bindings[${b}].members that are not a list` };
        for (const [m, member] of members.entries()) {
          if (typeof member !== "string") continue;
          const path = `bindings[${b}].members[${m}]`;
          grants.push({ path, role: typeof role === "string" ? role : undefined, member, condition });
        }
      }
    }
  }
  return { grants };
}

function expressionOf(conditions: readonly unknown[]): string | undefined {
  const [condition] = conditions;
  const [expression] = isRecord(condition) ? valuesOf(condition, "expression") : [];
  return typeof expression === "string" ? expression : undefined;
}

/** Values of all keys that spell `name` as Go reads it; none for a key that is left out or null. */
function valuesOf(record: Record<string, unknown>, name: string): unknown[] {
  return Object.keys(record)
    .filter((key) => folded(key) === name && record[key] !== null)
    .map((key) => record[key]);
}

/** The long s is the one letter that Go folds into an ASCII one and JavaScript does not. */
function folded(key: string): string {
  return key.replaceAll("\u017f", "s").toLowerCase();
}

/** In one case or in two. A list of pending values instead of recursion, for any depth. */
function hasKeyTwice(json: string, policy: unknown): boolean {
  let texts = 0;
  const pending: unknown[] = [policy];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string") texts++;
    else if (Array.isArray(value)) for (const element of value) pending.push(element);
    else if (isRecord(value)) {
      const keys = Object.keys(value);
      if (new Set(keys.map(folded)).size < keys.length) return true;
      for (const key of keys) pending.push(key, value[key]);
    }
  }
  return textsInSource(json) > texts;
}

/** Keys and values: outside of them sound JSON has no quotation mark. */
function textsInSource(json: string): number {
  return json.match(/"(?:[^"\\]|\\.)*"/g)?.length ?? 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
