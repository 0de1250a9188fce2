import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { generatedFiles } from "../../tools/docs";

const root = join(__dirname, "../..");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "");

/** Packages that a folder must not load: `mesh` is pure, `policy` judges stacks of any SDK version. */
const MUST_NOT_LOAD: Readonly<Record<string, RegExp>> = {
  google: /^(@pulumi\/|node:|\w)/,
  mesh: /^(@pulumi\/|node:(fs|child_process|http|https|net))/,
  policy: /^@pulumi\/(?!policy|pulumi)/,
  "services/runtime": /^@pulumi\//,
};

function imports(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import|require\()\s*["']([^"']+)["']/g)].map((match) => match[1]!);
}

/** The text of a call, up to the parenthesis that ends it. */
function callAt(text: string, start: number): string {
  let depth = 0;
  for (let at = text.indexOf("(", start); at < text.length; at++) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")" && --depth === 0) return text.slice(start, at + 1);
  }
  return text.slice(start);
}

describe("the repository", () => {
  /** Git lists a file that is deleted and not yet committed. */
  const present = tracked.filter((file) => existsSync(join(root, file)));
  const sources = tracked.filter((file) => /\.(ts|mjs|js)$/.test(file) && !file.endsWith(".d.ts"));

  it("keeps packages out of the folders that must not load them", () => {
    const wrong = sources.flatMap((file) => {
      const refused = Object.entries(MUST_NOT_LOAD).find(([folder]) => file.startsWith(`${folder}/`))?.[1];
      return refused
        ? imports(file)
            .filter((target) => refused.test(target))
            .map((target) => `${file} loads ${target}`)
        : [];
    });
    assert.deepEqual(wrong, []);
  });

  it("keeps every line under services/ ignorant of the sandbox", () => {
    const knowing = tracked
      .filter((file) => file.startsWith("services/"))
      .filter((file) => /sandbox/i.test(readFileSync(join(root, file), "utf8")));
    assert.deepEqual(knowing, []);
  });

  it("says of each fetch that shows who asks what becomes of a redirect, which could take that elsewhere", () => {
    const silent = sources
      .filter((file) => !file.startsWith("tests/"))
      .flatMap((file) => {
        const text = readFileSync(join(root, file), "utf8");
        return [...text.matchAll(/\bfetch\(/g)]
          .map(({ index }) => callAt(text, index))
          .filter((call) => /authorization|secret|\.\.\.headers/i.test(call) && !call.includes("redirect: "))
          .map((call) => `${file}: ${call.split("\n")[0]}`);
      });
    assert.deepEqual(silent, []);
  });

  it("imports @pulumi/gcp by module, never the whole package", () => {
    // These stand for programs of other people.
    const foreign = ["bench/conventional/", "tests/policy/programs/"];
    const whole = sources
      .filter((file) => !foreign.some((folder) => file.startsWith(folder)))
      .filter((file) => imports(file).includes("@pulumi/gcp"));
    assert.deepEqual(whole, []);
  });

  for (const [path, text] of generatedFiles()) {
    it(`holds a fresh ${path}; "npm run docs" makes it anew`, () => {
      assert.equal(readFileSync(join(root, path), "utf8"), text);
    });
  }

  it("gives each decision a number of its own, which its title has", () => {
    const decisions = tracked.filter((file) => /^docs\/decisions\/.*\.md$/.test(file));
    const numbers = decisions.map((file) => file.slice("docs/decisions/".length).split("-")[0]);
    assert.deepEqual(numbers, [...new Set(numbers)]);
    const titled = decisions.map((file) => /^# (\d+): /.exec(readFileSync(join(root, file), "utf8"))?.[1]);
    assert.deepEqual(titled, numbers);
  });

  it("links to pages that are there", () => {
    const pages = tracked.filter((file) => file.endsWith(".md"));
    const dead = pages.flatMap((page) =>
      [...readFileSync(join(root, page), "utf8").matchAll(/\]\((?!\w+:)([^)#\s]+)/g)]
        .map(([, target]) => normalize(join(dirname(page), target!)))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${page} links to ${target}`),
    );
    assert.deepEqual(dead, []);
  });

  it("names decisions that are there", () => {
    const missing = present.flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/docs\/decisions\/\d{4}-[\w-]+\.md/g)]
        .filter(([decision]) => !existsSync(join(root, decision)))
        .map(([decision]) => `${file} names ${decision}`),
    );
    assert.deepEqual(missing, []);
  });

  it("holds no marker of a merge that nobody has finished", () => {
    const unfinished = present.flatMap((file) =>
      readFileSync(join(root, file), "utf8")
        .split("\n")
        .flatMap((line, i) => (/^(<{7}|>{7}|\|{7})( |$)|^={7}$/.test(line) ? [`${file}:${i + 1}`] : [])),
    );
    assert.deepEqual(unfinished, []);
  });

  it("describes every key of the config", () => {
    const empty = [
      ...generatedFiles()
        .get("docs/config.md")!
        .matchAll(/^\| `([^`]+)`.*\|\s+\|$/gm),
    ].map((match) => match[1]);
    assert.deepEqual(empty, []);
  });
});
