import { type ConfigPlace, configPlaces, type Form } from "./config-keys";
import { soundConfigs } from "./sound-configs";

/** Values of a wrong type and unknown keys, laid over a sound config at every place, and what has to be told. */

export interface TypedCase {
  readonly place: ConfigPlace;
  readonly config: Readonly<Record<string, unknown>>;
  readonly problem: string;
}

interface Value {
  readonly value: unknown;
  readonly got: string;
  /** What is told instead below `env`, `args` and `command`, where it may be a secret in the wrong place. */
  readonly unprinted?: string;
  readonly is: readonly Form[];
  /** What is told in addition where one of these forms is expected. */
  readonly mend?: { readonly forms: readonly Form[]; readonly words: string };
}

const quoted = { forms: ["text"], words: "; write it in quotes" } as const;
const bare = (...forms: Form[]) => ({ forms, words: "; write it without quotes" });

const VALUES: readonly Value[] = [
  { value: null, got: "nothing", is: [] },
  { value: "fast", got: '"fast"', unprinted: "a string", is: ["text", "choice"] },
  { value: "7", got: '"7"', unprinted: "a string", is: ["text", "choice"], mend: bare("number", "whole number") },
  { value: "true", got: '"true"', unprinted: "a string", is: ["text", "choice"], mend: bare("flag") },
  { value: 7, got: "7", unprinted: "a number", is: ["number", "whole number"], mend: quoted },
  { value: 1.5, got: "1.5", unprinted: "a number", is: ["number"], mend: quoted },
  { value: true, got: "true", unprinted: "a boolean", is: ["flag"], mend: quoted },
  { value: [], got: "a list", is: ["list"] },
  { value: {}, got: "a map", is: ["map"] },
];

const SECRET = ["env", "args", "command"];

const EXPECTED: Readonly<Record<Exclude<Form, "choice">, string>> = {
  flag: "true or false",
  list: "a list",
  map: "a map",
  number: "a number",
  text: "text",
  "whole number": "a number",
};

/** What is expected where one of several words or forms may stand, by the end of the path. */
const CHOICES: Readonly<Record<string, string>> = {
  "*.calls[]": "text or { service, until }",
  "*.network": '{ network, subnetwork, tags, connector, egress, privateDnsZone }, "mesh" or "none"',
  ".egress": '"all-traffic" or "private-ranges-only"',
  "services.*.cloudSql": "text or { instance, database }",
  ".env.*": "text, a number, true or false or { secret, version }",
  ".executionEnvironment": '"gen1" or "gen2"',
  ".ingress": 'internal, load-balancer, or { all: "the reason why the internet may reach it" }',
  ".method": '"LOGIN", "SECURE_KEY" or "ENROLLED_SECOND_FACTORS"',
  ".order": '"backends-first" or "services-first"',
  ".rules": '"preconfigured" or "preview"',
  ".launchStage": '"ALPHA", "BETA" or "GA"',
  ".through": '"vpc" or "google"',
  deletionProtection: "true or false",
  projectNumber: "text or a number",
  projectServices: "true or false",
};

/** A value of every type that a place does not take, and its absence where it is needed. */
export function typedCases(places: readonly ConfigPlace[] = configPlaces): TypedCase[] {
  return places.flatMap(casesAt);
}

/** In every block a key that is like none of its own. */
export function unknownKeyCases(): TypedCase[] {
  return configPlaces.flatMap((place) => {
    const start = `${place.path}.`;
    const keys = configPlaces
      .filter(({ path }) => path.startsWith(start) && !/[.*[]/.test(path.slice(start.length)))
      .map(({ path }) => path.slice(start.length));
    const child = configPlaces.find(({ path }) => path === `${start}${keys[0]}`);
    const { config, segments } = (child && setAt(child)) ?? {};
    if (!config || !segments) return [];
    const unknown = [...segments.slice(0, -1), "zzz"];
    const problem = `${written(unknown)}: unknown key "zzz"; allowed are ${keys.join(", ")}`;
    return [{ place, config: replaced(config, unknown, 1), problem }];
  });
}

/** Where a sound config sets what stands at a place. */
export function setAt({ path }: ConfigPlace): { config: object; segments: readonly (number | string)[] } | undefined {
  const wanted = path.replaceAll("[]", ".[]").split(".");
  for (const config of soundConfigs) {
    const segments = find(config, wanted);
    if (segments) return { config, segments };
  }
  return undefined;
}

function casesAt(place: ConfigPlace): TypedCase[] {
  const { config, segments } = setAt(place) ?? {};
  if (!config || !segments) return [];
  const at = written(segments);
  const wrong = VALUES.filter(({ is }) => !is.some((form) => place.forms.includes(form))).map((value) => ({
    place,
    config: replaced(config, segments, value.value),
    problem: `${at}: ${sentence(
      value,
      place,
      SECRET.some((key) => segments.includes(key)),
    )}`,
  }));
  if (!place.required) return wrong;
  const missing = `${at}: is missing; ${expectedAt(place)} is needed`;
  return [...wrong, { place, config: replaced(config, segments, undefined), problem: missing }];
}

function sentence({ value, got, unprinted, mend }: Value, place: ConfigPlace, secret: boolean): string {
  const expected = value === 1.5 ? expectedAt(place).replace("a number", "a whole number") : expectedAt(place);
  const [form, ...others] = place.forms;
  const more = form !== undefined && others.length === 0 && mend?.forms.includes(form) ? mend.words : "";
  return `got ${(secret && unprinted) || got}, expected ${expected}${more}`;
}

function expectedAt({ path, forms }: ConfigPlace): string {
  const [form, ...others] = forms;
  if (form !== undefined && form !== "choice" && others.length === 0) return EXPECTED[form];
  const [, words] =
    Object.entries(CHOICES).find(([end]) =>
      end.startsWith(".") || end.startsWith("*") ? path.endsWith(end) : path === end,
    ) ?? [];
  if (words === undefined) throw new Error(`say in CHOICES what is expected at ${path}`);
  return words;
}

function written(segments: readonly (number | string)[]): string {
  return segments.map((s, i) => (typeof s === "number" ? `[${s}]` : i === 0 ? s : `.${s}`)).join("");
}

/** The segments that lead to a place in a value, whichever of its keys they take. */
function find(value: unknown, [wanted, ...rest]: readonly string[]): (number | string)[] | undefined {
  if (wanted === undefined) return [];
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value).filter(([key]) => wanted === "*" || wanted === "[]" || wanted === key);
  for (const [key, below] of entries) {
    const segments = below === undefined ? undefined : find(below, rest);
    if (segments) return [wanted === "[]" ? Number(key) : key, ...segments];
  }
  return undefined;
}

/** A copy with another value at a place; `undefined` takes the key away. */
function replaced(config: object, segments: readonly (number | string)[], value: unknown): Record<string, unknown> {
  // Not a structured clone, which would keep one object that stands in two places one.
  const copy = JSON.parse(JSON.stringify(config)) as Record<string, unknown>;
  const parent = segments.slice(0, -1).reduce<Record<string, unknown>>((at, key) => at[key] as typeof at, copy);
  const last = segments.at(-1) ?? "";
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}
