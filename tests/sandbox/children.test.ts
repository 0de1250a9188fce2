import * as assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { isRunning } from "../../sandbox/files/process-id";
import { temporaryFolder } from "../support/pulumi-cli";
import { TYPESCRIPT } from "../support/typescript";
import { until } from "../support/until";

const ROOT = path.join(__dirname, "../..");
const SLEEP = "setInterval(() => {}, 1000);";

/** A process that tells one line, by which it is ready. */
async function told(child: ChildProcess): Promise<string> {
  child.stdout!.setEncoding("utf8");
  const [line] = await once(child.stdout!, "data");
  return String(line).trim();
}

function node(script: string): ChildProcess {
  const args = [...TYPESCRIPT, "-e", script];
  return spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
}

/** A process with a child in a group of its own, which it has end with itself. */
function parentOf(child: string): ChildProcess {
  return node(`
    const { endWithThisProcess } = require("./sandbox/children/watcher");
    const child = require("node:child_process").spawn(
      process.execPath, ["-e", ${JSON.stringify(child)}], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    endWithThisProcess(child.pid);
    child.stdout.once("data", () => console.log(child.pid));
    ${SLEEP}`);
}

describe("the children of a process that is killed", function () {
  this.timeout(40_000);
  const parents: ChildProcess[] = [];
  const parent = async (child: string) => {
    const started = parentOf(child);
    parents.push(started);
    return { started, pid: Number(await told(started)) };
  };
  afterEach(() => {
    for (const one of parents.splice(0)) one.kill("SIGKILL");
  });
  const shellsOf = (pid: number) =>
    execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" })
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, ppid, command = ""]) => ppid === String(pid) && /(^|\/)sh$/.test(command))
      .map(([one]) => Number(one));

  it("get SIGTERM, and have time to end in good order", async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "ended");
    const child = `process.on("SIGTERM", () => { require("node:fs").writeFileSync(${JSON.stringify(file)}, ""); process.exit(); }); console.log("ready"); ${SLEEP}`;
    try {
      const { started, pid } = await parent(child);
      started.kill("SIGKILL");
      await until(() => !isRunning({ pid }), "the child is gone", 5000);
      rmSync(file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("get SIGKILL where SIGTERM did not help", async () => {
    const { started, pid } = await parent(`process.on("SIGTERM", () => {}); console.log("ready"); ${SLEEP}`);
    started.kill("SIGKILL");
    await until(() => !isRunning({ pid }), "the child is gone", 20_000);
  });

  it("end also where what watches them was killed before", async () => {
    const { started, pid } = await parent(`console.log("ready"); ${SLEEP}`);
    const [watcher] = shellsOf(started.pid!);
    process.kill(watcher!, "SIGKILL");
    await until(() => shellsOf(started.pid!).some((one) => one !== watcher), "another one watches", 5000);
    assert.ok(isRunning({ pid }), "nobody meant the child");
    started.kill("SIGKILL");
    await until(() => !isRunning({ pid }), "the child is gone", 5000);
  });
});

describe("a policy host whose CLI was killed", () => {
  it("ends by itself", async function () {
    this.timeout(20_000);
    const script = path.join(ROOT, "sandbox/children/end-with-parent.cjs");
    const cli = node(`
      const child = require("node:child_process").spawn(process.execPath, ["-r", ${JSON.stringify(script)}, "-e",
        "console.log('ready'); ${SLEEP}"], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
      child.stdout.once("data", () => console.log(child.pid));
      ${SLEEP}`);
    const pid = Number(await told(cli));
    cli.kill("SIGKILL");
    await until(() => !isRunning({ pid }), "it is gone", 10_000);
  });
});

describe("a script whose npm was killed", () => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it(`ends in good order after ${signal}, whatever the shell in between does`, async function () {
      this.timeout(30_000);
      const folder = temporaryFolder();
      const script = path.join(folder, "script.js");
      writeFileSync(
        script,
        `require(${JSON.stringify(path.join(ROOT, "tools/typescript.cjs"))});
         require(${JSON.stringify(path.join(ROOT, "sandbox/children/end-with-npm"))}).endWithNpm("start");
         process.on("SIGTERM", () => process.exit());
         console.log(process.pid); ${SLEEP}`,
      );
      const scripts = { start: "node --version > version && node script.js" };
      writeFileSync(path.join(folder, "package.json"), JSON.stringify({ scripts }));
      const npm = spawn("npm", ["start", "--silent"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
      try {
        const pid = Number(await told(npm));
        npm.kill(signal);
        await until(() => !isRunning({ pid }), "the script has ended", 10_000);
      } finally {
        npm.kill("SIGKILL");
        rmSync(folder, { recursive: true });
      }
    });
  }
});
