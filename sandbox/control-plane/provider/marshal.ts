import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isObject, isUnknown, type Properties, type PropertyValue, UNKNOWN } from "../properties";

/**
 * Property values on the wire: plain protobuf structs in which secrets, outputs and unknown values have signatures.
 * Source: `sdk/go/common/resource/properties.go` and `sdk/go/common/resource/plugin/rpc.go` in pulumi/pulumi.
 */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS: ReadonlySet<string> = new Set([
  UNKNOWN_TEXT,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Where secrets are: `true` for the whole value, or by key and index. */
export type Secrets = true | Map<string, Secrets>;

export interface Unmarshalled {
  properties: Properties;
  secrets: Map<string, Secrets>;
}

/** Reads a struct: secrets unwrapped and noted by their place, unknown values as `UNKNOWN`. */
export function unmarshal(struct: Struct | undefined): Unmarshalled {
  const secrets = new Map<string, Secrets>();
  const properties: Properties = {};
  for (const [key, value] of Object.entries(struct?.toJavaScript() ?? {})) {
    const [read, secret] = unwrap(value);
    properties[key] = read;
    if (secret !== undefined) secrets.set(key, secret);
  }
  return { properties, secrets };
}

/** Writes a struct, with secrets where the inputs had them and in the properties that are always secret. */
export function marshal(
  properties: Properties,
  secrets: ReadonlyMap<string, Secrets> = new Map(),
  alwaysSecret: readonly string[] = [],
): Struct {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    plain[key] = wrap(value, alwaysSecret.includes(key) ? true : secrets.get(key));
  }
  return Struct.fromJavaScript(plain as never);
}

function unwrap(value: unknown): [PropertyValue, Secrets | undefined] {
  if (typeof value === "string") return [UNKNOWNS.has(value) ? UNKNOWN : value, undefined];
  if (Array.isArray(value))
    return unwrapAll(
      value.map((item, index) => [String(index), item]),
      true,
    );
  if (typeof value !== "object" || value === null) return [value as PropertyValue, undefined];
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET) return [unwrap(object["value"])[0], true];
  if (object[SIGNATURE] === OUTPUT) {
    const [read, inner] = "value" in object ? unwrap(object["value"]) : ([UNKNOWN, undefined] as const);
    return [read, object["secret"] === true ? true : inner];
  }
  return unwrapAll(Object.entries(object), false);
}

function unwrapAll(entries: [string, unknown][], asList: boolean): [PropertyValue, Secrets | undefined] {
  const secrets = new Map<string, Secrets>();
  const read: [string, PropertyValue][] = entries.map(([key, item]) => {
    const [value, secret] = unwrap(item);
    if (secret !== undefined) secrets.set(key, secret);
    return [key, value];
  });
  const value = asList ? read.map(([, item]) => item) : Object.fromEntries(read);
  return [value, secrets.size > 0 ? secrets : undefined];
}

function wrap(value: PropertyValue, secrets: Secrets | undefined): unknown {
  if (secrets === true) return { [SIGNATURE]: SECRET, value: wrap(value, undefined) };
  if (isUnknown(value)) return UNKNOWN_TEXT;
  if (Array.isArray(value)) return value.map((item, index) => wrap(item, secrets?.get(String(index))));
  if (!isObject(value)) return value;
  const object: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) object[key] = wrap(item, secrets?.get(key));
  }
  return object;
}
