import * as assert from "node:assert/strict";
import { judge } from "../../policy/src/judge";
import { policyPack } from "../../policy/src/pack";
import type { Example } from "../../policy/src/rule";
import { exampled } from "./examples";
import { sdkAnalyzer, UNKNOWN } from "./sdk-analyzer";

const judged = ({ type, props }: Example) => judge({ type, urn: "urn", name: "it", props });
const analyzed = (example: Example) => sdkAnalyzer(policyPack()).analyze(example);

for (const { rule, examples } of exampled) {
  describe(`policy rule ${rule.name}`, () => {
    for (const example of examples.compliant) {
      it(`accepts: ${example.because}`, async () => {
        assert.deepEqual(judged(example), []);
        assert.deepEqual(await analyzed(example), []);
      });
    }

    for (const example of examples.violating) {
      it(`refuses: ${example.because}`, async () => {
        const violations = judged(example).filter(({ kind }) => kind === "violation");
        assert.deepEqual(
          violations.map((finding) => [finding.rule, finding.path, finding.severity]),
          [[rule.name, example.path, rule.severity]],
        );
        assert.deepEqual(
          await analyzed(example),
          violations.map(({ message }) => ({ policy: rule.name, message, level: "mandatory" })),
        );
      });
    }

    for (const example of examples.unknown) {
      it(`waits for the update: ${example.because}`, async () => {
        assert.deepEqual(
          judged(example).map((finding) => [finding.rule, finding.kind, finding.path]),
          [[rule.name, "unknown", example.path]],
        );
        assert.deepEqual(await analyzed(example), []);
      });
    }

    it("has examples of each kind, each with its own reason", () => {
      const all = [...examples.compliant, ...examples.violating, ...examples.unknown];
      const reasons = all.map(({ because }) => because);
      assert.equal(new Set(reasons).size, reasons.length);
      assert.ok(examples.compliant.length >= 3 && examples.violating.length >= 3 && examples.unknown.length >= 1);
      for (const { type } of all) assert.ok(rule.types.includes(type), `${rule.name} does not read ${type}`);
    });

    it("names in one line what, where and how to fix, and not its own description", () => {
      for (const example of examples.violating) {
        for (const { message, path } of judged(example).filter(({ kind }) => kind === "violation")) {
          assert.ok(!message.includes("\n") && message.length < 320, message);
          assert.ok(message.startsWith(path.split(".bindings")[0]!), message);
          assert.ok(message.includes(":") || message.includes(", so "), message);
          assert.ok(message.includes("; ") && !message.endsWith("."), message);
          assert.ok(!message.includes(rule.description) && !message.includes(UNKNOWN), message);
        }
      }
    });
  });
}
