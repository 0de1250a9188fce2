import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the pages name: files and folders of this repository, and scripts of its packages. */

const root = join(__dirname, "../..");
const tracked = `${execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root })}`
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const pages = tracked.filter((file) => file.endsWith(".md"));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const places = new Set(tracked.flatMap((file) => [file, ...foldersOf(file)]));
const topLevel = new Set(readdirSync(root).filter((name) => places.has(name)));

function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** A word to be replaced: `NAME.ts`, `tests/ENTRY/`. */
const isPattern = (path: string) => path.split(/[/.]/).some((part) => /^[A-Z][A-Z_]+$/.test(part) && !NAMES.has(part));
const NAMES: ReadonlySet<string> = new Set(["README", "LICENSE", "CONTRIBUTING", "START"]);

/** What stands between backticks and begins with a folder of the repository, or with one beside the page. */
function pathsIn(page: string): string[] {
  const here = new Set(readdirSync(join(root, dirname(page))));
  return [...read(page).matchAll(/`([^`\n]+)`/g)]
    .flatMap(([, text = ""]) => text.split(/[\s,;()]+/))
    .filter((text) => /^[\w.-]+(\/[\w.@-]+)+\/?$/.test(text) && !isPattern(text))
    .filter((text) => topLevel.has(text.split("/")[0]!) || here.has(text.split("/")[0]!));
}

/** Whether there is such a file or folder, or a module of that name. */
const isThere = (path: string) => places.has(path) || places.has(`${path}.ts`);

/** Made by a build or a run, and so in no commit. */
const MADE = /(^|\/)(dist|node_modules)(\/|$)/;

describe("the pages", () => {
  it("name files and folders that are there", () => {
    const missing = pages.flatMap((page) =>
      pathsIn(page)
        .map((path) => path.replace(/\/$/, ""))
        .filter((path) => !isThere(path) && !isThere(join(dirname(page), path)) && !MADE.test(path))
        .map((path) => `${page} names ${path}`),
    );
    assert.deepEqual([...new Set(missing)], []);
  });

  it("name scripts that npm runs, of the package that they say", () => {
    const scriptsOf = (folder: string) => Object.keys(JSON.parse(read(join(folder, "package.json"))).scripts ?? {});
    const wrong = pages.flatMap((page) =>
      [...read(page).matchAll(/npm run (?:-s )?([a-z][\w:-]*)([^`\n]*)/g)].flatMap(([, script = "", rest = ""]) => {
        const workspace = /(?:-w|--workspace) (\S+)/.exec(rest)?.[1];
        const folder = workspace ?? ".";
        const own = existsSync(join(root, dirname(page), "package.json")) ? scriptsOf(dirname(page)) : [];
        if ([...scriptsOf(folder), ...own].includes(script)) return [];
        return [`${page} says npm run ${script}, which ${folder}/package.json has not`];
      }),
    );
    assert.deepEqual([...new Set(wrong)], []);
  });
});
