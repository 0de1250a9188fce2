import type { z } from "zod";
import { didYouMean, formatPath, type Problem } from "../problems";

/** Turns what the schema library found into problems for people: path, got, allowed, nearest name. */

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

export function schemaProblems(schema: z.ZodType, input: unknown, issues: readonly Issue[]): Problem[] {
  return ofTheRightType(issues).flatMap((issue) => explain({ schema, input }, issue, issue.path));
}

const BOUNDS: ReadonlySet<Issue["code"]> = new Set(["too_big", "too_small"]);

/** Without what the library finds too short or too long besides being of the wrong type. */
function ofTheRightType(issues: readonly Issue[]): Issue[] {
  const mistyped = new Set(issues.filter(({ code }) => code === "invalid_type").map(({ path }) => formatPath(path)));
  return issues.filter(({ code, path }) => !BOUNDS.has(code) || !mistyped.has(formatPath(path)));
}

interface Subject {
  readonly schema: z.ZodType;
  readonly input: unknown;
}

function explain(subject: Subject, issue: Issue, path: Path): Problem[] {
  const at = formatPath(path) || "config";
  const got = valueAt(subject.input, path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = allowedKeys(subject.schema, path, got);
      return issue.keys.map((key) => ({
        path: formatPath([...path, key]),
        message: `unknown key "${key}"${didYouMean(key, allowed) || `; allowed are ${allowed.join(", ")}`}`,
      }));
    }
    case "invalid_key":
      return [{ path: at, message: `key "${String(path.at(-1))}" ${issue.issues.map((i) => i.message).join(", ")}` }];
    case "invalid_union":
      return explainUnion(subject, issue, path);
    case "invalid_type":
      if (got === undefined) return [{ path: at, message: `is missing; ${expected(issue.expected)} is needed` }];
      return [
        {
          path: at,
          message: `got ${show(got, path)}, expected ${expected(issue.expected)}${quotes(got, issue.expected)}`,
        },
      ];
    case "invalid_value": {
      const values = issue.values.map(String);
      const near = typeof got === "string" ? didYouMean(got, values) : "";
      return [{ path: at, message: `got ${show(got, path)}, expected ${listed(values.map((v) => `"${v}"`))}${near}` }];
    }
    case "too_small":
      if (Array.isArray(got) && got.length === 0) return [{ path: at, message: "is empty; list at least one entry" }];
      if (got === "") return [{ path: at, message: "is empty; write at least one character, or remove it" }];
      return [{ path: at, message: `got ${show(got, path)}, expected ${bound(issue)}` }];
    case "too_big":
      return [{ path: at, message: `got ${show(got, path)}, expected ${bound(issue)}` }];
    default:
      return [{ path: at, message: `got ${show(got, path)}, ${issue.message}` }];
  }
}

/** Several forms are allowed: speaks of the one that was meant, or names them all. */
function explainUnion(subject: Subject, issue: Issue & { code: "invalid_union" }, path: Path): Problem[] {
  const meant = meantForm(issue);
  if (meant) return meant.flatMap((inner) => explain(subject, inner, [...path, ...inner.path]));
  const forms = issue.errors.flatMap((issues) =>
    issues.filter(isWrongForm).flatMap((inner) => {
      if (inner.code === "invalid_value") return inner.values.map((value) => `"${String(value)}"`);
      return inner.code === "invalid_type" ? [expected(inner.expected)] : [];
    }),
  );
  const got = valueAt(subject.input, path);
  const near =
    typeof got === "string"
      ? didYouMean(
          got,
          forms.filter((f) => f.startsWith('"')).map((f) => f.slice(1, -1)),
        )
      : "";
  if (issue.message !== "Invalid input")
    return [{ path: formatPath(path), message: `got ${show(got, path)}, expected ${issue.message}${near}` }];
  const flags = forms.includes("true or false") ? ['"true"', '"false"'] : [];
  const objectKeys = forms.includes("a map") ? allowedKeys(subject.schema, path, {}) : [];
  const named = forms
    .filter((form) => !flags.includes(form))
    .map((form) => (form === "a map" && objectKeys.length > 0 ? `{ ${objectKeys.join(", ")} }` : form));
  return [{ path: formatPath(path), message: `got ${show(got, path)}, expected ${listed(named)}${near}` }];
}

/** What is wrong within the form that was meant, where several are allowed. */
export function meantForm({ errors }: Issue & { code: "invalid_union" }): readonly Issue[] | undefined {
  return errors.find((issues) => !issues.some(isWrongForm));
}

function isWrongForm(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function expected(type: string): string {
  const words: Record<string, string> = {
    object: "a map",
    record: "a map",
    array: "a list",
    string: "text",
    int: "a whole number",
    number: "a number",
    boolean: "true or false",
  };
  return words[type] ?? type;
}

/** YAML takes a number in quotes for text, and text that looks like a number for one. */
function quotes(got: unknown, type: string): string {
  const number = type === "number" || type === "int";
  if (type === "string" && ["number", "boolean"].includes(typeof got)) return "; write it in quotes";
  if (typeof got !== "string") return "";
  const meant = number ? got.trim() !== "" && Number.isFinite(Number(got)) : type === "boolean" && isFlag(got);
  return meant ? "; write it without quotes" : "";
}

function isFlag(text: string): boolean {
  return text === "true" || text === "false";
}

function bound(issue: Issue & { code: "too_big" | "too_small" }): string {
  const { inclusive = true, origin } = issue;
  const unit = origin === "string" ? " characters" : origin === "array" ? " entries" : "";
  if (issue.code === "too_small") return `${inclusive ? "at least" : "more than"} ${issue.minimum}${unit}`;
  return `${inclusive ? "at most" : "less than"} ${issue.maximum}${unit}`;
}

function listed(options: readonly string[]): string {
  return options.length < 2 ? (options[0] ?? "") : `${options.slice(0, -1).join(", ")} or ${options.at(-1)}`;
}

/** Where secrets are put that belong into Secret Manager. */
const MAY_HOLD_SECRETS = ["env", "args", "command"];

/** What was written, shortened; what may be a secret stays unprinted. */
function show(value: unknown, path: Path): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (path.some((segment) => MAY_HOLD_SECRETS.includes(String(segment)))) return `a ${typeof value}`;
  const text = String(value);
  const short = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return typeof value === "string" ? `"${short}"` : short;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const segment of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[segment];
  }
  return value;
}

/** Keys that the schema allows in the map at a path. */
export function allowedKeys(schema: z.ZodType, path: Path, got: unknown): string[] {
  let nodes: z.core.$ZodType[] = unwrap(schema);
  for (const segment of path) nodes = nodes.flatMap((node) => child(node, segment));
  const shapes = nodes.flatMap((node) => (isObject(node) ? [Object.keys(node._zod.def.shape)] : []));
  const present = new Set(Object.keys((got as object) ?? {}));
  shapes.sort((a, b) => b.filter((k) => present.has(k)).length - a.filter((k) => present.has(k)).length);
  return shapes[0] ?? [];
}

function child(node: z.core.$ZodType, segment: PropertyKey): z.core.$ZodType[] {
  const def = node._zod.def as z.core.$ZodTypeDef & { valueType?: z.core.$ZodType; element?: z.core.$ZodType };
  if (isObject(node)) return unwrap(node._zod.def.shape[String(segment)]);
  return unwrap(def.valueType ?? def.element);
}

function isObject(node: z.core.$ZodType): node is z.core.$ZodObject {
  return node._zod.def.type === "object";
}

/** The forms a value may have, without the wrappers that say optional. */
function unwrap(node: z.core.$ZodType | undefined): z.core.$ZodType[] {
  if (!node) return [];
  const def = node._zod.def as z.core.$ZodTypeDef & {
    innerType?: z.core.$ZodType;
    options?: readonly z.core.$ZodType[];
  };
  if (def.innerType) return unwrap(def.innerType);
  return def.options ? def.options.flatMap(unwrap) : [node];
}
