import { createHash } from "node:crypto";
import { type Account, FACT_NAMES, FACTS, type Fact } from "./schema";

/** What became of the calls. */
export type Outcome = Rating | Refusal;

export interface Rating {
  /** 0 to 100. */
  readonly score: number;
  readonly because: readonly string[];
  readonly summary: string;
}

/** Why there is no rating, and what its reader can do. */
export interface Refusal {
  readonly title: string;
  readonly reason: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly text: string;
  /** What to type into a terminal. */
  readonly command?: string;
}

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
label { display: block; margin: .5rem 0; }
pre { background: #f2f2f2; color: #111; padding: .5rem; overflow-x: auto; }
[role=alert], [role=status] { border-left: .3rem solid #2a7; padding-left: 1rem; }
[role=alert] { border-color: #c33; }
`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** Nothing from elsewhere, no script, in nobody's frame. */
export const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

/** The form, and beneath it what became of what was sent. */
export function page(sent?: { readonly account: Account; readonly outcome: Outcome }): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>How an account stands</title>
<style>${new Markup(STYLE)}</style>
<h1>How an account stands</h1>
<form>
<label>Account <input name="account" value="${sent?.account.name ?? ""}" required maxlength="100"></label>
${FACT_NAMES.map((fact) => tickBox(fact, sent?.account.facts.has(fact) ?? false))}
<button>Ask</button>
</form>
${sent ? shown(sent.outcome) : ""}
</html>
`.text;
}

function tickBox(fact: Fact, ticked: boolean): Markup {
  const checked = ticked ? html` checked` : "";
  return html`<label><input type="checkbox" name="${fact}"${checked}> ${FACTS[fact]}</label>
`;
}

function shown(outcome: Outcome): Markup {
  if ("title" in outcome) {
    const { title, reason, steps } = outcome;
    return html`<section role="alert">
<h2>${title}</h2>
<p>${reason}</p>
<ul>${steps.map(step)}</ul>
</section>`;
  }
  const { score, because, summary } = outcome;
  const facts = because.map((fact) => (Object.hasOwn(FACTS, fact) ? FACTS[fact as Fact] : fact));
  return html`<section role="status">
<h2>${summary}</h2>
<p>Score: ${String(score)} of 100</p>
<ul>${facts.map((fact) => html`<li>${fact}</li>`)}</ul>
</section>`;
}

function step({ text, command }: Step): Markup {
  return html`<li>${text}${command === undefined ? "" : html`<pre>${command}</pre>`}</li>`;
}

/** Text that is HTML already. */
class Markup {
  constructor(readonly text: string) {}
}

/** HTML in which every value is text, whatever it holds, unless it was made here. */
function html(literals: TemplateStringsArray, ...values: readonly (string | Markup | readonly Markup[])[]): Markup {
  const texts = values.map((value) => {
    if (typeof value === "string") return value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
    return value instanceof Markup ? value.text : value.map(({ text }) => text).join("");
  });
  return new Markup(String.raw({ raw: literals }, ...texts));
}
