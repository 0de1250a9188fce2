/** The words of the pack, whole: every different message that the examples yield is committed in messages.json. */
import * as assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { judge, judgeStack } from "../../policy/src/judge";
import { configOf, exampled, stackExampled, stackOf } from "./examples";
import { urnOf } from "./sdk-analyzer";

const FILE = path.join(__dirname, "messages.json");

function messages(): Record<string, string[]> {
  const of = new Map<string, Set<string>>();
  const add = (rule: string, message: string) => of.set(rule, (of.get(rule) ?? new Set()).add(message));
  for (const { rule, examples } of exampled) {
    for (const { type, props, config } of examples.violating) {
      const resource = { type, urn: urnOf({ type, props }), name: "it", props };
      for (const { kind, message } of judge(resource, [rule], config && { [rule.name]: config })) {
        if (kind === "violation") add(rule.name, message);
      }
    }
  }
  for (const { rule, examples } of stackExampled) {
    for (const example of examples.violating) {
      for (const { message } of judgeStack(stackOf(example), [rule], configOf(rule, example))) add(rule.name, message);
    }
  }
  return Object.fromEntries([...of].map(([rule, texts]) => [rule, [...texts]]));
}

describe("policy messages", () => {
  it("are those that messages.json holds; UPDATE_MESSAGES=1 npx mocha tests/policy/messages.test.ts writes it anew", () => {
    const text = `${JSON.stringify(messages(), undefined, 2)}\n`;
    if (process.env["UPDATE_MESSAGES"]) writeFileSync(FILE, text);
    assert.equal(text, readFileSync(FILE, "utf8"));
  });
});
