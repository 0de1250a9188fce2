// Mocha's spec reporter, closed by one plain line that says how many tests passed and failed. Tells the process that
// started it, if it listens, which file runs and how long it took.
const { relative } = require("node:path");
const { reporters, Runner } = require("mocha");

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_SUITE_END } = Runner.constants;

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const tell = (message) => {
      if (process.connected) process.send(message);
    };
    const began = new Map();
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (!suite.parent?.root || !suite.file) return;
      began.set(suite, performance.now());
      tell({ begins: relative(process.cwd(), suite.file) });
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (!began.has(suite)) return;
      tell({ ends: relative(process.cwd(), suite.file), ms: performance.now() - began.get(suite) });
    });
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    });
  }
};
