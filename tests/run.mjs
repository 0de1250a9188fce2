// Runs all tests, or the files that are named: what is fast in one process, and each file that drives a Pulumi engine in
// a process of its own, as the SDK keeps state for a whole process and a failed run must not be blamed on the next. Two of
// these processes run side by side, as an engine waits much; what one prints is shown whole when it ends, but for the
// one that is shown as it goes. A file that does not end in time is ended and has failed. The last line counts everything.
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { runMocha } from "./support/mocha-process.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

/** Far more than any file takes on two slow cores, the build of the Pulumi CLI included. */
const FILE_LIMIT_S = Number(process.env.TEST_FILE_LIMIT_S ?? 2400);
/** For what its last test has left to end by itself. */
const END_LIMIT_S = Number(process.env.TEST_END_LIMIT_S ?? 30);
const LANES = Number(process.env.TEST_LANES ?? Math.min(2, availableParallelism()));
/** Begun before the others, so that none of them is what a lane waits for at the end. */
const LONGEST = ["tests/deploy/faults.test.ts", "tests/deploy/faults-of-callers.test.ts"];

const named = process.argv.slice(2);
const files = named.length > 0 ? named : allFiles();
const drivesAnEngine = (file) => /usesPulumi|EmbeddedEngine|InlineProgram|openSandbox/.test(readFileSync(file, "utf8"));
const fast = files.filter((file) => !drivesAnEngine(file));
const engines = files.filter(drivesAnEngine);
const inOrder = [
  ...LONGEST.filter((file) => engines.includes(file)),
  ...engines.filter((file) => !LONGEST.includes(file)),
];
const queue = [...(fast.length > 0 ? [fast] : []), ...inOrder.map((file) => [file])];

const total = { passed: 0, failed: 0, skipped: 0 };
const tookMs = new Map();
let isShown = false;
await Promise.all(Array.from({ length: Math.max(1, LANES) }, lane));

/** Runs one group after the other until none is left. */
async function lane() {
  for (let group = queue.shift(); group; group = queue.shift()) await runGroup(group);
}

async function runGroup(group) {
  const started = performance.now();
  const isForeground = !isShown;
  isShown = true;
  let held = "";
  const show = (text) => {
    if (isForeground) process.stdout.write(text);
    else held += text;
  };
  const run = await runMocha(group, { fileMs: FILE_LIMIT_S * 1000, endMs: END_LIMIT_S * 1000 }, show);
  if (isForeground) isShown = false;
  process.stdout.write(held);
  for (const [file, ms] of run.tookMs) tookMs.set(file, (tookMs.get(file) ?? 0) + ms);
  if (group.length === 1) tookMs.set(group[0], performance.now() - started);
  for (const problem of run.problems) console.log(problem);
  const counts = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(run.output);
  if (!counts) {
    total.failed += 1;
    if (run.problems.length === 0) {
      console.log(`${group.length === 1 ? group[0] : "the fast tests"} ended with code ${run.code} before their count`);
    }
    return;
  }
  const [passed, failed, skipped] = counts.slice(1).map((count) => Number(count ?? 0));
  total.passed += passed;
  total.skipped += skipped;
  total.failed += failed === 0 && (run.code !== 0 || run.problems.length > 0) ? 1 : failed;
}

console.log("\nSeconds of the files that took longest:");
for (const [file, ms] of [...tookMs].sort(([, a], [, b]) => b - a).slice(0, 20)) {
  console.log(`${(ms / 1000).toFixed(1).padStart(7)}  ${file}`);
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exitCode = total.failed > 0 ? 1 : 0;

function allFiles() {
  return readdirSync("tests", { recursive: true })
    .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
    .map((file) => `tests/${file}`)
    .sort();
}
