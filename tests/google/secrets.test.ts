import * as assert from "node:assert/strict";
import { secretParts } from "../../google/secrets";

describe("the name of a secret", () => {
  it("says its project where it is a whole path", () => {
    assert.deepEqual(secretParts("projects/acme-vault/secrets/key"), { project: "acme-vault", secret: "key" });
    assert.deepEqual(secretParts("projects/123456789012/secrets/key"), { project: "123456789012", secret: "key" });
  });
  for (const name of ["key", "projects/acme/secrets/", "secrets/key"]) {
    it(`says no project in "${name}"`, () => assert.deepEqual(secretParts(name), { secret: name }));
  }
});
