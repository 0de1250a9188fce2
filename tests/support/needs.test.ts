import * as assert from "node:assert/strict";
import { describe, it } from "mocha";
import { needs } from "./needs";

describe("what a test needs", () => {
  const context = (skip: () => void) => ({ skip }) as unknown as Mocha.Context;
  const ci = process.env.CI;

  afterEach(() => {
    if (ci === undefined) delete process.env.CI;
    else process.env.CI = ci;
  });

  it("is skipped where it is missing, and fails in CI", () => {
    let skipped = 0;
    const one = context(() => skipped++);
    delete process.env.CI;
    needs(one, "a spare moon", true);
    assert.equal(skipped, 0);
    needs(one, "a spare moon", false);
    assert.equal(skipped, 1);
    process.env.CI = "true";
    assert.throws(() => needs(one, "a spare moon", false), {
      message: "a spare moon is needed in CI and is not there",
    });
    assert.equal(skipped, 1);
  });
});
