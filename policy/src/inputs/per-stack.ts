/** What rules share of a stack is worked out once for all of them. */

import type { StackResource } from "../rule";

type Resources = readonly StackResource[];

export function oncePerStack<T>(find: (resources: Resources) => T): (resources: Resources) => T {
  const found = new WeakMap<Resources, { readonly value: T }>();
  return (resources) => {
    const known = found.get(resources) ?? { value: find(resources) };
    found.set(resources, known);
    return known.value;
  };
}

export function groupedBy<T>(all: readonly T[], keysOf: (one: T) => readonly string[]): ReadonlyMap<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const one of all) {
    for (const key of keysOf(one)) {
      const same = grouped.get(key);
      if (same === undefined) grouped.set(key, [one]);
      else same.push(one);
    }
  }
  return grouped;
}
