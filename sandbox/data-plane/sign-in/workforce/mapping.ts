/** What a provider of a workforce pool makes of the claims of a token. */
import { normalizedMember } from "../../../../google/members";
import { evaluate, UnreadExpression } from "./cel";
import { NoValue, type Value } from "./cel-values";
import type { WorkforceProvider } from "./providers";

export type Claims = { readonly [name: string]: Value };

/** Somebody as the pool knows them. */
export interface MappedPerson {
  readonly principal: string;
  readonly subject: string;
  /** Members of grants that mean this person, in the form of `normalizedMember`. */
  readonly members: ReadonlySet<string>;
  readonly email?: string;
  readonly displayName?: string;
}

/** The token is good, and its person may not come in. `error` is of RFC 6749. */
export class NotAdmitted extends Error {
  constructor(
    readonly error: "invalid_grant" | "unauthorized_client",
    message: string,
  ) {
    super(message);
  }
}

/** Source: https://cloud.google.com/iam/docs/workforce-identity-federation#attribute-mappings */
const LONGEST_SUBJECT_BYTES = 127;

/**
 * Seen: the sentences, in public reports about workload pools, whose mappings and conditions are the same. Assumed: that a
 * mapped attribute other than the subject is left out where the token has no such claim.
 *
 * @throws NotAdmitted
 */
export function mapped(provider: WorkforceProvider, assertion: Claims): MappedPerson {
  const attributes = new Map<string, Value>();
  for (const [name, expression] of Object.entries(provider.mapping)) {
    const value = resultOf(expression, { assertion });
    if (value !== undefined) attributes.set(name, value);
  }
  const subject = attributes.get("google.subject");
  if (typeof subject !== "string" || subject === "") {
    throw new NotAdmitted("invalid_grant", "Could not obtain a value for google.subject from the given credential.");
  }
  if (Buffer.byteLength(subject) > LONGEST_SUBJECT_BYTES) {
    const message = `The size of mapped attribute google.subject exceeds the ${LONGEST_SUBJECT_BYTES} bytes limit.`;
    throw new NotAdmitted("invalid_grant", message);
  }
  const names = { assertion, google: below("google", attributes), attribute: below("attribute", attributes) };
  if (provider.condition !== undefined && resultOf(provider.condition, names) !== true) {
    throw new NotAdmitted("unauthorized_client", "The given credential is rejected by the attribute condition.");
  }
  const [email, displayName] = [attributes.get("google.email"), attributes.get("google.display_name")];
  const principal = `principal://iam.googleapis.com/${provider.pool}/subject/${subject}`;
  return {
    principal,
    subject,
    members: new Set([principal, ...sets(provider.pool, attributes)].map(normalizedMember)),
    ...(typeof email === "string" && { email }),
    ...(typeof displayName === "string" && { displayName }),
  };
}

/** Source: https://cloud.google.com/iam/docs/principal-identifiers */
function sets(pool: string, attributes: ReadonlyMap<string, Value>): string[] {
  const set = (rest: string) => `principalSet://iam.googleapis.com/${pool}/${rest}`;
  const own = [...attributes].flatMap(([name, value]) => {
    const values = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
    if (name === "google.groups") return values.map((group) => set(`group/${group}`));
    return name.startsWith("attribute.") ? values.map((one) => set(`${name}/${one}`)) : [];
  });
  return [...own, set("*")];
}

function resultOf(expression: string, names: Readonly<Record<string, Value>>): Value | undefined {
  try {
    return evaluate(expression, names);
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    if (error instanceof UnreadExpression) throw new NotAdmitted("unauthorized_client", error.message);
    throw error;
  }
}

/** The attributes `NAMESPACE.name`, by their names. */
function below(namespace: string, attributes: ReadonlyMap<string, Value>): Value {
  const own = [...attributes].filter(([name]) => name.startsWith(`${namespace}.`));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(namespace.length + 1), value]));
}
