import type { z } from "zod";
import { meshConfig } from "../../mesh/spec/spec";

/** Every place of the config at which a value can stand, read from its schema. */

type Node = z.core.$ZodType;

/** What a value at a place may be, as JSON has it. */
export type Form = "choice" | "flag" | "list" | "map" | "number" | "text" | "whole number";

export interface ConfigPlace {
  /** `services.*.traffic[].tag`: `*` stands for a key that somebody chooses, `[]` for an entry of a list. */
  readonly path: string;
  readonly required: boolean;
  readonly forms: readonly Form[];
  /** What is asked of a value beyond its form. */
  readonly limits: readonly Limit[];
}

/** One limit of a schema. Keys that share it by construction share the object. */
export interface Limit {
  readonly schema: object;
  /** Code of the issue by which the schema library tells that a value is beyond it. */
  readonly code: z.core.$ZodIssue["code"];
}

const FORMS: Readonly<Record<string, Form>> = {
  array: "list",
  boolean: "flag",
  enum: "choice",
  number: "number",
  object: "map",
  record: "map",
  string: "text",
};

const CODES: Readonly<Record<string, Limit["code"]>> = {
  custom: "custom",
  greater_than: "too_small",
  less_than: "too_big",
  max_length: "too_big",
  min_length: "too_small",
  string_format: "invalid_format",
};

export const configPlaces: readonly ConfigPlace[] = below(meshConfig, "");

/** The place that a problem's path speaks of; keys of labels and annotations may hold dots themselves. */
export function placeOf(path: string): ConfigPlace | undefined {
  return configPlaces.find((place) => patternOf(place).test(path));
}

function patternOf({ path, forms }: ConfigPlace): RegExp {
  const escaped = path.replaceAll(".", "\\.").replaceAll("[]", "\\[\\d+\\]");
  const chosen = forms.includes("map") ? "[^.[]+" : ".+";
  return new RegExp(`^${escaped.replace(/\*$/, chosen).replaceAll(".*", ".[^.[]+")}$`);
}

function place(node: Node, path: string): ConfigPlace[] {
  const nodes = unwrap(node);
  const own = {
    path,
    required: node._zod.optin !== "optional",
    forms: nodes.map(formOf),
    limits: nodes.flatMap(limitsOf),
  };
  return [own, ...nodes.flatMap((one) => below(one, path))];
}

function below(node: Node, path: string): ConfigPlace[] {
  const { shape, keyType, valueType, element } = definition(node);
  const dot = path === "" ? "" : `${path}.`;
  return [
    ...Object.entries(shape ?? {}).flatMap(([key, value]) => place(value, `${dot}${key}`)),
    ...(valueType ? entry(valueType, `${path}.*`, keyLimits(keyType)) : []),
    ...(element ? entry(element, `${path}[]`) : []),
  ];
}

/** A map and a list may do without any one entry. */
function entry(node: Node, path: string, more: readonly Limit[] = []): ConfigPlace[] {
  const [own, ...rest] = place(node, path);
  return own ? [{ ...own, required: false, limits: [...more, ...own.limits] }, ...rest] : [];
}

/** What is asked of the keys that somebody chooses. */
function keyLimits(keyType: Node | undefined): Limit[] {
  return keyType ? limitsOf(keyType).map(({ schema }) => ({ schema, code: "invalid_key" })) : [];
}

function formOf(node: Node): Form {
  const { type, check } = definition(node);
  const form = check === "number_format" ? "whole number" : FORMS[type];
  if (form === undefined) throw new Error(`the config's keys cannot be walked past a schema of type "${type}"`);
  return form;
}

function limitsOf(node: Node): Limit[] {
  const { type, checks = [] } = definition(node);
  const limits = checks.map((schema): Limit => {
    const { check } = schema._zod.def;
    const code = CODES[check];
    if (code === undefined) throw new Error(`a limit of kind "${check}" is told by no code that is known here`);
    return { schema, code };
  });
  return type === "enum" ? [{ schema: node, code: "invalid_value" }, ...limits] : limits;
}

/** What a schema says of itself, whichever kind it is of. */
interface Definition {
  readonly type: string;
  readonly check?: string;
  readonly checks?: readonly z.core.$ZodCheck[];
  readonly innerType?: Node;
  readonly options?: readonly Node[];
  readonly shape?: Readonly<Record<string, Node>>;
  readonly keyType?: Node;
  readonly valueType?: Node;
  readonly element?: Node;
}

function definition(node: Node): Definition {
  return node._zod.def as Definition;
}

/** The forms a value may have, without the wrappers that say optional. */
function unwrap(node: Node): Node[] {
  const { innerType, options } = definition(node);
  if (innerType) return unwrap(innerType);
  return options ? options.flatMap(unwrap) : [node];
}
