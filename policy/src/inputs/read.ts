/**
 * Guarded reading: every property by itself, so that an unknown one never hides a known-bad one.
 *
 * The policy SDK wraps the inputs in a proxy that throws `UnknownValueError` when an unknown value is read, and then
 * skips the rest of that validation (proxy.js, server.js of @pulumi/policy). Keys stay visible, which is how "left out"
 * is told from "not known yet". Raw inputs, as Pulumi's mocks hand them out, carry sentinels and secret envelopes
 * instead; both forms are read alike, so that one set of rules serves the CLI and the engine in process.
 */

export type Reading =
  | { readonly state: "known"; readonly value: unknown }
  /** Left out, `undefined` or `null`: the provider takes its default. */
  | { readonly state: "absent" }
  /** Present, its value not known at this preview; `at` is the outermost unknown property on the path. */
  | { readonly state: "unknown"; readonly at: string };

const ABSENT: Reading = { state: "absent" };

/** Pulumi's wire protocol for values not known at preview: sdk/go/common/resource/plugin/rpc.go, `Unknown…Value`. */
const UNKNOWN_SENTINELS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** The same protocol's envelope around secrets and output values: sdk/go/common/resource/properties.go. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

type Keys = readonly (string | number)[];

/** Reads `root` along `keys`; no unknown value throws. A step into something that has no properties is "absent". */
export function read(root: unknown, ...keys: Keys): Reading {
  let reading = unwrap(root, keys, 0);
  for (const [i, key] of keys.entries()) {
    if (reading.state !== "known") return reading;
    const holder = reading.value;
    reading = isObject(holder) && Object.hasOwn(holder, key) ? settle(holder, key, keys, i + 1) : ABSENT;
  }
  return reading;
}

/** `template` and `serviceAccount` -> `template.serviceAccount`; `members` and 2 -> `members[2]`. */
export function pathOf(parent: string, key: string | number): string {
  if (typeof key === "number") return `${parent}[${key}]`;
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${parent}["${key}"]`;
  return parent === "" ? key : `${parent}.${key}`;
}

/** The length of a list, 0 for anything else; the elements are read one by one, since each may be unknown. */
export function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

/** The provider turns text into booleans (https://pkg.go.dev/strconv#ParseBool); what is not clearly false is taken for true. */
export function isFalse(value: unknown): boolean {
  return value === false || (typeof value === "string" && /^(?:|0|f|false)$/i.test(value.trim()));
}

/** What a message may say of a value: its form, never its content, because it may be a secret. */
export function shapeOf(value: unknown): string {
  if (typeof value === "string") return value.trim() === "" ? "blank text" : `text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value === null ? "null" : `a value of type ${typeof value}`;
}

function settle(holder: Record<string | number, unknown>, key: string | number, keys: Keys, depth: number): Reading {
  let value: unknown;
  try {
    value = holder[key];
  } catch (error) {
    if (isUnknownValueError(error)) return unknown(keys, depth);
    throw error;
  }
  return unwrap(value, keys, depth);
}

function unwrap(value: unknown, keys: Keys, depth: number): Reading {
  if (value === undefined || value === null) return ABSENT;
  if (UNKNOWN_SENTINELS.has(value)) return unknown(keys, depth);
  if (isObject(value) && Object.hasOwn(value, SIGNATURE_KEY)) {
    const signature = value[SIGNATURE_KEY];
    if (signature === SECRET_SIGNATURE) return settle(value, "value", keys, depth);
    if (signature === OUTPUT_SIGNATURE) {
      return Object.hasOwn(value, "value") ? settle(value, "value", keys, depth) : unknown(keys, depth);
    }
  }
  return { state: "known", value };
}

/** The path is put together here only, for most values are known. */
function unknown(keys: Keys, depth: number): Reading {
  return { state: "unknown", at: keys.slice(0, depth).reduce<string>(pathOf, "") };
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}

/** By shape: the class belongs to whichever copy of the policy SDK serves the pack, and this module imports none. */
function isUnknownValueError(error: unknown): boolean {
  return error instanceof Error && "unknownTypeSentinel" in error;
}
