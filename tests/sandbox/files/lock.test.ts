import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import * as path from "node:path";
import type { FileError } from "../../../sandbox/files/file-error";
import { LockHeld, takeLock } from "../../../sandbox/files/lock";
import { isRunning, processId, thisProcess } from "../../../sandbox/files/process-id";
import { temporaryFolder } from "../../support/pulumi-cli";
import { TYPESCRIPT } from "../../support/typescript";

const SINCE = "2026-11-28T16:10:04.123Z";

describe("a lock", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, "below", "lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const left = (holder: object | string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof holder === "string" ? holder : JSON.stringify(holder));
  };
  const sleeper = async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    await once(child, "spawn");
    return child;
  };

  it("is held by one, and says by which process since when", () => {
    const lock = takeLock(file);
    const { since } = JSON.parse(readFileSync(file, "utf8")) as { since: string };
    assert.throws(() => takeLock(file), {
      name: "LockHeld",
      message: `"${file}" is held by process ${process.pid}, since ${since.slice(0, 19).replace("T", " ")} UTC`,
    });
    lock.release();
    assert.ok(!existsSync(file));
    takeLock(file).release();
  });

  it("is taken over from a process that is gone, and from another process of its number", async () => {
    const child = await sleeper();
    const holder = { ...processId(child.pid!), since: SINCE, host: hostname() };
    try {
      left(holder);
      assert.throws(() => takeLock(file), LockHeld);
      left({ ...holder, began: "an hour before" });
      takeLock(file).release();
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    left(holder);
    takeLock(file).release();
    assert.deepEqual(readdirSync(path.dirname(file)), []);
  });

  it("is taken over from this very process number, where an earlier process had it", () => {
    left({ pid: process.pid, began: "at another boot", since: SINCE, host: hostname() });
    takeLock(file).release();
  });

  it("of another machine holds, as nobody here knows whether its process runs", () => {
    left({ pid: 2 ** 22 + 1, since: SINCE, host: "elsewhere" });
    assert.throws(() => takeLock(file), {
      message: `"${file}" is held by process ${2 ** 22 + 1} on elsewhere, since 2026-11-28 16:10:04 UTC`,
    });
  });

  it("that says nothing is waited for while it may still be written, and then taken over", () => {
    left("");
    const before = performance.now();
    takeLock(file).release();
    assert.ok(performance.now() - before > 500, "waited for what could come");
    left("{");
    utimesSync(file, new Date(0), new Date(0));
    takeLock(file).release();
  });

  it("that somebody else has by now is not given back", () => {
    const lock = takeLock(file);
    const other = { ...thisProcess(), since: SINCE, host: hostname() };
    writeFileSync(file, JSON.stringify(other));
    lock.release();
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), other);
  });

  it("is held by one of many that find it left behind at once", async function () {
    this.timeout(60_000);
    left({ pid: 2 ** 22 + 1, since: SINCE, host: hostname() });
    const script = `
      const { takeLock } = require("./sandbox/files/lock");
      process.stdin.once("data", () => {
        try { takeLock(${JSON.stringify(file)}); console.log("held"); } catch (error) { console.log(error.name); }
        process.stdin.once("data", () => process.exit());
      });
      console.log("ready");`;
    const cwd = path.join(__dirname, "../../..");
    const children = Array.from({ length: 4 }, () => {
      const child = spawn(process.execPath, [...TYPESCRIPT, "-e", script], { cwd, stdio: ["pipe", "pipe", "inherit"] });
      child.stdout.setEncoding("utf8");
      return child;
    });
    await Promise.all(children.map((child) => once(child.stdout, "data")));
    const said = children.map((child) => once(child.stdout, "data"));
    for (const child of children) child.stdin.write("now\n");
    const words = (await Promise.all(said)).map(([word]) => String(word).trim());
    for (const child of children) child.stdin.write("end\n");
    await Promise.all(children.map((child) => once(child, "exit")));
    assert.deepEqual(words.toSorted(), ["LockHeld", "LockHeld", "LockHeld", "held"]);
    assert.deepEqual(readdirSync(path.dirname(file)), [], "given back as its process ends");
  });

  it("says which folder cannot be written, and why", () => {
    writeFileSync(path.join(folder, "below"), "");
    assert.throws(
      () => takeLock(file),
      (error: FileError) => {
        assert.equal(error.name, "FileError");
        assert.equal(
          error.message,
          `cannot write "${path.join(folder, "below")}": a file stands where a folder is needed; name another folder (EEXIST)`,
        );
        return true;
      },
    );
  });
});

describe("a process", () => {
  it("that has ended and that nobody has waited for does not run", async () => {
    assert.ok(isRunning(thisProcess()));
    assert.ok(!isRunning({ pid: 2 ** 22 + 1 }));
    assert.ok(!isRunning({ pid: 0 }) && !isRunning({ pid: -1 }), "no group of processes is one");
  });
});
