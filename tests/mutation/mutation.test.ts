import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { npm } from "../support/command";
import { needs } from "../support/needs";
import { outcomeOf, sumOf } from "./report";
import { linesOf } from "./sample";
import { INSTALL, STRYKER } from "./stryker/program";

describe("mutation testing", () => {
  it("names the change that no test notices, and counts those that one does", async function () {
    this.timeout(120_000);
    needs(this, `Stryker (${INSTALL})`, existsSync(STRYKER));
    const { code, stdout, stderr } = await npm("mutation", ["fixture", "--force"]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trim().split("\n"), [
      "tests/mutation/fixture/source.ts:3  people <= seats -> people < seats",
      "4 of 5 killed, 80.0 %",
    ]);
  });

  it("refuses a part that no file of the area has", async function () {
    needs(this, `Stryker (${INSTALL})`, existsSync(STRYKER));
    const { code, stdout, stderr } = await npm("mutation", ["fixture", "roof"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.equal(stderr, 'error: no file of fixture has "roof" in its path; it has tests/mutation/fixture/source.ts\n');
  });

  it("draws the same lines for one seed, others for another, and about as many as the share says", () => {
    const file = "services/runtime/call.ts";
    const drawn = linesOf(file, { percent: 25, seed: 1 });
    assert.deepEqual(linesOf(file, { percent: 25, seed: 1 }), drawn);
    assert.notDeepEqual(linesOf(file, { percent: 25, seed: 2 }), drawn);
    const all = linesOf(file, { percent: 100, seed: 1 });
    assert.ok(drawn.length > all.length / 8 && drawn.length < all.length / 2, `${drawn.length} of ${all.length}`);
    assert.deepEqual(all.slice(0, 2), [`${file}:1-1`, `${file}:2-2`]);
  });

  it("counts a change that hangs as noticed, one that no test reaches as not, one that could not run as neither", () => {
    const at = (line: number, from: number, to: number) => ({
      start: { line, column: from },
      end: { line, column: to },
    });
    const mutants = [
      { mutatorName: "BooleanLiteral", status: "Timeout", replacement: "false", location: at(1, 1, 5) },
      { mutatorName: "BooleanLiteral", status: "NoCoverage", replacement: "true", location: at(2, 1, 6) },
      { mutatorName: "BooleanLiteral", status: "Ignored", replacement: "true", location: at(2, 1, 6) },
      { mutatorName: "BooleanLiteral", status: "RuntimeError", replacement: "true", location: at(2, 1, 6) },
      {
        mutatorName: "BlockStatement",
        status: "Survived",
        location: { start: at(3, 1, 1).start, end: at(4, 1, 2).end },
      },
    ];
    const source = "true\nfalse\n{ a();\n}";
    const report = { files: { "src/b.ts": { source, mutants }, "src/gone.ts": { source, mutants } } };
    const outcome = outcomeOf(report, ["src/a.ts", "src/b.ts"]);
    assert.deepEqual(outcome.survivors, [
      "src/b.ts:2  false -> true  (no test reaches it)",
      "src/b.ts:3  { a(); } -> nothing",
    ]);
    assert.equal(sumOf(outcome), "1 of 3 killed, 33.3 %; 1 not tried (--static)");
  });
});
