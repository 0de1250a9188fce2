/** The custom roles that a stack makes, and which of them the grants above its workloads hand out. */

import { permissionPower } from "../facts/roles";
import { INHERITED_GRANTS, ORGANIZATION_ROLE, PROJECT_ROLE } from "../facts/tokens";
import type { StackResource } from "../rule";
import { type Grant, grantsOf } from "./grants";
import { lengthOf, read } from "./read";
import { textOf } from "./stack";

export interface GrantedRole {
  readonly resource: StackResource;
  readonly grant: Grant;
  /** Undefined while it is unknown. */
  readonly role: string | undefined;
  /** The resource that makes the role, where this stack does. */
  readonly made: StackResource | undefined;
}

/** One for each role and resource: members do not matter here. */
export function* grantedRoles(resources: readonly StackResource[]): Generator<GrantedRole> {
  const roles = resources.filter(({ type }) => type === PROJECT_ROLE || type === ORGANIZATION_ROLE);
  const byUrn = new Map(roles.map((role) => [role.urn, role]));
  const byId = new Map(
    roles.flatMap((role) => {
      const id = textOf(read(role.props, "roleId"));
      return id === undefined ? [] : [[id, role] as const];
    }),
  );
  for (const resource of resources) {
    if (!INHERITED.has(resource.type)) continue;
    const seen = new Set<string | undefined>();
    for (const grant of grantsOf(resource.props).grants) {
      const role = "value" in grant.role ? grant.role.value : undefined;
      if (seen.has(role)) continue;
      seen.add(role);
      const [source] = (resource.sources?.["role"] ?? []).filter((urn) => byUrn.has(urn));
      const id = role?.trim().replace(/^.*\/roles\//, "");
      yield { resource, grant, role, made: role === undefined ? byUrn.get(source ?? "") : byId.get(id ?? "") };
    }
  }
}

const INHERITED: ReadonlySet<string> = new Set(INHERITED_GRANTS);

/** What the role's permissions amount to. */
export function powersOf({ props }: StackResource): ReadonlySet<"invoke" | "impersonate"> {
  const list = read(props, "permissions");
  const count = list.state === "known" ? lengthOf(list.value) : 0;
  const powers = new Set<"invoke" | "impersonate">();
  for (let i = 0; i < count; i++) {
    const permission = read(props, "permissions", i);
    const power = permission.state === "known" ? permissionPower(permission.value) : undefined;
    if (power !== undefined) powers.add(power);
  }
  return powers;
}
