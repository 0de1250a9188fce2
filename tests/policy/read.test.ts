/** Reading one property of inputs in each form that values come in. */
import * as assert from "node:assert/strict";
import { read, shapeOf } from "../../policy/src/inputs/read";

describe("policy reading", () => {
  for (const [what, sentinel] of Object.entries({
    boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    text: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    list: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    asset: "030794c1-ac77-496b-92df-f27374a8bd58",
    archive: "e48ece36-62e2-4504-bad9-02848725956a",
    object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  })) {
    it(`knows an unknown ${what}, and names the outermost property that is`, () => {
      assert.deepEqual(read({ a: sentinel }, "a"), { state: "unknown", at: "a" });
      assert.deepEqual(read({ a: [{ b: sentinel }] }, "a", 0, "b", "c", "d"), { state: "unknown", at: "a[0].b" });
    });
  }

  it("takes no step into what has no properties, and none to what an object inherits", () => {
    assert.deepEqual(read({ a: "text" }, "a", 0), { state: "absent" });
    assert.deepEqual(read({ a: "text" }, "a", "length"), { state: "absent" });
    assert.deepEqual(read({ a: 5 }, "a", "toFixed"), { state: "absent" });
    assert.deepEqual(read({ a: {} }, "a", "toString"), { state: "absent" });
  });

  it("takes an error for an unknown value only where the policy SDK means one", () => {
    const throwing = (error: unknown) => ({
      get a(): never {
        throw error;
      },
    });
    const unknown = Object.assign(new Error("not known"), { unknownTypeSentinel: "x" });
    assert.deepEqual(read(throwing(unknown), "a"), { state: "unknown", at: "a" });
    for (const other of [new Error("broken"), { unknownTypeSentinel: "x" }, "text"]) {
      assert.throws(
        () => read(throwing(other), "a"),
        (error) => error === other,
      );
    }
  });

  it("tells the form of a value, never its content", () => {
    assert.deepEqual(["", " \n", "abc", [1, 2], null, 5].map(shapeOf), [
      "blank text",
      "blank text",
      "text of 3 characters",
      "a list of 2",
      "null",
      "a value of type number",
    ]);
  });
});
