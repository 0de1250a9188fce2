import type { z } from "zod";
import { formatPath, nearest } from "../problems";
import { allowedKeys, meantForm } from "./schema-problems";
import { type MeshConfig, meshConfig } from "./spec";

type Path = readonly PropertyKey[];

/** What is left of a config without what the schema did not understand: the rest is judged all the same. */
export interface Salvaged {
  /** Sound, but for empty values where a needed one was not understood. */
  readonly config: MeshConfig;
  /** Paths of what was not understood. A problem that comes of its absence may be none. */
  readonly lost: readonly string[];
  /** Path in the config as written; a list of what is left may be shorter. */
  readonly asWritten: (path: string) => string;
}

/** Stands for what is needed and was not understood, by what the schema expects. */
const EMPTY: Readonly<Record<string, () => unknown>> = {
  string: () => "",
  array: () => [],
  record: () => ({}),
  object: () => ({}),
};

export function salvage(written: Readonly<Record<string, unknown>>): Salvaged {
  const config = JSON.parse(JSON.stringify(written)) as Record<string, unknown>;
  const lost: string[] = [];
  /** By list: the places that its entries had. */
  const lists = new Map<string, number[]>();
  const asWritten = (path: string) =>
    path.replace(/^([^[]*)\[(\d+)\]/, (_, list: string, i: string) => `${list}[${lists.get(list)?.[Number(i)] ?? i}]`);
  const lose = (path: Path) => {
    lost.push(asWritten(formatPath(path)));
    const [parent, last] = [valueAt(config, path.slice(0, -1)), path.at(-1)!];
    if (!Array.isArray(parent)) return delete (parent as Record<PropertyKey, unknown>)[last];
    const list = formatPath(path.slice(0, -1));
    if (!lists.has(list)) lists.set(list, [...parent.keys()]);
    lists.get(list)?.splice(Number(last), 1);
    return parent.splice(Number(last), 1);
  };
  for (;;) {
    const issues = flat(meshConfig.safeParse(config).error?.issues ?? []);
    const wrong = issues.filter(({ path }) => valueAt(config, path) !== undefined);
    // Taking values away leaves needed ones missing; nothing else is wrong with what is left then.
    if (wrong.length === 0) {
      for (const { path, expected = "" } of issues) {
        lost.push(asWritten(formatPath(path)));
        (valueAt(config, path.slice(0, -1)) as Record<PropertyKey, unknown>)[path.at(-1)!] = EMPTY[expected]?.();
      }
      return { config: config as unknown as MeshConfig, lost, asWritten };
    }
    for (const { path } of wrong.toSorted(innerAndLaterFirst)) {
      const meant = meantKey(config, path);
      if (meant && valueAt(config, meant) === undefined) lost.push(asWritten(formatPath(meant)));
      lose(path);
    }
  }
}

/** The key that a misspelt one stands for: it is not absent, it was not understood. */
function meantKey(config: unknown, path: Path): Path | undefined {
  const [parent, key] = [path.slice(0, -1), String(path.at(-1))];
  const allowed = allowedKeys(meshConfig, parent, valueAt(config, parent));
  const meant = allowed.length === 0 || allowed.includes(key) ? undefined : nearest(key, allowed);
  return meant === undefined ? undefined : [...parent, meant];
}

interface Found {
  readonly path: Path;
  /** Type of what is missing. */
  readonly expected?: string;
}

/** Each place once: several limits may be exceeded by one value. */
function flat(issues: readonly z.core.$ZodIssue[]): Found[] {
  const all = issues.flatMap((issue): Found[] => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ path: [...issue.path, key] }));
    if (issue.code === "invalid_type") return [issue];
    const meant = issue.code === "invalid_union" ? meantForm(issue) : undefined;
    if (!meant) return [{ path: issue.path }];
    return flat(meant).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
  return [...new Map(all.map((found) => [formatPath(found.path), found])).values()];
}

/** So that taking one away moves no other that is still to be taken. */
function innerAndLaterFirst(a: Found, b: Found): number {
  return b.path.length - a.path.length || Number(b.path.at(-1)) - Number(a.path.at(-1)) || 0;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}
