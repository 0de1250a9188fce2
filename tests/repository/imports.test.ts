import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** `docs/architecture.md` says which way imports go; the code is held against its table, and the table against the code. */

const root = join(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root });
const sources = `${tracked}`
  .split("\n")
  .filter((file) => /\.(ts|mjs|cjs|js)$/.test(file) && !file.endsWith(".d.ts") && !file.startsWith("tests/"))
  .filter((file) => existsSync(join(root, file)));

/** By folder or file, what it imports beside itself. */
const ROWS = new Map(
  [
    ...read("docs/architecture.md")
      .split("## Which way imports go")[1]!
      .matchAll(/^\| `(\S+)` \| (.+) \|$/gm),
  ].map(([, folder = "", said = ""]) => [folder, [...said.matchAll(/`([^`]+)`/g)].map(([, one = ""]) => one)]),
);

const isIn = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);
const rowOf = (file: string) =>
  [...ROWS.keys()].toSorted((a, b) => b.length - a.length).find((folder) => isIn(file, folder));
const withoutEnding = (file: string) => file.replace(/\.(ts|mjs|cjs|js|json)$/, "");
/** An import may leave out the ending of a file, and `/index`. */
const leadsInto = (target: string, folder: string) => isIn(withoutEnding(target), withoutEnding(folder));

/** Each import of a file of the repository beyond its own row: file, row and target. */
const crossing = sources.flatMap((file) => {
  const row = rowOf(file);
  if (row === undefined) return [];
  return [...read(file).matchAll(/(?:from|import|require\()\s*["'](\.[^"']+)["']/g)]
    .map(([, target = ""]) => normalize(join(dirname(file), target)))
    .filter((target) => !isIn(target, row))
    .map((target) => ({ file, row, target }));
});

describe("the table of imports in docs/architecture.md", () => {
  it("has a row for every source file", () => {
    assert.deepEqual(
      sources.filter((file) => rowOf(file) === undefined),
      [],
    );
  });

  it("names every import beyond a row's own files", () => {
    const wrong = crossing
      .filter(({ row, target }) => !ROWS.get(row)!.some((allowed) => leadsInto(target, allowed)))
      .map(({ file, target }) => `${file} imports ${target}`);
    assert.deepEqual(wrong, []);
  });

  it("names nothing that no file imports", () => {
    const unused = [...ROWS].flatMap(([row, allowed]) =>
      allowed
        .filter((one) => !crossing.some((found) => found.row === row && leadsInto(found.target, one)))
        .map((one) => `${row} does not import ${one}`),
    );
    assert.deepEqual(unused, []);
  });
});
