import * as assert from "node:assert/strict";
import { refusal } from "../../../services/web-app/database/refusal";

describe("what PostgreSQL refuses", () => {
  for (const [sqlState, code, message] of [
    ["42501", "identity-not-permitted", "this is not yours to change"],
    ["23503", "body-invalid", "it names a team or an entry that is not there"],
    ["57014", "database-unavailable", "the database took too long; try again"],
  ] as const) {
    it(`by ${sqlState} is answered as ${code}`, () => {
      const cause = Object.assign(new Error("of the database's own, with a value"), { code: sqlState });
      const { code: told, message: said } = refusal(cause) as { code: string; message: string };
      assert.deepEqual([told, said], [code, message]);
    });
  }

  it("for another reason stays what it is", () => {
    const other = Object.assign(new Error("syntax"), { code: "42601" });
    assert.equal(refusal(other), other);
  });
});
