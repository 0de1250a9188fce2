import { textAt } from "../properties";
import { conditionHolds } from "../rules/conditions";
import type { StoredResource } from "./store";

/** What a grant is on: its id begins with it, as in `projects/P/locations/R/services/N/ROLE/MEMBER`. */
export function grantTarget(resource: StoredResource): string | undefined {
  const role = textAt(resource.state, "role");
  if (role === undefined || textAt(resource.state, "member") === undefined) return undefined;
  const end = resource.id.indexOf(`/${role}/`);
  return end < 0 ? undefined : resource.id.slice(0, end);
}

/** The grants of the state by what they are on and by whom they are for. */
export class Grants {
  readonly #byTarget = new Map<string, Set<StoredResource>>();
  readonly #byMember = new Map<string, Set<StoredResource>>();
  readonly #byBoth = new Map<string, Set<StoredResource>>();

  add(resource: StoredResource): void {
    for (const [index, key] of this.#places(resource)) {
      const set = index.get(key);
      if (set) set.add(resource);
      else index.set(key, new Set([resource]));
    }
  }

  remove(resource: StoredResource): void {
    for (const [index, key] of this.#places(resource)) {
      const set = index.get(key);
      set?.delete(resource);
      if (set?.size === 0) index.delete(key);
    }
  }

  /** All grants on a resource: a service's id, a secret's id, a project's id. */
  on(target: string): Iterable<StoredResource> {
    return this.#byTarget.get(target) ?? [];
  }

  /** All grants for a member, in any place. */
  of(member: string): Iterable<StoredResource> {
    return this.#byMember.get(member) ?? [];
  }

  /** True when the member has one of the roles on the resource at this moment. */
  holds(target: string, member: string, roles: readonly string[], now: Date): boolean {
    for (const grant of this.#byBoth.get(`${target} ${member}`) ?? []) {
      if (!roles.includes(textAt(grant.state, "role") ?? "")) continue;
      const expression = textAt(grant.state, "condition", "expression");
      if (expression === undefined || conditionHolds(expression, now) !== false) return true;
    }
    return false;
  }

  #places(resource: StoredResource): [Map<string, Set<StoredResource>>, string][] {
    const target = grantTarget(resource);
    const member = textAt(resource.state, "member");
    if (target === undefined || member === undefined) return [];
    return [
      [this.#byTarget, target],
      [this.#byMember, member],
      [this.#byBoth, `${target} ${member}`],
    ];
  }
}
