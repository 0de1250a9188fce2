import type { MeshSpec } from "./spec/spec";

/** Old key by new key, of everything that says `formerly`. */
export type FormerKeys = ReadonlyMap<string, string>;

export function formerKeys({ services, functions, jobs, workerPools, developers }: MeshSpec): FormerKeys {
  const all = [services, functions, jobs, workerPools, developers].flatMap((kind) => Object.values(kind ?? {}));
  return new Map(all.flatMap(({ key, formerly }) => (formerly === undefined ? [] : [[key, formerly] as const])));
}

/** A logical name, and those under which a stack may hold the same thing. */
export interface Named {
  readonly name: string;
  /** Absent where no key in it is a new one. */
  readonly formerly?: readonly string[];
}

/**
 * A name made of the keys of both ends, and that name with the old key of either end and of both: each end may have been
 * renamed in an earlier deployment or in this one.
 */
export function named(
  former: FormerKeys,
  make: (caller: string, callee: string) => string,
  caller: string,
  callee: string,
): Named {
  if (!former.has(caller) && !former.has(callee)) return { name: make(caller, callee) };
  const keys = (key: string) => [key, ...(former.has(key) ? [former.get(key)!] : [])];
  const [name, ...formerly] = keys(caller).flatMap((from) => keys(callee).map((to) => make(from, to)));
  return { name: name!, ...(formerly.length > 0 && { formerly }) };
}
