/** Reads a stack config, and writes an image into its text: every other byte stays as somebody wrote it. */
import { isDeepStrictEqual } from "node:util";
import { type Document, isAlias, isMap, isScalar, type Pair, parseDocument, Scalar, type YAMLMap } from "yaml";

const SERVICES = ["config", "cloud-run-mesh:services"];

/** Pulumi's parser knows merge keys. */
const OPTIONS = { merge: true };

export interface WrittenConfig {
  readonly config?: Readonly<Record<string, unknown>>;
}

/** @throws Error for people where the text is no YAML */
export function readConfigText(text: string): WrittenConfig {
  return (parse(text).toJS() ?? {}) as WrittenConfig;
}

/**
 * The text with a service's image: in the place of the one that it has, else beside its `source`, quoted as that is.
 *
 * @throws Error for people where the service is not there, or shares its block with others
 */
export function withImage(text: string, key: string, image: string): string {
  const document = parse(text);
  const service = document.getIn([...SERVICES, key], true);
  if (isAlias(service)) {
    throw new Error(
      `services.${key} is an alias, "*${service.source}"; write its keys out, so that it has its own image`,
    );
  }
  if (!isMap(service)) throw new Error(`there is no service "${key}" in it`);
  const edited = edit(text, service as YAMLMap<Scalar>, image);
  if (!changesOnly(document, edited, key, image))
    throw new Error(`services.${key} is written in a form that is not edited`);
  return edited;
}

function parse(text: string): Document {
  const document = parseDocument(text, OPTIONS);
  const [error] = document.errors;
  if (error) throw new Error(`it is no sound YAML: ${error.message.split("\n")[0]?.replace(/:$/, "")}`);
  return document;
}

function edit(text: string, service: YAMLMap<Scalar>, image: string): string {
  const own = (name: string) => service.items.find(({ key }) => isScalar(key) && key.value === name);
  const written = own("image")?.value;
  if (isScalar(written) || isAlias(written)) {
    const [start, end] = written.range!;
    const old = text.slice(start, end);
    // A block of text ends with the end of its last line, which belongs to the lines that stay.
    const kept = /\r?\n$/.exec(old)?.[0] ?? "";
    const value = quoted(image, isScalar(written) ? written.type : undefined);
    // Where nothing is written, the place of the value is right behind the colon, or right before a comment.
    const before = old === "" && text[start - 1] === ":" ? " " : "";
    const after = old === "" && text[start] === "#" ? " " : kept;
    return text.slice(0, start) + before + value + after + text.slice(end);
  }
  const neighbour = own("source") ?? service.items[0];
  return neighbour ? insert(text, service, neighbour, image) : text;
}

/** Puts the pair behind another one of the same map. */
function insert(text: string, map: YAMLMap<Scalar>, neighbour: Pair<Scalar, unknown>, image: string): string {
  const { key } = neighbour;
  const value = neighbour.value as Scalar;
  const pair = `${quoted("image", key.type)}: ${quoted(image, value.type)}`;
  const [, end] = value.range!;
  if (map.flow) return `${text.slice(0, end)}, ${pair}${text.slice(end)}`;
  const start = key.range![0];
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  const lineEnd = text.indexOf("\n", text[end - 1] === "\n" ? end - 1 : end);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  if (lineEnd === -1) return `${text}${newline}${indent}${pair}`;
  return `${text.slice(0, lineEnd + 1)}${indent}${pair}${newline}${text.slice(lineEnd + 1)}`;
}

/** Neither keys of this form nor names of images need an escape. */
function quoted(text: string, type: Scalar["type"]): string {
  if (type === Scalar.QUOTE_DOUBLE) return `"${text}"`;
  return type === Scalar.QUOTE_SINGLE ? `'${text}'` : text;
}

/** Whether the edited text says what the document says, but for the image. */
function changesOnly(document: Document, edited: string, key: string, image: string): boolean {
  document.setIn([...SERVICES, key, "image"], image);
  const after = parseDocument(edited, OPTIONS);
  return after.errors.length === 0 && isDeepStrictEqual(after.toJS(), document.toJS());
}
