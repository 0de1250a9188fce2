/** Who holds which role on which named resource beside the services. */
import { type OperatorSpec, TARGETS } from "./spec/operators";

export interface OperatorGrant {
  /** Logical name of the grant, stable when lists are reordered. */
  readonly name: string;
  readonly member: string;
  readonly role: string;
  readonly on: { readonly kind: (typeof TARGETS)[number]; readonly name: string };
  /** Last day, UTC, the day included; IAM keeps it. */
  readonly until?: string;
  readonly reason: string;
}

export function operatorGrants({ key, member, roles, until }: OperatorSpec): OperatorGrant[] {
  return roles.map((grant, i) => {
    const kind = TARGETS.find((one) => grant[one] !== undefined) ?? "project";
    const name = grant[kind] ?? "";
    return {
      name: `${key}-has-${grant.role.replace(/^roles\//, "")}-on-${name}`,
      member,
      role: grant.role,
      on: { kind, name },
      ...(until && { until }),
      reason: `operators.${key}.roles[${i}]`,
    };
  });
}
