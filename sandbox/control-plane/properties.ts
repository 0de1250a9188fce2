/** A value that the engine does not know before the update runs. There is one instance: `UNKNOWN`. */
export class Unknown {
  static readonly instance = new Unknown();
  /** Tells the class apart from every other object. */
  readonly #nothing = undefined;
  private constructor() {}

  /** As the engine writes it in messages. */
  toString(): string {
    return String(this.#nothing ?? "output<string>");
  }
}

/** Stands for every value that is not known before the update. */
export const UNKNOWN: Unknown = Unknown.instance;

/** A property: plain JSON with secrets unwrapped, or `UNKNOWN`. */
export type PropertyValue = null | boolean | number | string | Unknown | PropertyValue[] | Properties;

/** The inputs or the state of a resource. Values handed out by the control plane are to be read, not written. */
export interface Properties {
  [key: string]: PropertyValue;
}

/** Where the bridge notes which inputs it filled in itself (automatic names). Not part of the state. */
export const DEFAULTS_KEY = "__defaults";

export function isUnknown(value: unknown): value is Unknown {
  return value instanceof Unknown;
}

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isUnknown(value);
}

/** True when the value is, or holds somewhere inside, a value that is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) && Object.values(value).some(containsUnknown);
}

/** What lies at a path, `undefined` where a step is missing. */
export function at(value: unknown, ...path: (string | number)[]): PropertyValue | undefined {
  let current: unknown = value;
  for (const step of path) {
    if (isUnknown(current) || typeof current !== "object" || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current as PropertyValue | undefined;
}

export function textAt(value: unknown, ...path: (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

export function numberAt(value: unknown, ...path: (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function listAt(value: unknown, ...path: (string | number)[]): PropertyValue[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function objectAt(value: unknown, ...path: (string | number)[]): Properties {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

/** Equal as Google sees it: a property that is null is a property that is left out. Unknown equals nothing. */
export function equal(left: unknown, right: unknown): boolean {
  if (isUnknown(left) || isUnknown(right)) return false;
  if (left === right) return true;
  if (left === null || left === undefined) return right === null || right === undefined;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => equal(item, right[i]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => equal(left[key], right[key]));
}

/** The same properties without the bridge's own key and without what is left out. */
export function plain(properties: Properties): Properties {
  const result: Properties = {};
  for (const [key, value] of Object.entries(properties)) {
    if (key !== DEFAULTS_KEY && value !== undefined && value !== null) result[key] = value;
  }
  return result;
}
