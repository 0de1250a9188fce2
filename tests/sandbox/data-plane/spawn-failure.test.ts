/** What is said of a command that could not be started. */
import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { whyNotStarted } from "../../../sandbox/data-plane/processes/spawn-failure";

describe("a command that cannot be started", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "spawn-failure-"));
    writeFileSync(path.join(folder, "plain"), "");
    writeFileSync(path.join(folder, "script"), "#!/no/such/interpreter\n");
    chmodSync(path.join(folder, "script"), 0o755);
  });
  after(() => rmSync(folder, { recursive: true }));

  const FIX = "sandbox.command in the stack config says what to run";
  const why = async (program: string, cwd = folder): Promise<string> => {
    const [error] = (await once(spawn(program, { cwd }), "error").catch((thrown: Error) => [thrown])) as [Error];
    return whyNotStarted({ error, program, folder: cwd });
  };

  it("is told with what was not found, and where it was looked for", async () => {
    assert.equal(await why("no-such-program"), `"no-such-program" was not found: it is not on PATH; ${FIX}`);
    const where = "there is no such program, or not the one that its first line names";
    assert.equal(await why("./gone"), `"./gone" was not found: ${where}; ${FIX}`);
    assert.equal(await why("./script"), `"./script" was not found: ${where}; ${FIX}`);
  });

  it("is told as one that may not be executed, or whose folder is missing", async () => {
    assert.equal(await why("./plain"), `"./plain" is no program that may be executed; ${FIX}`);
    assert.equal(await why("node", path.join(folder, "gone")), "the folder does not exist");
  });

  it("is told in the system's words where there is another cause", () => {
    const error = Object.assign(new Error("spawn E2BIG"), { code: "E2BIG" });
    assert.equal(whyNotStarted({ error, program: "node", folder }), "spawn E2BIG");
  });
});
