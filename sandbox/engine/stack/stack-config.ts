/**
 * Reads Pulumi.yaml and Pulumi.<stack>.yaml into what the engine hands to a program: one text per key. Pulumi's YAML
 * parser is Go's, and what it makes of an unquoted date, `yes` or `010` differs from what a JavaScript parser makes of
 * it. A program has to meet the same values in every engine, so those rules are followed here.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument, type ScalarTag } from "yaml";
import type { StackConfig } from "../engine";
import { EngineError, messageOf } from "../errors";
import { encryptedIn } from "./encrypted";
import { withFullSources } from "./source-folders";

export interface ProjectConfig {
  readonly project: string;
  readonly stack: string;
  /** The file the config was read from. */
  readonly file: string;
  readonly config: StackConfig;
}

/** Reads the config of one stack of the project in `folder`. Throws `stack-config` with the path and the fix. */
export function readStackConfig(folder: string, stack: string): ProjectConfig {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  return readStackConfigFile(folder, file, `stacks here: ${stacksIn(folder).join(", ") || "none"}`);
}

/** Reads a stack config that may have any name; the stack is called after it: `examples/web.yaml` is the stack `web`. */
export function readStackConfigFile(folder: string, file: string, hint = "name a stack config"): ProjectConfig {
  const projectFile = path.join(folder, "Pulumi.yaml");
  const project = readMap(projectFile, "a Pulumi project has one");
  if (typeof project.name !== "string") throw invalid(projectFile, 'expected a "name"');
  const settings = readMap(file, hint);
  const config: Record<string, string> = {};
  const set = (name: string, value: unknown, from: string) => {
    const key = qualified(name, project.name as string);
    config[key] = withFullSources(key, text(value), path.dirname(path.resolve(from)));
  };
  const declarations = asMap(project.config ?? {}, projectFile, "config");
  refuseEncrypted(declarations, projectFile);
  for (const [key, declared] of Object.entries(declarations)) {
    const value = isMap(declared) ? (declared.value ?? declared.default) : declared;
    if (value !== undefined) set(key, value, projectFile);
  }
  const written = asMap(settings.config ?? {}, file, "config");
  refuseEncrypted(written, file);
  for (const [key, value] of Object.entries(written)) set(key, value, file);
  const stack = path
    .basename(file)
    .replace(/^Pulumi\./, "")
    .replace(/\.ya?ml$/, "");
  return { project: project.name, stack, file, config };
}

/** Names of the stacks that have a config file in `folder`. */
export function stacksIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const matches = readdirSync(folder).map((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1]);
  return matches.filter((name) => name !== undefined).sort();
}

/** A key without a namespace belongs to the project. */
function qualified(key: string, project: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function refuseEncrypted(config: Readonly<Record<string, unknown>>, file: string): void {
  const found = Object.entries(config).flatMap(([key, value]) => encryptedIn(value, key));
  if (found.length === 0) return;
  const names = found.map((one) => `"${one}"`).join(", ");
  throw invalid(
    file,
    `${names} ${found.length === 1 ? "is" : "are"} encrypted, and the key to that is not used outside of Pulumi's own runs; ` +
      "write a plain value into a stack config of the sandbox's own",
  );
}

function readMap(file: string, hint: string): Record<string, unknown> {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw invalid(file, messageOf(error));
    throw new EngineError("stack-config", `no such file "${file}"; ${hint}`);
  }
  const document = parseDocument(source, { customTags: (tags) => [...GO_SCALARS, ...tags] });
  const problem = document.errors[0];
  if (problem) throw invalid(file, problem.message);
  try {
    return asMap(document.toJS() ?? {}, file, "the file");
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw invalid(file, "an alias without its anchor; put a text that begins with * into quotes");
  }
}

function asMap(value: unknown, file: string, what: string): Record<string, unknown> {
  if (isMap(value)) return value;
  throw invalid(file, `expected ${what} to be a map, got ${Array.isArray(value) ? "a list" : typeof value}`);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(file: string, problem: string): EngineError {
  return new EngineError("stack-config", `invalid "${file}": ${problem.split("\n")[0]?.replace(/:$/, "")}`);
}

/** Go's parser reads a timestamp and Pulumi prints it; leading zeros are octal; underscores group digits. */
const GO_SCALARS: ScalarTag[] = [
  {
    tag: "tag:yaml.org,2002:timestamp",
    default: true,
    test: /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]| +)(\d\d?):(\d\d?):(\d\d?)(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/,
    resolve: printedByGo,
  },
  {
    tag: "tag:yaml.org,2002:int",
    default: true,
    test: /^[-+]?0[0-7_]+$/,
    resolve: (digits) => Number.parseInt(digits.replaceAll("_", ""), 8),
  },
  {
    tag: "tag:yaml.org,2002:int",
    default: true,
    test: /^[-+]?[1-9]\d*_[\d_]*$/,
    resolve: (digits) => Number(digits.replaceAll("_", "")),
  },
];

/** `2027-03-31` becomes `2027-03-31 00:00:00 +0000 UTC`: the day, the time, the offset and the name of the zone. */
function printedByGo(source: string): string {
  const match = /^(\d+)-(\d+)-(\d+)(?:([Tt]| +)(\d+):(\d+):(\d+)(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/.exec(source);
  const [, year, month, day, separator, hour, minute, second, fraction = "", zone = ""] = match ?? [];
  const withZone = separator?.toLowerCase() === "t";
  // Not a form that Go reads as a time: a zone comes with a "T", and only with it.
  if (separator !== undefined && withZone !== (zone !== "")) return source;
  const two = (digits = "0") => digits.padStart(2, "0");
  const offset = zone === "" || zone === "Z" ? "+0000 UTC" : `${zone.replace(":", "")} ${zone.replace(":", "")}`;
  const time = `${two(hour)}:${two(minute)}:${two(second)}${fraction.replace(/\.?0+$/, "")}`;
  return `${year}-${two(month)}-${two(day)} ${time} ${offset}`;
}
