import * as assert from "node:assert/strict";
import { backoffMs, isIdempotent, isPassing, RetryBudget } from "../../services/runtime/retry";

describe("when a call is sent again", () => {
  it("is after 429, 502 and 503, which may be gone a moment later", () => {
    const passing = [200, 400, 401, 403, 404, 408, 429, 500, 501, 502, 503, 504].filter(isPassing);
    assert.deepEqual(passing, [429, 502, 503]);
  });

  it("is without harm for the methods that RFC 9110 calls idempotent", () => {
    const methods = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH", "CONNECT"];
    assert.deepEqual(methods.filter(isIdempotent), ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
  });

  it("waits up to a bound that doubles, from 100 ms to 2 s, and anything below it", () => {
    const bounds = [1, 2, 3, 4, 5, 6, 9].map((retry) => backoffMs(retry, () => 1));
    assert.deepEqual(bounds, [100, 200, 400, 800, 1_600, 2_000, 2_000]);
    assert.equal(
      backoffMs(2, () => 0.5),
      100,
    );
    assert.equal(
      backoffMs(2, () => 0),
      0,
    );
  });

  it("waits at least as long as the other side asks, and the same jitter more", () => {
    assert.equal(
      backoffMs(1, () => 1, "2"),
      2_100,
    );
    assert.equal(
      backoffMs(1, () => 0, "120"),
      120_000,
    );
  });

  it("takes what is no whole number of seconds for no wish", () => {
    for (const wish of ["", "soon", "-1", "1.5", "3 s", "x3", "1234567", "Wed, 21 Oct 2026 07:28:00 GMT"]) {
      assert.equal(
        backoffMs(1, () => 1, wish),
        100,
        wish,
      );
    }
  });

  it("ends at the fifth failure in a row, and begins again with a success", () => {
    const budget = new RetryBudget();
    for (let failure = 1; failure <= 4; failure++) budget.failed();
    assert.equal(budget.allows, true);
    budget.failed();
    assert.equal(budget.allows, false);
    budget.succeeded();
    assert.equal(budget.allows, true);
  });

  it("owes nothing for the failures of a long outage beyond the tenth, and saves nothing up in a long calm", () => {
    const budget = new RetryBudget();
    const successes = (count: number) => {
      for (let success = 0; success < count; success++) budget.succeeded();
    };
    for (let failure = 0; failure < 1_000; failure++) budget.failed();
    successes(45);
    assert.equal(budget.allows, false);
    successes(10);
    assert.equal(budget.allows, true);
    successes(1_000);
    for (let failure = 0; failure < 5; failure++) budget.failed();
    assert.equal(budget.allows, false);
  });
});
