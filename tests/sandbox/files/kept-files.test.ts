import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { KeptFiles } from "../../../sandbox/files/kept-files";
import { temporaryFolder as made } from "../../../sandbox/files/temporary-folder";
import { temporaryFolder } from "../../support/pulumi-cli";
import { until } from "../../support/until";

describe("files that others find a mesh by", () => {
  let folder: string;
  let told: string[];
  let files: KeptFiles;
  beforeEach(() => {
    folder = temporaryFolder();
    told = [];
    files = new KeptFiles((line) => told.push(line), 10);
  });
  afterEach(() => {
    files.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are for their owner alone, whole, and gone when they are withdrawn", () => {
    const file = path.join(folder, "deeper", "running.json");
    files.write(file, "one");
    files.write(file, "two");
    assert.equal(readFileSync(file, "utf8"), "two");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(path.dirname(file)), ["running.json"]);
    files.close();
    assert.ok(!existsSync(file));
    assert.deepEqual(told, []);
  });

  it("are gone when the process exits, and what would see to that goes with them", () => {
    const file = path.join(folder, "running.json");
    const before = process.listeners("exit");
    const more = new KeptFiles(() => {});
    const atExit = () => process.listeners("exit").filter((one) => !before.includes(one));
    more.write(file, "here");
    for (const forget of atExit()) forget(1);
    assert.ok(!existsSync(file));
    more.close();
    assert.deepEqual(atExit(), []);
  });

  it("that cannot be written are told by name, and are there once they can be", async () => {
    const [folderInItsPlace, below] = [path.join(folder, "running.json"), path.join(folder, "state", "curl")];
    mkdirSync(path.join(folderInItsPlace, "x"), { recursive: true });
    writeFileSync(path.join(folder, "state"), "");
    files.write(folderInItsPlace, "here");
    files.write(below, "options");
    assert.match(
      told[0]!,
      new RegExp(`^cannot write "${folderInItsPlace}": .* \\(E\\w+\\); it is tried again while this runs$`),
    );
    assert.match(
      told[1]!,
      new RegExp(`^cannot write "${path.dirname(below)}": a file stands where a folder is needed; .*; it is tried`),
    );
    rmSync(folderInItsPlace, { recursive: true });
    rmSync(path.join(folder, "state"));
    await until(() => existsSync(folderInItsPlace) && existsSync(below), "both are written");
    assert.deepEqual(told.slice(2).sort(), [`"${folderInItsPlace}" is written`, `"${below}" is written`].sort());
  });

  it("are not written once they have been withdrawn", async () => {
    const file = path.join(folder, "running.json");
    mkdirSync(path.join(file, "x"), { recursive: true });
    files.write(file, "here");
    files.close();
    rmdirSync(path.join(file, "x"));
    rmdirSync(file);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(!existsSync(file));
  });
});

describe("the folder of a run", () => {
  const before = process.env["TMPDIR"];
  afterEach(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  });

  it("is told by name where the machine's own does not exist", () => {
    process.env["TMPDIR"] = "/nonexistent";
    assert.throws(() => made(), {
      name: "FileError",
      message: 'cannot write "/nonexistent": there is no such folder; set TMPDIR to one that you may write to (ENOENT)',
    });
  });

  it("is made where the machine names none", () => {
    delete process.env["TMPDIR"];
    const folder = made();
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    rmSync(folder, { recursive: true });
  });
});
