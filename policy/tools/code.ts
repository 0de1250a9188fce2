/** Writes an example's resources as the Pulumi program that declares them. */
import type { Props, StackExample } from "../src/rule";
import { secret, UNKNOWN } from "../src/rules/given.examples";

type Declared = Pick<StackExample["resources"][number], "type" | "name" | "props">;

export function programOf(resources: readonly Declared[]): string {
  return resources.map(({ type, name, props }) => `new ${classOf(type)}("${name}", ${literal(props, "")});`).join("\n");
}

/** What is not known at preview has no text that a program could say. */
export function isWritable(resources: readonly Declared[]): boolean {
  const text = JSON.stringify(resources);
  return !text.includes(UNKNOWN) && !resources.some((resource) => "sources" in resource);
}

/** `gcp:cloudrunv2/service:Service` -> `gcp.cloudrunv2.Service`, `google-native:run/v2:Job` -> `googleNative.run.v2.Job`. */
function classOf(token: string): string {
  const [, pkg = "", module = "", part = "", name = ""] = /^([^:]+):([^/:]+)(?:\/([^:]+))?:(.+)$/.exec(token) ?? [];
  const version = part.toLowerCase() === name.toLowerCase() ? "" : part;
  return [camel(pkg), module === "index" ? "" : module, version, name].filter((word) => word !== "").join(".");
}

const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** How long a line may be before it is broken. */
const MAX_CHARACTERS = 100;

function literal(value: unknown, indent: string): string {
  if (isSecret(value)) return `pulumi.secret(${literal(value.value, indent)})`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{ ", " }"];
  const parts = Array.isArray(value)
    ? value.map((element) => literal(element, deeper))
    : Object.entries(value as Props)
        .filter(([, part]) => part !== undefined)
        .map(([key, part]) => `${keyOf(key)}: ${literal(part, deeper)}`);
  if (parts.length === 0) return `${open}${close}`.replaceAll(" ", "");
  const line = `${open}${parts.join(", ")}${close}`;
  if (!line.includes("\n") && indent.length + line.length <= MAX_CHARACTERS) return line;
  return `${open.trim()}\n${parts.map((part) => `${deeper}${part},\n`).join("")}${indent}${close.trim()}`;
}

const keyOf = (key: string) => (/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key));

const [SIGNATURE] = Object.keys(secret(""));

function isSecret(value: unknown): value is { readonly value: unknown } {
  return typeof value === "object" && value !== null && SIGNATURE !== undefined && SIGNATURE in value;
}
