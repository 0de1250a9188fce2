import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";

const README = path.join(__dirname, "../../../sandbox/README.md");

interface Row {
  readonly line: string;
  readonly cells: readonly string[];
}

/** Rows of the tables that end in a column for tests. */
function fidelityRows(): Row[] {
  let isFidelity = false;
  return readFileSync(README, "utf8")
    .split("\n")
    .flatMap((line) => {
      const cells = line.startsWith("|")
        ? line
            .split("|")
            .slice(1, -1)
            .map((cell) => cell.trim())
        : [];
      const isHead = cells.at(-1) === "test";
      const isRule = cells.every((cell) => /^-+$/.test(cell));
      if (isHead || cells.length === 0) isFidelity = isHead;
      return isFidelity && !isHead && !isRule ? [{ line, cells }] : [];
    });
}

/** Titles of a test file, as they stand in it. */
function titlesIn(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/\bit\(\s*"((?:[^"\\]|\\.)+)"/g)].map(([, title = ""]) => title);
}

describe("sandbox/README.md", () => {
  const rows = fidelityRows();

  it("says of each behaviour what is done, whether it was seen or assumed, and which test shows it", () => {
    assert.ok(rows.length > 40, `${rows.length} rows`);
    const wrong = rows.filter(({ cells }) => {
      const [google, here, source, test] = cells;
      return cells.length !== 4 || !google || !here || !/^(seen: |assumed)/.test(source!) || !test;
    });
    assert.deepEqual(wrong, []);
  });

  it("names tests that exist", () => {
    const wrong = rows.flatMap(({ cells }) => {
      const [, name = "", title = ""] = /^`([\w/-]+\.test\.ts)`: (.+)$/.exec(cells[3] ?? "") ?? [];
      const file = path.join(__dirname, name);
      if (name === "" || !existsSync(file)) return [`no such file: ${cells[3]}`];
      return titlesIn(file).includes(title) ? [] : [`no such test in ${name}: ${title}`];
    });
    assert.deepEqual(wrong, []);
  });
});
