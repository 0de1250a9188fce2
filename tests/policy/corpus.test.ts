/** The ways to open, borrow and leak, and what careful people write, with exactly what is found in each. */
import * as assert from "node:assert/strict";
import { judge, judgeStack } from "../../policy/src/judge";
import { policyPack } from "../../policy/src/pack";
import { allRules } from "../../policy/src/rules";
import { axes, type Case, casesOf } from "./corpus";
import { sdkAnalyzer, urnOf } from "./sdk-analyzer";

const BAD = ["open", "borrow", "leak"].flatMap(casesOf);
const GOOD = casesOf("legitimate");
const nameOf = ({ axes: at }: Case) => `${at.matter}: ${at.type}, ${at.form}, ${at.spelling}, ${at.wrapping}`;
const stackRuleNames = new Set(
  BAD.filter(isTogether).flatMap(({ findings }) => findings.map((text) => text.split(" ")[0])),
);

function isTogether({ axes: at }: Case): boolean {
  return at.form === "together";
}

describe("policy corpus", () => {
  it("holds at least 120 ways to open, borrow or leak, and 120 legitimate ones", () => {
    assert.ok(BAD.length >= 120, `${BAD.length} bad`);
    assert.ok(GOOD.length >= 120, `${GOOD.length} good`);
  });

  it("holds none twice: each differs from all others in an axis, and in what it is", () => {
    for (const cases of [BAD, GOOD]) {
      assert.deepEqual(twice(cases.map(nameOf)), []);
      assert.deepEqual(twice(cases.map(({ resources, config }) => JSON.stringify([resources, config]))), []);
    }
  });

  it("uses every value of every axis, and no other", () => {
    const all = [...BAD, ...GOOD];
    const used = (axis: keyof Case["axes"]) => [...new Set(all.map(({ axes: at }) => at[axis]))].sort();
    const together = new Set(all.filter(isTogether).flatMap(({ resources }) => resources.map(({ type }) => type)));
    const named = Object.entries(axes.types).flatMap(([name, token]) => (together.has(token) ? [name] : []));
    assert.deepEqual([...new Set([...used("type"), ...named])].sort(), Object.keys(axes.types).sort());
    assert.deepEqual(used("form"), [...axes.forms].sort());
    assert.deepEqual(used("wrapping"), Object.keys(axes.wrappings).sort());
  });

  it("has something for each rule to find", () => {
    const found = new Set(BAD.flatMap(({ findings }) => findings.map((text) => text.split(" ")[0])));
    assert.deepEqual(
      allRules.map(({ name }) => name).filter((name) => !found.has(name)),
      [],
    );
  });

  for (const example of [...BAD, ...GOOD]) {
    it(nameOf(example), async () => {
      const { resources, config, findings, unseen } = example;
      const placed = resources.map((resource) => ({ ...resource, urn: urnOf(resource) }));
      const each = placed.flatMap((resource) => judge(resource, undefined, config));
      const together = isTogether(example) ? judgeStack(placed, undefined, config) : [];
      const ofOne = each.filter(({ kind }) => kind === "violation");
      // Together, what single resources show is told by other entries.
      const told = isTogether(example)
        ? together.map(({ rule, urn }) => `${rule} ${urn.split("::").at(-1)}`)
        : ofOne.map(({ rule, path }) => `${rule} ${path}`.trim());
      assert.deepEqual(told.sort(), findings);
      const notSeen = new Set(each.flatMap(({ kind, path }) => (kind === "unknown" ? [path] : [])));
      if (!isTogether(example)) assert.deepEqual([...notSeen], unseen);

      // Outputs reach a pack in process only; the engine resolves them before it asks.
      if (example.axes.wrapping === "output") return;
      const analyzer = sdkAnalyzer(policyPack(), config);
      const reported = isTogether(example)
        ? (await analyzer.analyzeStack(placed)).filter(({ policy }) => policy !== "preview-blind-spots")
        : (await Promise.all(placed.map((resource) => analyzer.analyze(resource)))).flat();
      assert.deepEqual(
        reported.map(({ policy, message }) => [policy, message]),
        (isTogether(example) ? together : ofOne).map(({ rule, message }) => [rule, message]),
      );
    });
  }

  it("has legitimate stacks whose single resources raise nothing either", () => {
    const raised = GOOD.filter(isTogether).flatMap(({ resources, config }) =>
      resources.flatMap((resource) => judge({ ...resource, urn: urnOf(resource) }, undefined, config)),
    );
    assert.deepEqual(raised, []);
    assert.ok(stackRuleNames.size >= 6);
  });
});

function twice(texts: readonly string[]): string[] {
  return texts.filter((text, i) => texts.indexOf(text) !== i);
}
