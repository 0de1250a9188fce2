// Runs all tests: what is fast in one process, and each file that drives a Pulumi engine in a process of its own, as the
// SDK keeps state for a whole process and a failed run must not be blamed on the next. The last line counts everything.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const files = readdirSync("tests", { recursive: true })
  .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
  .map((file) => `tests/${file}`)
  .sort();
const drivesAnEngine = (file) => /usesPulumi|EmbeddedEngine|InlineProgram|openSandbox/.test(readFileSync(file, "utf8"));
const groups = [files.filter((file) => !drivesAnEngine(file)), ...files.filter(drivesAnEngine).map((file) => [file])];

const total = { passed: 0, failed: 0, skipped: 0 };
for (const group of groups) {
  const { code, output } = await mocha(group);
  const counts = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(output);
  if (!counts) {
    total.failed += 1;
    console.log(`${group.length === 1 ? group[0] : "the fast tests"} ended with code ${code} before their count`);
    continue;
  }
  const [passed, failed, skipped] = counts.slice(1).map((count) => Number(count ?? 0));
  total.passed += passed;
  total.skipped += skipped;
  total.failed += failed === 0 && code !== 0 ? 1 : failed;
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exitCode = total.failed > 0 ? 1 : 0;

function mocha(group) {
  const args = ["node_modules/mocha/bin/mocha.js", "--reporter", "tests/support/reporter.js", ...group];
  const child = spawn(process.execPath, args, { stdio: ["inherit", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}
