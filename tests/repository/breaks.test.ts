/** The table of breaks, whose run takes long: whoever moves a check is told at once that its break has to follow. */
import * as assert from "node:assert/strict";
import { OF_BALANCER } from "../contract/breaks/balancer";
import { occurrences } from "../contract/breaks/changed-source";
import { OF_IDENTITIES } from "../contract/breaks/identities";
import { OF_REQUESTS } from "../contract/breaks/requests";

describe("the table of breaks in tests/contract/breaks", () => {
  it("finds each check once, in the file where it stands", () => {
    const stale = [...OF_REQUESTS, ...OF_IDENTITIES, ...OF_BALANCER].filter((change) => occurrences(change) !== 1);
    assert.deepEqual(
      stale.map(({ check, file, find }) => `${check}: "${find}" is not once in ${file}`),
      [],
    );
  });
});
