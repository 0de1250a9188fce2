import * as assert from "node:assert/strict";
import type { z } from "zod";
import { parseMesh } from "../../mesh";
import { formatPath } from "../../mesh/problems";
import { meshConfig } from "../../mesh/spec/spec";
import { generatedFiles } from "../../tools/docs";
import { configPlaces, placeOf } from "./config-keys";
import { soundConfigs } from "./sound-configs";
import { meshInput, TODAY } from "./support";
import { setAt, type TypedCase, typedCases, unknownKeyCases } from "./typed-values";
import { wrongConfigs } from "./wrong";
import type { WrongConfig } from "./wrong/wrong-config";

const PLACE = { project: "acme-dev", region: "europe-west9", projectNumber: "123456789012" };
const WRONG_CASES_PER_KEY = 3;

function problemsOf(config: Readonly<Record<string, unknown>>): string[] {
  return parseMesh({ ...PLACE, config }, TODAY).problems.map(({ path, message }) => `${path}: ${message}`);
}

/** Places that a case's problems speak of; paths hold no colon followed by a space. */
function placesOf({ problems }: WrongConfig): string[] {
  const paths = problems.map((problem) => problem.split(": ", 1)[0] ?? "");
  return [...new Set(paths.flatMap((path) => placeOf(path)?.path ?? []))];
}

/** Limits, as `CODE at PLACE`, that a case goes beyond and is told of. */
function limitsOf(wrong: WrongConfig): string[] {
  const told = placesOf(wrong);
  const { issues = [] } = meshConfig.safeParse(meshInput(wrong).config).error ?? {};
  return flat(issues)
    .map(({ code, path }) => ({ code, at: placeOf(formatPath(path))?.path }))
    .filter(({ at }) => at !== undefined && told.includes(at))
    .map(({ code, at }) => `${code} at ${at}`);
}

interface Found {
  readonly code: z.core.$ZodIssue["code"];
  readonly path: readonly PropertyKey[];
}

function flat(issues: readonly z.core.$ZodIssue[]): Found[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union") return [issue];
    return flat(issue.errors.flat()).map(({ code, path }) => ({ code, path: [...issue.path, ...path] }));
  });
}

/** That each case has its one problem and no other; shows those that do not. */
function assertTold(cases: readonly TypedCase[]): void {
  assert.ok(cases.length > 0);
  const wrong = cases
    .map(({ config, problem }) => ({ told: problemsOf(config), expected: [problem] }))
    .filter(({ told, expected }) => told.join("\n") !== expected.join("\n"));
  assert.deepEqual(
    wrong.map(({ told }) => told),
    wrong.map(({ expected }) => expected),
  );
}

describe("every key of the config", () => {
  it("stands in the reference with its description", () => {
    const reference = generatedFiles().get("docs/config.md") ?? "";
    const keys = [...reference.matchAll(/^\| `([^`]+)`[^|]*\|.*\| \S.* \|$/gm)].map(([, key = ""]) =>
      key.replaceAll("NAME", "*"),
    );
    const named = configPlaces.map(({ path }) => path).filter((path) => !/(\*|\[\])$/.test(path));
    assert.deepEqual(named, keys);
  });

  it("is set by a sound config", () => {
    for (const config of soundConfigs) assert.deepEqual(problemsOf(config), []);
    const unset = configPlaces.filter((place) => !setAt(place)).map(({ path }) => path);
    assert.deepEqual(unset, []);
  });

  for (const top of new Set(configPlaces.map(({ path }) => path.split(".")[0] ?? ""))) {
    it(`refuses values of another type, in the words for each: ${top}`, () => {
      assertTold(typedCases(configPlaces.filter(({ path }) => path.split(".")[0] === top)));
    });
  }

  it("stands in a block that refuses any other key", () => {
    assertTold(unknownKeyCases());
  });

  it(`has at least ${WRONG_CASES_PER_KEY} wrong cases`, () => {
    const cases = [...typedCases().map(({ place }) => place.path), ...wrongConfigs.flatMap(placesOf)];
    const few = configPlaces
      .map(({ path }) => ({ path, cases: cases.filter((one) => one === path).length }))
      .filter((one) => one.cases < WRONG_CASES_PER_KEY);
    assert.deepEqual(few, []);
  });

  it("has each of its limits shown by a wrong config written by hand", () => {
    const shown = new Set(wrongConfigs.flatMap(limitsOf));
    const limits = configPlaces.flatMap(({ path, limits: own }) =>
      own.map(({ schema, code }) => ({ schema, where: `${code} at ${path}` })),
    );
    const held = new Set(limits.filter(({ where }) => shown.has(where)).map(({ schema }) => schema));
    const unshown = new Map(
      limits
        .filter(({ schema }) => !held.has(schema))
        .toReversed()
        .map(({ schema, where }) => [schema, where]),
    );
    assert.deepEqual([...unshown.values()], []);
  });
});
