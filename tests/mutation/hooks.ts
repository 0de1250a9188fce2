/**
 * Mocha loads it where mutation tests run. Stryker runs a change on the tests that reach it, and counts what runs before
 * all tests of a suite to the test that ran before: counted here to all tests of the suite, which rest on it.
 */
import Mocha = require("mocha");

interface Coverage {
  /** How often each test reached each place that can be changed. */
  readonly perTest: Record<string, Record<string, number>>;
}

interface Context {
  currentTestId?: string;
  /** Id of the change that is tried; none in the first run. */
  activeMutant?: string;
  mutantCoverage?: Coverage;
}

const context = () => (globalThis as { __stryker__?: Context }).__stryker__;
const suites = new Map<string, Mocha.Suite>();

/** Stryker switches mocha's limit off, and waits as long as all tests would take: for a change that makes one test hang. */
const LIMIT_MS = 20_000;

const { run } = Mocha.Runnable.prototype;
Mocha.Runnable.prototype.run = function (this: Mocha.Runnable, ...args: Parameters<typeof run>) {
  const { title, parent } = this;
  const stryker = context();
  if (this.timeout() === 0 && stryker?.activeMutant !== undefined) this.timeout(LIMIT_MS);
  if (stryker && parent && /^"before all" hook/.test(title)) {
    stryker.currentTestId = `before all of ${parent.fullTitle()}`;
    suites.set(stryker.currentTestId, parent);
  }
  return run.apply(this, args);
};

export const mochaHooks = {
  afterAll() {
    const perTest = context()?.mutantCoverage?.perTest ?? {};
    for (const [id, suite] of suites) {
      const reached = perTest[id] ?? {};
      delete perTest[id];
      suite.eachTest((test) => {
        if (test.state !== "passed") return;
        const own = perTest[test.fullTitle()] ?? {};
        perTest[test.fullTitle()] = own;
        for (const [mutant, times] of Object.entries(reached)) own[mutant] = (own[mutant] ?? 0) + times;
      });
    }
    suites.clear();
  },
};
