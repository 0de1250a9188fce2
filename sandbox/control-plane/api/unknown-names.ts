import { isObject, type Properties, type PropertyValue, plain } from "../properties";
import { BODIES, type RequestBody } from "./bodies";

import google = require("./messages.json");

/** A field of a message: whether it holds a list, and the message that it is. */
interface Field {
  readonly list: boolean;
  readonly message?: string;
}

/** A name that a request would carry and that Google's API does not know. */
export interface UnknownName {
  readonly name: string;
  /** Where it stands in the body, as Google spells it: `template.containers[0].readiness_probe`; empty at the top. */
  readonly at: string;
}

const MESSAGES: ReadonlyMap<string, ReadonlyMap<string, Field>> = new Map(
  Object.entries(google.messages).map(([name, fields]) => {
    const api = name.slice(0, name.indexOf("/"));
    const parsed = fields.split(" ").map((field): [string, Field] => {
      const [spelled = "", message] = field.split(":");
      return [
        spelled.replace("[]", ""),
        { list: spelled.endsWith("[]"), ...(message && { message: `${api}/${message}` }) },
      ];
    });
    return [name, new Map(parsed)];
  }),
);

/** The names in a resource's arguments that no field of its request has. Throws for a type that has no row in `BODIES`. */
export function unknownNames(type: string, inputs: Properties): UnknownName[] {
  const body = BODIES[type];
  if (!body) throw new Error(`${type} has no row in BODIES`);
  const { message, inUrl = [], ofProvider = [], elsewhere = {} } = body;
  const sent = Object.entries(plain(inputs)).filter(([key]) => !inUrl.includes(key) && !ofProvider.includes(key));
  const moved = sent.filter(([key]) => elsewhere[key] !== undefined);
  return [
    ...moved.flatMap(([key]) => unknownPath(body, elsewhere[key] ?? "")),
    ...unknownIn(message, Object.fromEntries(sent.filter(([key]) => elsewhere[key] === undefined)), ""),
  ];
}

function unknownIn(message: string | undefined, value: PropertyValue, at: string): UnknownName[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const [name, field] = fieldOf(message, key);
    if (!field) return [{ name: key, at }];
    if (field.message === undefined) return [];
    const place = [at, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)].filter(Boolean).join(".");
    if (Array.isArray(inner)) return inner.flatMap((one, i) => unknownIn(field.message, one, `${place}[${i}]`));
    return unknownIn(field.message, inner, field.list ? `${place}[0]` : place);
  });
}

/**
 * Lists have names in the plural in Pulumi, and Google's own in the API: `envs` and `env`. One that may hold a single
 * value is no list in Pulumi. Source: `TerraformToPulumiNameV2` in pulumi-terraform-bridge.
 */
function fieldOf(message: string | undefined, key: string): [string, Field | undefined] {
  const fields = message === undefined ? undefined : MESSAGES.get(message);
  const found = fields?.get(key);
  if (found) return [key, found];
  const singular = key.replace(/s$/, "");
  const list = fields?.get(singular);
  return list?.list ? [singular, list] : [key, undefined];
}

function unknownPath({ message }: RequestBody, path: string): UnknownName[] {
  const steps = path.split(".");
  const inner = steps.reduceRight<PropertyValue>((value, step) => ({ [step]: value }), {});
  return unknownIn(message, inner, "");
}
