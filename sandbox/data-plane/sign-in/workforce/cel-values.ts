/** Values of the Common Expression Language, and what is done with them. */

export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** The expression was read, and has no value for this input: a name that is not there, an operation on the wrong type. */
export class NoValue extends Error {}

/** Called by `self.NAME(argument)`. */
export const METHODS: Readonly<Record<string, (self: Value, argument: Value | undefined) => Value>> = {
  startsWith: (self, argument) => textOf(self).startsWith(textOf(argument)),
  endsWith: (self, argument) => textOf(self).endsWith(textOf(argument)),
  contains: (self, argument) => textOf(self).includes(textOf(argument)),
  lowerAscii: (self) => textOf(self).replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  upperAscii: (self) => textOf(self).replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  size: (self) => (Array.isArray(self) ? self.length : textOf(self).length),
};

export function isSame(left: Value, right: Value): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

export function isIn(item: Value, container: Value): boolean {
  if (Array.isArray(container)) return container.some((one: Value) => isSame(one, item));
  if (typeof container === "object" && container !== null) return Object.hasOwn(container, textOf(item));
  throw new NoValue("in: neither a list nor a map");
}

export function fieldOf(self: Value, name: Value): Value {
  const key = typeof name === "number" ? String(name) : textOf(name);
  if (typeof self !== "object" || self === null || !Object.hasOwn(self, key)) throw new NoValue(`no such key: ${key}`);
  return (self as Readonly<Record<string, Value>>)[key]!;
}

export function textOf(value: Value | undefined): string {
  if (typeof value !== "string") throw new NoValue("not a string");
  return value;
}

export function truthOf(value: Value): boolean {
  if (typeof value !== "boolean") throw new NoValue("not a bool");
  return value;
}
