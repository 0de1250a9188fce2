import * as assert from "node:assert/strict";
import { parseMesh } from "../../mesh";
import { formatPath, isRelated, type Problem } from "../../mesh/problems";
import { schemaProblems } from "../../mesh/spec/schema-problems";
import { meshConfig } from "../../mesh/spec/spec";
import { configPlaces, placeOf } from "./config-keys";
import { RESTS_ON } from "./rests-on";
import { meshInput, TODAY } from "./support";
import { wrongConfigs } from "./wrong";

type Config = Readonly<Record<string, unknown>>;
type Segments = readonly (number | string)[];

const KINDS = ["services", "functions", "jobs", "workerPools", "developers"];

/** Every value of a config, and every setting that its nodes and the mesh could have. */
function placesIn(config: Config): Segments[] {
  const written = (value: unknown, at: Segments): Segments[] => {
    if (typeof value !== "object" || value === null) return [at];
    const entries = Object.entries(value);
    return [at, ...entries.flatMap(([key, one]) => written(one, [...at, Array.isArray(value) ? Number(key) : key]))];
  };
  const settings = KINDS.flatMap((kind) =>
    Object.keys(config[kind] ?? {}).flatMap((key) => settingsOf(kind).map((setting) => [kind, key, setting])),
  );
  const all = [...Object.keys(meshConfig.shape).map((key) => [key]), ...settings, ...written(config, []).slice(1)];
  return [...new Map(all.map((segments) => [JSON.stringify(segments), segments])).values()];
}

function settingsOf(kind: string): string[] {
  return configPlaces.flatMap(({ path }) => new RegExp(`^${kind}\\.\\*\\.(\\w+)$`).exec(path)?.[1] ?? []);
}

/** A copy with a list at a place that takes none, or a map at one that takes a list. */
function broken(config: Config, segments: Segments): Config {
  const copy = JSON.parse(JSON.stringify(config)) as Record<string, unknown>;
  const parent = segments.slice(0, -1).reduce((at, key) => at[key] as typeof copy, copy);
  parent[segments.at(-1) ?? ""] = placeOf(formatPath(segments))?.forms.includes("list") ? {} : [];
  return copy;
}

/** Where, and the first words: the rest may name more or less of what there is. */
const gist = ({ path, message }: Problem) => `${path}: ${/^(?:[^"]+|"[^"]*")/.exec(message)?.[0]}`;
const general = (path: string) => placeOf(path)?.path ?? path;

/** Problems of the one that the other lacks, but for those of a place itself. */
function missing(from: readonly Problem[], other: readonly Problem[], at: string): Problem[] {
  const known = new Set(other.map(gist));
  return from.filter((problem) => !isRelated(problem.path, at) && !known.has(gist(problem)));
}

function schemaTells(config: Config): number {
  const { issues = [] } = meshConfig.safeParse(config).error ?? {};
  return schemaProblems(meshConfig, config, issues).length;
}

describe("a problem, beside a value anywhere that is not understood", () => {
  const hidden = new Map<string, Set<string>>();
  const follows: string[] = [];
  let tried = 0;

  before(function () {
    this.timeout(180_000);
    for (const wrong of wrongConfigs) {
      const { config, ...place } = meshInput(wrong);
      // What the schema tells alone, it tells of each value by itself.
      if (schemaTells(config) === wrong.problems.length) continue;
      const told = (one: Config) => parseMesh({ ...place, config: one }, TODAY).problems;
      const alone = told(config);
      for (const segments of placesIn(config)) {
        const at = formatPath(segments);
        const together = told(broken(config, segments));
        tried += 1;
        assert.ok(
          together.some(({ path }) => isRelated(path, at)),
          `${wrong.fact}: nothing is told of ${at}`,
        );
        for (const { path } of missing(alone, together, at)) {
          const breakers = hidden.get(general(path)) ?? new Set();
          hidden.set(general(path), breakers.add(general(at)));
        }
        follows.push(...missing(together, alone, at).map((one) => `${gist(one)}, where ${at} is not understood`));
      }
    }
  });

  it("is told, unless it rests on that value", () => {
    assert.ok(tried > 10_000, `${tried} pairs were tried`);
    const found = [...hidden].map(([path, breakers]): [string, string[]] => [path, [...breakers].sort()]);
    assert.deepEqual(Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1))), RESTS_ON);
  });

  it("stays alone: nothing is concluded from the value's absence", () => {
    assert.deepEqual(follows, []);
  });
});
