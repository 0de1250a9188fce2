import * as assert from "node:assert/strict";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { makeFolder } from "../../../sandbox/files/make-folder";
import { temporaryFolder } from "../../../sandbox/files/temporary-folder";

describe("a folder that is made", () => {
  let root: string;
  before(() => {
    root = temporaryFolder();
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("is there with all that it lies in, once and again, and only for whom it is meant", () => {
    const folder = path.join(root, "a", "b", "c");
    makeFolder(folder, 0o700);
    makeFolder(folder, 0o700);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it("is refused below a file", () => {
    const file = path.join(root, "file");
    writeFileSync(file, "");
    const folder = path.join(file, "x", "y");
    assert.throws(() => makeFolder(folder), {
      message: `cannot write "${folder}": a file stands where a folder is needed; name another folder (ENOTDIR)`,
    });
  });

  it("is refused, without an end of trying, where nothing can be made", function () {
    if (!existsSync("/proc/self")) this.skip();
    assert.throws(() => makeFolder("/proc/here/there"), {
      message: 'cannot write "/proc/here": nothing can be made in "/proc"; name another folder (ENOENT)',
    });
  });
});
