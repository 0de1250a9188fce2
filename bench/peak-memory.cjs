// Loaded into each node process of a run by NODE_OPTIONS: writes down the most memory that it had, in KiB, when it ends.
const { appendFileSync } = require("node:fs");

process.once("exit", () => appendFileSync(process.env.PEAK_MEMORY_FILE, `${process.resourceUsage().maxRSS}\n`));
