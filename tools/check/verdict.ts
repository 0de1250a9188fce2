/** Judges a preview by the rules of the pack, at the levels of a policy config. */
import { blindSpotLine } from "../../policy/src/blind-spots";
import { type Config, judge, judgeStack } from "../../policy/src/judge";
import type { Finding } from "../../policy/src/rule";
import { allRules } from "../../policy/src/rules";
import { asResource, asStackResource, type Previewed, UnusableInput } from "./preview";

export interface Verdict {
  readonly resources: number;
  /** Violations at their level in the policy config, the worst first. */
  readonly findings: readonly Finding[];
  /** What this preview could not judge. */
  readonly unseen: readonly { readonly urn: string; readonly path: string }[];
  /** How many secrets the preview masks, so that they could not be judged. */
  readonly masked: number;
}

type Level = "mandatory" | "advisory" | "disabled";

export interface PolicyConfig {
  readonly levels: ReadonlyMap<string, Level>;
  readonly keys: Config;
}

export const NO_CONFIG: PolicyConfig = { levels: new Map(), keys: {} };

export function verdictOn(previewed: readonly Previewed[], { levels, keys }: PolicyConfig): Verdict {
  const found = [
    ...previewed.flatMap((one) => judge(asResource(one), undefined, keys)),
    ...judgeStack(previewed.map(asStackResource), undefined, keys),
  ];
  const atLevel = found.flatMap((finding) => {
    const level = levels.get(finding.rule) ?? levels.get("all") ?? finding.level;
    return level === "disabled" ? [] : [{ ...finding, level }];
  });
  const violations = atLevel.filter(({ kind }) => kind === "violation");
  const unseen = new Map(
    atLevel.flatMap(({ kind, urn, path }) => (kind === "unknown" ? [[`${urn} ${path}`, { urn, path }]] : [])),
  );
  return {
    resources: previewed.length,
    findings: violations.toSorted((a, b) => compare(rankOf(a), rankOf(b))),
    unseen: [...unseen.values()],
    masked: previewed.reduce((sum, one) => sum + one.masked, 0),
  };
}

/** As the engine orders what it prints: the worst first, then by name. */
const rankOf = ({ level, severity, rule, urn }: Finding) => [
  level === "mandatory" ? 0 : 1,
  ["critical", "high", "medium", "low"].indexOf(severity),
  rule,
  urn,
];

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? 0 : (a[at] ?? "") < (b[at] ?? "") ? -1 : 1;
}

const LEVELS: Readonly<Record<string, Level>> = {
  mandatory: "mandatory",
  remediate: "mandatory",
  advisory: "advisory",
  disabled: "disabled",
};

/** The file that `--policy-pack-config` takes: https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/ */
export function policyConfigIn(json: string): PolicyConfig {
  let config: unknown;
  try {
    config = JSON.parse(json);
  } catch {
    config = undefined;
  }
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new UnusableInput('the policy config is no JSON object; write it as { "RULE": "advisory" }');
  }
  const names = new Set(["all", "preview-blind-spots", ...allRules.map(({ name }) => name)]);
  const levels = new Map<string, Level>();
  const keys: Record<string, Record<string, unknown>> = {};
  for (const [name, setting] of Object.entries(config)) {
    if (!names.has(name)) throw new UnusableInput(`policy config: the pack has no rule "${name}"`);
    const { enforcementLevel, ...rest } = typeof setting === "string" ? { enforcementLevel: setting } : { ...setting };
    if (enforcementLevel !== undefined) {
      const level = LEVELS[enforcementLevel];
      if (level === undefined) {
        const known = Object.keys(LEVELS).join(", ");
        throw new UnusableInput(`policy config: the level of "${name}" is none of ${known}`);
      }
      levels.set(name, level);
    }
    if (Object.keys(rest).length > 0) keys[name] = rest;
  }
  return { levels, keys };
}

/** One block for each finding, as the engine prints them, and a line that sums up. */
export function toText({ resources, findings, unseen, masked }: Verdict): string {
  const lines = findings.map(
    ({ level, severity, rule, urn, message }) =>
      `- [${level}] [severity: ${severity}]  ${rule}  (${placeOf(urn)})\n  ${message}`,
  );
  const spots = new Map<string, string[]>();
  for (const { urn, path } of unseen) spots.set(urn, [...(spots.get(urn) ?? []), path]);
  const blind = blindSpotLine([...spots].map(([urn, paths]) => ({ name: nameOf(urn), paths })));
  if (blind !== undefined) lines.push(`- [advisory]  preview-blind-spots\n  ${blind}`);
  if (masked > 0) {
    lines.push(
      `${masked} secrets are masked in the preview and were not judged; give the plan with --plan, or use --stack`,
    );
  }
  const count = (level: string) => findings.filter((finding) => finding.level === level).length;
  const judged = `${resources} resources judged by ${allRules.length} rules`;
  return [...lines, `${judged}: ${count("mandatory")} mandatory, ${count("advisory")} advisory`].join("\n");
}

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

function placeOf(urn: string): string {
  if (urn === "") return "the stack";
  const type = urn
    .split("::")
    .at(-2)
    ?.split("$")
    .at(-1)
    ?.replace(/\/[^:]+:/, ":");
  return `${type}: ${nameOf(urn)}`;
}
