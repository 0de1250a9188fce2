/** What the pack is measured on, and whom it is measured beside. */
import * as assert from "node:assert/strict";
import { peers } from "../../bench/policy/peers";
import { judge, judgeStack } from "../../policy/src/judge";
import type { StackResource } from "../../policy/src/rule";

const { pulumiStack, terraformPlan } = require("../../bench/policy/stack.cjs") as {
  pulumiStack(services: number): StackResource[];
  terraformPlan(
    services: number,
  ): Record<"resource_changes", { type: string; change: { after: { member?: string } } }[]>;
};

describe("the policy bench", () => {
  it("judges a stack in which only the planted faults are wrong", () => {
    const stack = pulumiStack(200);
    const found = [...stack.flatMap((resource) => judge(resource)), ...judgeStack(stack)];
    assert.deepEqual(
      found.map(({ rule, urn }) => `${rule} ${urn.split("::").at(-1)}`),
      ["no-public-principals grant-0", "no-public-principals grant-100"],
    );
    assert.equal(stack.length, 1000);
  });

  it("gives others the same resources, faults included", () => {
    const { resource_changes: changes } = terraformPlan(200);
    assert.equal(changes.length, 1000);
    assert.equal(changes.filter(({ change }) => change.after.member === "allUsers").length, 2);
  });

  it("says who is missing and how to get it", () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "";
    try {
      assert.deepEqual(
        peers().map(({ name, missing }) => [name, missing]),
        [
          ["OPA", "opa; go install github.com/open-policy-agent/opa@v1.22.2"],
          ["Checkov", "checkov; pip install checkov==3.3.30"],
        ],
      );
    } finally {
      process.env["PATH"] = path;
    }
  });
});
