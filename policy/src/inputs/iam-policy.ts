/** Reads the JSON of an IAM policy the way the provider does. */
import { publicPrincipal } from "../facts/principals";

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
 * JSON.parse keeps the last only, while what Go makes of it depends on its version: such a policy is refused when one
 * of the texts that got lost is a public principal.
 */
export function policyGrants(json: string): PolicyReading {
  let policy: unknown;
  try {
    policy = JSON.parse(json);
  } catch {
    return { problem: "is not valid JSON" };
  }
  if (!isRecord(policy)) return { problem: "is JSON, but not an object" };

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
  if (publicTextsInSource(json) > publicTextsInValue(policy)) {
    return { problem: "names a public principal under a key that is written twice" };
  }
  return { grants };
}

function expressionOf(conditions: readonly unknown[]): string | undefined {
  const [condition] = conditions;
  const [expression] = isRecord(condition) ? valuesOf(condition, "expression") : [];
  return typeof expression === "string" ? expression : undefined;
}

/** Values of all keys that spell `name` in some case; none for a key that is left out or null. */
function valuesOf(record: Record<string, unknown>, name: string): unknown[] {
  return Object.keys(record)
    .filter((key) => key.toLowerCase() === name && record[key] !== null)
    .map((key) => record[key]);
}

function publicTextsInSource(json: string): number {
  const texts = json.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return texts.filter((text) => publicPrincipal(JSON.parse(text)) !== undefined).length;
}

/** Keys count as well, as they do in the source; a list of pending values instead of recursion, for any depth. */
function publicTextsInValue(policy: unknown): number {
  let count = 0;
  const pending: unknown[] = [policy];
  while (pending.length > 0) {
    const value = pending.pop();
    if (publicPrincipal(value) !== undefined) count++;
    else if (Array.isArray(value)) for (const element of value) pending.push(element);
    else if (isRecord(value)) for (const [key, field] of Object.entries(value)) pending.push(key, field);
  }
  return count;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
