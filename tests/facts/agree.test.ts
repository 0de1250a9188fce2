import * as assert from "node:assert/strict";
import { disagreements, type Question } from "./agree";

const one: Question<"a" | "b"> = {
  asks: "an A",
  sides: { a: (it) => it === "A", b: (it) => it.toLowerCase() === "a" },
  cases: ["A", "a", "x"],
};
const small = { verdicts: { a: false, b: true }, because: "b takes any spelling" };

describe("a difference between two tables", () => {
  it("fails where it is not declared", () => {
    assert.deepEqual(disagreements(one), ['a: {"a":false,"b":true}, undeclared']);
  });
  it("passes where it is declared as it is", () => {
    assert.deepEqual(disagreements({ ...one, differences: [{ of: ["a"], ...small }] }), []);
  });
  it("fails where it is declared another way", () => {
    const differences = [{ ...small, of: ["a"], verdicts: { a: true, b: false } }];
    assert.deepEqual(disagreements({ ...one, differences }), [
      'a: {"a":false,"b":true}, declared {"a":true,"b":false}',
    ]);
  });
  it("fails where it is declared and gone, or of a case that nobody asks", () => {
    assert.deepEqual(disagreements({ ...one, differences: [{ of: ["a", "x", "y"], ...small }] }), [
      "x: a difference is declared, and all say false",
      "y: is declared, and nobody asks",
    ]);
  });
});
