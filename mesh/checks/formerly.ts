import type { Problem } from "../problems";

/** Everything with a key, by its path in the config: `services.web`, `developers.laptop`. */
type Keyed = Readonly<Record<string, { readonly key: string; readonly formerly?: string | undefined }>>;

/** An old key is of nothing else: what a stack holds under it can be taken over by one node alone. */
export function checkFormerly(keyed: Keyed): Problem[] {
  const paths = new Map(Object.entries(keyed).map(([path, { key }]) => [key, path]));
  const owners = new Map<string, string>();
  return Object.entries(keyed).flatMap(([path, { key, formerly }]) => {
    if (formerly === undefined) return [];
    const told = (message: string) => [{ path: `${path}.formerly`, message }];
    if (formerly === key) return told(`"${formerly}" is its own key; write the old one, or remove it`);
    const holder = paths.get(formerly);
    if (holder !== undefined) return told(`"${formerly}" is still the key of ${holder}; rename or remove that first`);
    const owner = owners.get(formerly);
    if (owner !== undefined)
      return told(`"${formerly}" is also the old key of ${owner}; one of them alone can go on with what it names`);
    owners.set(formerly, path);
    return [];
  });
}

/** Those whose name can be compared with others': what says `formerly` wrongly took it from there. */
export function undisputed<T>(nodes: Readonly<Record<string, T>>, problems: readonly Problem[]): Record<string, T> {
  const disputed = new Set(problems.map(({ path }) => path));
  return Object.fromEntries(Object.entries(nodes).filter(([path]) => !disputed.has(`${path}.formerly`)));
}
