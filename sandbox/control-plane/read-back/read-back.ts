import { at, isObject, type Properties, type PropertyValue } from "../properties";

/**
 * What the provider keeps of one argument after it has read the resource, which it does at the end of every create and
 * update and on every refresh. The next update is compared with this and not with what was sent.
 */
export interface ReadBack {
  /** What the state holds, from what was sent and from the other arguments of the resource. @default - what was sent */
  readonly as?: (sent: string, inputs: Properties) => string;
  /** Differences that the provider suppresses, between what it read and what the program says. @default - none */
  readonly suppresses?: (read: string, said: string) => boolean;
}

/** Arguments that are not read back as they were sent, by their path: `project`, `subnet.name`, `networks[].networkUrl`. */
export type ReadBackArguments = Readonly<Record<string, ReadBack>>;

/** The arguments as they are after the provider has read the resource. Whatever is in no row stays. */
export function readBack(rows: ReadBackArguments, inputs: Properties): Properties {
  let result = inputs;
  for (const [path, { as }] of Object.entries(rows)) {
    if (as) result = rewritten(result, path.split("."), (sent) => as(sent, inputs)) as Properties;
  }
  return result;
}

/** What the program had said, with what was read in its place: what a refresh makes of the inputs. */
export function inputsRead(rows: ReadBackArguments, inputs: Properties, state: Properties): Properties {
  let result = inputs;
  for (const path of Object.keys(rows)) {
    result = rewritten(result, path.split("."), (sent, ...steps) => {
      const read = at(state, ...steps);
      return typeof read === "string" ? read : sent;
    }) as Properties;
  }
  return result;
}

/** The row of a property by its path with positions: `networks[0].networkUrl`. */
export function rowAt(rows: ReadBackArguments, path: string): ReadBack | undefined {
  return rows[path.replace(/\[\d+\]/g, "[]")];
}

type Rewrite = (sent: string, ...at: (string | number)[]) => string;

function rewritten(
  value: PropertyValue | undefined,
  [step, ...rest]: readonly string[],
  rewrite: Rewrite,
  ...place: (string | number)[]
): PropertyValue | undefined {
  if (step === undefined) return typeof value === "string" ? rewrite(value, ...place) : value;
  if (!isObject(value)) return value;
  const key = step.replace(/\[\]$/, "");
  const inner = value[key];
  if (inner === undefined) return value;
  if (key === step) return { ...value, [key]: rewritten(inner, rest, rewrite, ...place, key) ?? null };
  if (!Array.isArray(inner)) return value;
  return { ...value, [key]: inner.map((one, i) => rewritten(one, rest, rewrite, ...place, key, i) ?? null) };
}
