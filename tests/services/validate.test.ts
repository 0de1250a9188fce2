import * as assert from "node:assert/strict";
import { z } from "zod";
import { checked, type StandardSchema, validate } from "../../services/runtime/index";

describe("a value that a schema checks", () => {
  const order = z.object({ lines: z.array(z.object({ sku: z.string("text is needed") })) });

  /** A schema of any library, which answers this. */
  const answering = (outcome: ReturnType<StandardSchema<number>["~standard"]["validate"]>): StandardSchema<number> => ({
    "~standard": { validate: () => outcome },
  });

  it("comes back as the schema gives it, or with every problem and its path", () => {
    const trimmed = z.object({ name: z.string().trim() });
    assert.deepEqual(validate(trimmed, { name: " ada ", more: 1 }), { value: { name: "ada" } });
    assert.deepEqual(validate(order, { lines: [{}, { sku: "a" }, { sku: 1 }] }), {
      problems: [
        { path: "lines.0.sku", message: "text is needed" },
        { path: "lines.2.sku", message: "text is needed" },
      ],
    });
  });

  it("has the path of a problem from steps in either form of Standard Schema, or none where there are no steps", () => {
    const steps = ["lines", { key: 0 }, { key: "sku" }];
    const issues = [{ message: "is sold out", path: steps }, { message: "is closed" }];
    assert.deepEqual(validate(answering({ issues }), 1).problems, [
      { path: "lines.0.sku", message: "is sold out" },
      { path: "", message: "is closed" },
    ]);
    assert.throws(() => checked(answering({ issues }), 1, "body-invalid"), {
      code: "body-invalid",
      message: "lines.0.sku: is sold out; is closed",
      details: [
        { path: "lines.0.sku", message: "is sold out" },
        { path: "", message: "is closed" },
      ],
    });
  });

  it("never passes unchecked: a schema that answers later is a mistake of who wrote it", () => {
    assert.throws(
      () => validate(answering(Promise.resolve({ issues: [{ message: "too late" }] })), 1),
      new TypeError("a schema that answers later cannot be used here"),
    );
  });
});
