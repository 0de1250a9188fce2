/** The forms in which the metadata server tells a value. Source: https://cloud.google.com/compute/docs/metadata/querying-metadata#format_query_output */
import { createHash } from "node:crypto";

/** What `alt=json` makes of a value in text: lists end each line, as folders do; the project's number is one. */
export function jsonOf(text: string): string {
  if (text.endsWith("\n")) return JSON.stringify(text.trimEnd().split("\n"));
  return JSON.stringify(/^\d{1,15}$/.test(text) ? Number(text) : text);
}

/**
 * What `alt=text` makes of a tree: a line for each value, its path as it is asked for before it.
 * Assumed: that a list is a line for each of its values.
 */
export function linesOf(tree: object, above = ""): string {
  return Object.entries(tree)
    .flatMap(([key, value]) => {
      const at = above + key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      if (Array.isArray(value)) return value.map((one) => `${at} ${one}\n`);
      return typeof value === "object" ? linesOf(value as object, `${at}/`) : `${at} ${value}\n`;
    })
    .join("");
}

/** By which a client tells whether a value is still the one that it has seen. */
export function etagOf(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}
