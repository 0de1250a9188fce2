/** The contract of a stack on Google Cloud: one test per probe, known only when the stack has been read. */
import * as assert from "node:assert/strict";
import Mocha from "mocha";
import type { Deployed } from "../../verify/deployed/open";
import { probes } from "../../verify/probes";
import { type Result, seen, verify } from "../../verify/result";
import { factOf, NOBODY_ELSE, othersLetIn } from "./facts";

/** A job may have to start before a probe is sent. */
const PROBE_TIMEOUT_MS = 15 * 60_000;

/**
 * Adds the tests to a suite. A probe that cannot be sent is a skipped test that says why, never a passed one; a stack of
 * which nothing could be probed fails.
 */
export function holdsDeployed(suite: Mocha.Suite, open: () => Promise<Deployed>): void {
  const results: Result[] = [];
  let deployed: Deployed | undefined;

  suite.timeout(PROBE_TIMEOUT_MS);
  suite.addTest(
    new Mocha.Test("tells its config and its outputs", async () => {
      deployed = await open();
      const { graph, target } = deployed;
      const each = Mocha.Suite.create(suite, "its probes");
      for (const probe of probes(graph)) {
        const test = new Mocha.Test(factOf(probe), async function (this: Mocha.Context) {
          const [result] = await verify([probe], target);
          assert.ok(result);
          results.push(result);
          if (result.outcome === "not probed") {
            test.title += ` - ${seen(result.observed)}`;
            return this.skip();
          }
          assert.equal(result.outcome, "as expected", seen(result.observed));
        });
        each.addTest(test);
      }
      each.addTest(
        new Mocha.Test(NOBODY_ELSE, async () => {
          assert.deepEqual(othersLetIn(await deployed!.grants()), []);
        }),
      );
      each.addTest(
        new Mocha.Test("are not all of them unsent", () => {
          assert.ok(
            results.some(({ outcome }) => outcome !== "not probed"),
            "nothing could be probed",
          );
        }),
      );
    }),
  );
  suite.afterAll("close", () => deployed?.close());
}
