/** Generates what the config's one schema can tell: the JSON Schema for editors and the reference table for people. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { meshConfig } from "../mesh/spec/spec";
import { permissionsReference } from "./permissions-reference";
import { replaceFile } from "./replace-file";

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: JsonSchema | false;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

const mesh = z.toJSONSchema(meshConfig, { io: "input" }) as JsonSchema;

/** The whole stack file as editors see it; other programs' keys may stand beside ours. */
function stackSchema(): object {
  const keys = Object.entries(mesh.properties ?? {}).map(([key, value]) => [`cloud-run-mesh:${key}`, value]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Stack config of cloud-run-mesh",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          "gcp:project": { type: "string", description: "Id of the Google Cloud project" },
          "gcp:region": { type: "string", description: "Region in which every service runs, e.g. europe-west9" },
          ...Object.fromEntries(keys),
        },
        patternProperties: { "^(?!cloud-run-mesh:)": {} },
        additionalProperties: false,
        required: ["gcp:project", "gcp:region", "cloud-run-mesh:services"],
      },
    },
  };
}

/** A row per key, depth first: `services.NAME.scaling.minInstances`. */
function rows(schema: JsonSchema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const own = `${path}${key}`;
    const needed = schema.required?.includes(key) ? " (needed)" : "";
    return [`| \`${own}\`${needed} | ${cell(typeName(value))} | ${cell(sentence(value))} |`, ...below(value, own)];
  });
}

function below(schema: JsonSchema, path: string): string[] {
  if (schema.anyOf) return schema.anyOf.flatMap((form) => below(form, path));
  if (schema.items) return below(schema.items, `${path}[]`);
  if (schema.additionalProperties) return below(schema.additionalProperties, `${path}.NAME`);
  return rows(schema, `${path}.`);
}

function typeName(schema: JsonSchema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeName))].join(" or ");
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(" or ");
  if (schema.type === "array") return `list of ${typeName(schema.items ?? {})}`;
  if (schema.additionalProperties) return `map of ${typeName(schema.additionalProperties)}`;
  return { object: "block", string: "text", integer: "whole number" }[schema.type ?? ""] ?? schema.type ?? "any";
}

function sentence({ description = "" }: JsonSchema): string {
  return description;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function reference(): string {
  return [
    "# Config reference",
    "",
    "Generated from the schema in `mesh/spec/spec.ts` by `npm run docs`. Every key stands under `cloud-run-mesh:` in",
    "`Pulumi.STACK.yaml`; `gcp:project` and `gcp:region` say where the mesh runs.",
    "",
    "| Key | Type | What it is |",
    "|---|---|---|",
    ...rows(mesh, ""),
    "",
  ].join("\n");
}

/** The generated files by path, so that a test can hold them against what is committed. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/stack-config.schema.json", `${JSON.stringify(stackSchema(), undefined, 2)}\n`],
    ["docs/config.md", reference()],
    ["docs/permissions.md", permissionsReference()],
  ]);
}

if (require.main === module) {
  for (const [path, text] of generatedFiles()) {
    const file = join(__dirname, "..", path);
    let before: string | undefined;
    try {
      before = readFileSync(file, "utf8");
    } catch {
      before = undefined;
    }
    if (before !== text) replaceFile(file, text);
    console.log(`${before === text ? "fresh  " : "written"} ${path}`);
  }
}
