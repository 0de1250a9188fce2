import * as assert from "node:assert/strict";
import { judge, judgeStack, levelOf } from "../../policy/src/judge";
import { policyPack } from "../../policy/src/pack";
import type { Example } from "../../policy/src/rule";
import { allRules } from "../../policy/src/rules";
import { configOf, exampled, inputsOf, stackExampled, stackOf } from "./examples";
import { sdkAnalyzer, UNKNOWN, urnOf } from "./sdk-analyzer";

for (const { rule, examples } of exampled) {
  const judged = ({ type, props, config }: Example) =>
    judge({ type, urn: urnOf({ type, props }), name: "it", props }, undefined, config && { [rule.name]: config });
  const analyzed = ({ type, props, config }: Example) =>
    sdkAnalyzer(policyPack(), config && { [rule.name]: config }).analyze({ type, props });
  const names = (found: readonly { rule: string }[]) => found.map((finding) => finding.rule).sort();

  describe(`policy rule ${rule.name}`, () => {
    for (const example of examples.compliant) {
      it(`accepts: ${example.because}`, async () => {
        assert.deepEqual(
          judged(example).filter((finding) => finding.rule === rule.name || !example.also?.includes(finding.rule)),
          [],
        );
        if (example.also === undefined) assert.deepEqual(await analyzed(example), []);
      });
    }

    for (const example of examples.violating) {
      it(`refuses: ${example.because}`, async () => {
        const violations = judged(example).filter(({ kind }) => kind === "violation");
        assert.deepEqual(
          violations
            .filter((finding) => finding.rule === rule.name)
            .map((finding) => [finding.path, finding.severity, finding.level]),
          [[example.path, rule.severity, levelOf(rule)]],
        );
        assert.deepEqual(names(violations), [rule.name, ...(example.also ?? [])].sort());
        assert.deepEqual(
          await analyzed(example),
          violations.map(({ rule: policy, message, level }) => ({ policy, message, level })),
        );
      });
    }

    for (const example of examples.unknown) {
      it(`waits for the update: ${example.because}`, async () => {
        const found = judged(example);
        assert.deepEqual(
          found.filter((finding) => finding.rule === rule.name).map(({ kind, path }) => [kind, path]),
          [["unknown", example.path]],
        );
        assert.deepEqual([...new Set(found.map(({ kind, path }) => `${kind} ${path}`))], [`unknown ${example.path}`]);
        assert.deepEqual(await analyzed(example), []);
      });
    }

    it("has examples of each kind, each with its own reason", () => {
      const all = [...examples.compliant, ...examples.violating, ...examples.unknown];
      const reasons = all.map(({ because }) => because);
      assert.equal(new Set(reasons).size, reasons.length);
      assert.ok(examples.compliant.length >= 3 && examples.violating.length >= 3);
      for (const type of rule.types) {
        const refused = examples.violating.some((example) => example.type === type);
        assert.ok(refused, `no violating example for ${type}`);
      }
    });

    it("names in one line what, where and how to fix, and not its own description", () => {
      for (const example of examples.violating) {
        for (const { message, path } of judged(example).filter(({ kind }) => kind === "violation")) {
          assert.ok(!message.includes("\n") && message.length < 400, message);
          assert.ok(message.startsWith(path.split(".bindings")[0]!), message);
          assert.ok(message.includes(":") || message.includes(", so "), message);
          assert.ok(message.includes("; ") && !message.endsWith("."), message);
          assert.ok(!message.includes(rule.description) && !message.includes(UNKNOWN), message);
        }
      }
    });
  });
}

for (const { rule, examples } of stackExampled) {
  describe(`policy stack rule ${rule.name}`, () => {
    for (const example of examples.compliant) {
      it(`accepts: ${example.because}`, async () => {
        const config = configOf(rule, example);
        assert.deepEqual(judgeStack(stackOf(example), [rule], config), []);
        assert.deepEqual(await sdkAnalyzer(policyPack([], [rule]), config).analyzeStack(inputsOf(example)), []);
      });
    }

    for (const example of examples.violating) {
      it(`refuses: ${example.because}`, async () => {
        const config = configOf(rule, example);
        const found = judgeStack(stackOf(example), [rule], config);
        assert.deepEqual(
          found.map(({ rule: name, urn, level }) => [name, urn.split("::").at(-1), level]),
          example.at.map((at) => [rule.name, at, levelOf(rule)]),
        );
        for (const { message } of found) {
          assert.ok(!message.includes("\n") && message.length < 320 && /[:,] .*; /.test(message), message);
        }
        assert.deepEqual(
          await sdkAnalyzer(policyPack([], [rule]), config).analyzeStack(inputsOf(example)),
          found.map(({ message, urn }) => ({ policy: rule.name, message, level: levelOf(rule), urn })),
        );
      });
    }

    it("has examples of each kind, each with its own reason", () => {
      const reasons = [...examples.compliant, ...examples.violating].map(({ because }) => because);
      assert.equal(new Set(reasons).size, reasons.length);
      assert.ok(examples.compliant.length >= 3 && examples.violating.length >= 3);
    });
  });
}

describe("policy rule records", () => {
  it("have names that say what there is none of, and sentences to read", () => {
    assert.equal(new Set(allRules.map(({ name }) => name)).size, allRules.length);
    for (const { name, description, remediation, page } of allRules) {
      assert.match(name, /^no-[a-z]+(-[a-z]+)+$/);
      for (const sentence of [description, remediation]) assert.match(sentence, /^[A-Z].*\.$/s, name);
      assert.match(page, /^https:\/\//, name);
    }
  });
});
