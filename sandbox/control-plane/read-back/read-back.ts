import { at, equal, isObject, type Properties, type PropertyValue } from "../properties";

/**
 * What the provider keeps of one argument after it has read the resource, which it does at the end of every create and
 * update and on every refresh. The next update is compared with this and not with what was sent.
 */
export interface ReadBack {
  /**
   * What the state holds, from what was sent and from the other arguments of the resource; `null` where Google leaves
   * it out. @default - what was sent
   */
  readonly as?: (sent: PropertyValue, inputs: Properties) => PropertyValue;
  /** Differences that the provider suppresses, between what it read and what the program says. @default - none */
  readonly suppresses?: (read: string, said: string) => boolean;
  /** Whether it stays what it is where the program says nothing, whatever the provider is configured with. @default false */
  readonly computed?: boolean;
  /** Whether a list is a set to the provider: the order of what is in it is no difference. @default false */
  readonly unordered?: boolean;
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
  for (const [path, { as }] of Object.entries(rows)) {
    if (as) result = rewritten(result, path.split("."), (_sent, ...steps) => at(state, ...steps) ?? null) as Properties;
  }
  return result;
}

/** Whether the provider takes what it read and what the program says for the same. */
export function isSuppressed(rows: ReadBackArguments, path: string, read: unknown, said: unknown): boolean {
  const row = rows[path.replace(/\[\d+\]/g, "[]")];
  if (typeof read === "string" && typeof said === "string") return row?.suppresses?.(read, said) === true;
  return row?.unordered === true && Array.isArray(read) && Array.isArray(said) && sameMembers(read, said);
}

function sameMembers(read: readonly unknown[], said: readonly unknown[]): boolean {
  const left = [...said];
  for (const one of read) {
    const index = left.findIndex((other) => equal(one, other));
    if (index < 0) return false;
    left.splice(index, 1);
  }
  return left.length === 0;
}

type Rewrite = (sent: PropertyValue, ...at: (string | number)[]) => PropertyValue;

function rewritten(
  value: PropertyValue,
  [step, ...rest]: readonly string[],
  rewrite: Rewrite,
  ...place: (string | number)[]
): PropertyValue {
  if (step === undefined) return rewrite(value, ...place);
  if (!isObject(value)) return value;
  const key = step.replace(/\[\]$/, "");
  const inner = value[key];
  if (inner === undefined || inner === null) return value;
  if (key !== step) {
    if (!Array.isArray(inner)) return value;
    return { ...value, [key]: inner.map((one, i) => rewritten(one, rest, rewrite, ...place, key, i)) };
  }
  const { [key]: _, ...others } = value;
  const read = rewritten(inner, rest, rewrite, ...place, key);
  return read === null ? others : { ...others, [key]: read };
}
