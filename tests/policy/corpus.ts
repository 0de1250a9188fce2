/** Reads the corpus: entries that stand for many resources, told out along the axes of axes.yaml. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { pathOf } from "../../policy/src/inputs/read";
import {
  functionV1,
  functionV2,
  grant as grantIn,
  job,
  memberPath,
  pool,
  secret,
  service,
  serviceV1,
  UNKNOWN,
} from "../../policy/src/rules/given.examples";
import { type Input, urnOf } from "./sdk-analyzer";

type Data = Readonly<Record<string, unknown>>;

/** What is written in the files. */
interface Entry {
  readonly matter: string;
  readonly types: readonly string[];
  /** @default attribute */
  readonly forms?: readonly string[];
  /** @default plain */
  readonly wrappings?: readonly string[];
  /** Where the spelling stands, by type where they differ. */
  readonly at?: string | readonly string[] | Readonly<Record<string, string>>;
  readonly grant?: { readonly role?: unknown; readonly member?: unknown; readonly condition?: object };
  readonly spellings?: Readonly<Record<string, unknown>>;
  readonly props?: Data;
  readonly config?: Readonly<Record<string, Data>>;
  readonly findings?: readonly string[];
  readonly byForm?: Readonly<Record<string, readonly string[]>>;
  readonly unseen?: readonly string[];
  /** "TYPE FORM" that this entry leaves to another. */
  readonly skip?: readonly string[];
}

/** One resource, or some together, and all that is found. */
export interface Case {
  /** The axes: matter, type, form, spelling, wrapping. */
  readonly axes: Readonly<Record<"matter" | "type" | "form" | "spelling" | "wrapping", string>>;
  readonly resources: readonly (Input & { readonly name: string })[];
  readonly config: Readonly<Record<string, Data>>;
  /** "RULE PATH", or "RULE NAME" of a stack rule, sorted. */
  readonly findings: readonly string[];
  readonly unseen: readonly string[];
}

const read = (file: string) => parse(readFileSync(path.join(__dirname, "corpus", `${file}.yaml`), "utf8"));

export const axes = read("axes") as {
  readonly types: Readonly<Record<string, string>>;
  readonly forms: readonly string[];
  readonly wrappings: Readonly<Record<string, string>>;
};

export const casesOf = (file: string): Case[] => (read(file) as Entry[]).flatMap(casesOfEntry);

/** Found nothing wrong with, so that one change is all that is judged. */
const GIVEN: Readonly<Record<string, () => Data>> = {
  service,
  job,
  workerPool: pool,
  serviceV1,
  functionV2,
  functionV1,
};

function casesOfEntry(entry: Entry): Case[] {
  const { matter, types, forms = ["attribute"], wrappings = ["plain"], spellings = { plain: undefined } } = entry;
  return types.flatMap((type) =>
    forms.flatMap((form) =>
      Object.entries(spellings).flatMap(([spelling, value]) =>
        wrappings
          .filter(() => !entry.skip?.includes(`${type} ${form}`))
          .map((wrapping) => caseOf(entry, { matter, type, form, spelling, wrapping }, value)),
      ),
    ),
  );
}

function caseOf(entry: Entry, at: Case["axes"], value: unknown): Case {
  const { token, props, place } = resourceOf(entry, at, value);
  const told = (texts: readonly string[] = []) => texts.map((text) => text.replace("{path}", place)).sort();
  return {
    axes: at,
    resources:
      at.form === "together"
        ? togetherOf(value as Data[])
        : [
            {
              type: token,
              name: "it",
              props: at.wrapping === "beside unknown" ? { description: UNKNOWN, ...props } : props,
            },
          ],
    config: entry.config ?? {},
    findings: told([...(entry.findings ?? []), ...(entry.byForm?.[at.form] ?? [])]),
    unseen: told(entry.unseen),
  };
}

function resourceOf(entry: Entry, { type, form, wrapping }: Case["axes"], value: unknown) {
  const wrap = (part: unknown) => wrapped(expanded(part), wrapping);
  if (entry.grant !== undefined) {
    const { role, member, condition } = { ...entry.grant, ...(value as Entry["grant"]) };
    const token = withForm(axes.types[type] ?? type, form);
    return {
      token,
      props: grantIn(token, wrapping === "unknown" ? role : wrap(role), wrap(member), condition),
      place: memberPath(token),
    };
  }
  const token =
    form === "attribute" && type.startsWith("on ") ? withForm(axes.types[type] ?? "", "policy") : axes.types[type];
  const given = GIVEN[type]?.() ?? {};
  if (entry.props !== undefined) return { token: token ?? type, props: entry.props, place: "" };
  if (entry.at === undefined) {
    return {
      token: token ?? type,
      props: changed(given, (value as Readonly<Record<string, Data>> | undefined)?.[type] ?? {}),
      place: "",
    };
  }
  const keys = keysOf(typeof entry.at === "string" || Array.isArray(entry.at) ? entry.at : (entry.at as Data)[type]);
  return { token: token ?? type, props: put(given, keys, wrap(value)), place: keys.reduce<string>(pathOf, "") };
}

function wrapped(value: unknown, wrapping: string): unknown {
  if (wrapping === "secret") return secret(value);
  if (wrapping === "unknown") return UNKNOWN;
  if (wrapping !== "output") return value;
  return { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", value };
}

/** `gcp:projects/iAM` as a member is `gcp:projects/iAMMember:IAMMember`. */
function withForm(stem: string, form: string): string {
  const suffix = form[0]!.toUpperCase() + form.slice(1);
  const name = stem.slice(stem.indexOf("/") + 1);
  return `${stem}${suffix}:${name[0]!.toUpperCase()}${name.slice(1)}${suffix}`;
}

function togetherOf(resources: readonly Data[]): Case["resources"] {
  const types = resources.map(({ type }) => axes.types[String(type)] ?? String(type));
  const urns = new Map(
    resources.map(({ name }, i) => [name, urnOf({ type: types[i]!, name: String(name), props: {} })]),
  );
  return resources.map((resource, i) => ({
    type: types[i]!,
    name: String(resource["name"]),
    props: expanded(
      resource["props"] ?? changed(GIVEN[String(resource["type"])]?.() ?? {}, resource["set"] as Data),
    ) as Data,
    sources: Object.fromEntries(
      Object.entries((resource["sources"] ?? {}) as Record<string, string[]>).map(([key, names]) => [
        key,
        names.map((name) => urns.get(name)!),
      ]),
    ),
  }));
}

function changed(given: Data, changes: Data): Data {
  return Object.entries(changes).reduce((props, [at, value]) => put(props, keysOf(at), expanded(value)), given);
}

function keysOf(at: unknown): (string | number)[] {
  const keys = Array.isArray(at) ? at : String(at).split(".");
  return keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/** The same with one value in its place; null takes it out, as a program that leaves it out does. */
function put(holder: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): Data {
  const whole = holder as Record<string | number, unknown> | undefined;
  const part = rest.length === 0 ? value : put(whole?.[key!], rest, value);
  if (typeof key === "number") {
    const list = Array.isArray(holder) ? [...holder] : [];
    list[key] = part;
    return list as unknown as Data;
  }
  const others = Object.entries(whole ?? {}).filter(([name]) => name !== key);
  return Object.fromEntries(part === null ? others : [...others, [key, part]]);
}

/** `$unknown`, and `$join` of parts that together would look like a leak of ours. */
function expanded(value: unknown): unknown {
  if (value === "$unknown") return UNKNOWN;
  if (Array.isArray(value)) return value.map(expanded);
  if (typeof value !== "object" || value === null) return value;
  if ("$join" in value) return (value.$join as string[]).join("");
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, expanded(part)]));
}
