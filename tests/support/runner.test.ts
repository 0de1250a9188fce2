import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./is-alive";
import { until } from "./until";

const ROOT = join(__dirname, "../..");
const PASSES = 'it("passes", () => {});';
/** Starts a process that would outlive the test, and writes down which. */
const child = (options: string) => `
  const sleeper = require("node:child_process").spawn("sleep", ["61"], ${options});
  require("node:fs").writeFileSync(__filename + ".pid", String(sleeper.pid));
  sleeper.unref();`;

/** By what is wrong with it: the body of a test file. */
const FILES = {
  endless: `${child('{ detached: true, stdio: "ignore" }')} it("hangs", () => { for (;;); });`,
  waiting: 'it("waits", () => new Promise(() => setInterval(() => {}, 100))).timeout(0);',
  open: `${PASSES} setInterval(() => {}, 100);`,
  leaving: `${PASSES} ${child('{ stdio: "inherit" }')}`,
  sound: PASSES,
};

interface Ran {
  readonly code: number;
  readonly file: string;
  readonly lines: readonly string[];
}

describe("a run of the tests", function () {
  this.timeout(60_000);
  let folder: string;
  let runs: Readonly<Record<keyof typeof FILES, Ran>>;
  // At once, as most of the time is waited.
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "runner-"));
    const all = Object.entries(FILES).map(async ([name, body]) => [name, await run(name, body)] as const);
    runs = Object.fromEntries(await Promise.all(all)) as typeof runs;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function run(name: string, body: string): Promise<Ran> {
    const file = join(folder, `${name}.test.js`);
    writeFileSync(file, `describe("${name}", () => { ${body} });`);
    const beside = join(folder, `beside-${name}.test.js`);
    writeFileSync(beside, `describe("beside", () => { ${PASSES} });`);
    return { file, ...(await start([beside, file])) };
  }

  async function start(files: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Omit<Ran, "file">> {
    const env = { ...process.env, TEST_FILE_LIMIT_S: "10", TEST_END_LIMIT_S: "2", ...more };
    const runner = spawn(process.execPath, [join(ROOT, "tests/run.mjs"), ...files], { env });
    let output = "";
    runner.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    const code = await new Promise<number>((resolve) => runner.once("close", resolve));
    return { code, lines: output.trim().split("\n") };
  }

  /** What a run says beside the report of the tests, and its last line. */
  function told({ lines }: Ran): string[] {
    return [...lines.filter((line) => / did not end | left /.test(line)), lines.at(-1) ?? ""];
  }

  const started = ({ file }: Ran) => Number(readFileSync(`${file}.pid`, "utf8"));

  it("names a file that does not end, ends it with what it started, and counts it as failed", async () => {
    const { endless } = runs;
    assert.match(told(endless)[0] ?? "", /^\S+\/endless\.test\.js did not end within 10 s$/);
    assert.deepEqual([endless.code, told(endless).slice(1)], [1, ["0 passed, 1 failed"]]);
    await until(() => !isAlive(started(endless)));
  });

  it("ends a file that waits without an end, where mocha's own limit is off", () => {
    const { waiting } = runs;
    assert.match(told(waiting)[0] ?? "", /^\S+\/waiting\.test\.js did not end within 10 s$/);
    assert.deepEqual([waiting.code, told(waiting).slice(1)], [1, ["0 passed, 1 failed"]]);
  });

  it("ends a process whose tests have passed and left something open", () => {
    assert.deepEqual(told(runs.open), [
      "one of 2 fast test files left something open: its process did not end within 2 s after the last test",
      "2 passed, 1 failed",
    ]);
    assert.equal(runs.open.code, 1);
  });

  it("ends what a file left running, which holds its output too", async () => {
    const { leaving } = runs;
    assert.deepEqual(told(leaving), ["one of 2 fast test files left processes behind: sleep 61", "2 passed, 1 failed"]);
    assert.equal(leaving.code, 1);
    await until(() => !isAlive(started(leaving)));
  });

  it("runs two files that drive an engine side by side, and shows each report whole", async () => {
    const meets = (own: string, other: string) => `
      // openSandbox
      describe("${own}", () => it("meets the other", async () => {
        const { existsSync, writeFileSync } = require("node:fs");
        writeFileSync("${join(folder, own)}", "");
        while (!existsSync("${join(folder, other)}")) await new Promise((resolve) => setTimeout(resolve, 20));
      }).timeout(0));`;
    const files = ["left", "right"].map((own, i, both) => {
      const file = join(folder, `${own}.test.js`);
      writeFileSync(file, meets(own, both[1 - i] ?? ""));
      return file;
    });
    const { code, lines } = await start(files, { TEST_LANES: "2" });
    assert.deepEqual([code, lines.at(-1)], [0, "2 passed, 0 failed"]);
    const shown = lines.map((line) => line.trim()).filter((line) => /^(left|right|✔)/.test(line));
    assert.deepEqual(
      shown.toSorted().map((line) => line.replace(/ \(\d+ms\)$/, "")),
      ["left", "right", "✔ meets the other", "✔ meets the other"],
    );
    assert.match(shown[1] ?? "", /^✔ /);
  });

  it("says how long the files took, and counts in its last line", () => {
    const { code, lines } = runs.sound;
    assert.deepEqual([code, told(runs.sound)], [0, ["2 passed, 0 failed"]]);
    assert.deepEqual(
      lines
        .filter((line) => /^ +\d+\.\d {2}/.test(line))
        .map((line) => line.slice(line.lastIndexOf("/") + 1))
        .sort(),
      ["beside-sound.test.js", "sound.test.js"],
    );
  });
});
