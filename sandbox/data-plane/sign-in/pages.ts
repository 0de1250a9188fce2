/** Pages of sign-in: their HTML and CSS are files in `pages/`; what is put into them is escaped. */
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import * as path from "node:path";

/** One of those among whom somebody chooses. */
export interface Choice {
  readonly value: string;
  readonly name: string;
  readonly detail: string;
}

export interface ChooserPage {
  /** Whose page it is. */
  readonly provider: string;
  readonly heading: string;
  readonly text: string;
  /** Name of the field that the choice is sent in. */
  readonly field: string;
  readonly choices: readonly Choice[];
  /** Where nobody is to choose from. */
  readonly nobody: string;
}

/** A page with a button for each choice; the form is sent to the page's own address. */
export function chooserPage({ choices, field, nobody, ...texts }: ChooserPage): string {
  const items = choices.map((choice) => filled(file("choice.html"), { field, ...choice })).join("");
  const list = items || filled(file("nobody.html"), { nobody });
  return filled(file("chooser.html"), texts, { list, style: styleSheet() });
}

export function errorPage(provider: string, heading: string, text: string): string {
  return filled(file("error.html"), { provider, heading, text }, { style: styleSheet() });
}

/** Pages are for one browser and one moment, and for no frame. */
export function sendPage(response: ServerResponse, code: number, page: string): void {
  response.writeHead(code, {
    "Content-Type": "text/html; charset=UTF-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
  });
  response.end(page);
}

function styleSheet(): string {
  return `<style>\n${file("sign-in.css")}</style>`;
}

const files = new Map<string, string>();

function file(name: string): string {
  const read = files.get(name) ?? readFileSync(path.join(__dirname, "pages", name), "utf8");
  files.set(name, read);
  return read;
}

/** @param parts HTML already */
function filled(template: string, texts: object, parts: Readonly<Record<string, string>> = {}): string {
  const values: Readonly<Record<string, string | undefined>> = { ...texts };
  return template.replace(/{{(\w+)}}/g, (_, name: string) => parts[name] ?? escaped(values[name] ?? ""));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
