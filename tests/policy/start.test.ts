/** The page for a first user: each program on it, previewed with the pack as it is published. */
import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { temporaryFolder, usesPulumi } from "../support/pulumi-cli";
import { findingsIn, openProgram, PROGRAMS, type Ran } from "./program";

const ROOT = path.join(__dirname, "../..");
const PAGE = path.join(ROOT, "policy/START.md");
const START = "<!-- results:start (made by UPDATE_START=1 npx mocha tests/policy/start.test.ts) -->\n";
const END = "<!-- results:end -->\n";

const SHAPES = [
  ["services", "Services"],
  ["v1-services", "Services of the first API"],
  ["functions", "Functions"],
] as const;

/** The pack as a registry would hand it out, with its dependencies and none of its sources. */
function packed(): string {
  const folder = temporaryFolder();
  const env = { ...process.env, npm_config_cache: path.join(folder, ".npm") };
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: path.join(ROOT, "policy"), env });
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  assert.ok(file !== undefined);
  execFileSync("tar", ["-xzf", file], { cwd: folder });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "package", "node_modules"));
  return path.join(folder, "package");
}

describe("the first five minutes with the policy pack", function () {
  this.timeout(300_000);
  const cli = usesPulumi();
  let pack = "";
  before(() => {
    pack = packed();
  });
  after(() => rmSync(path.dirname(pack), { recursive: true, force: true }));

  it("take a pack that is compiled, and nothing that has to be", () => {
    assert.ok(existsSync(path.join(pack, "dist", "index.js")));
    assert.deepEqual(
      (readdirSync(pack, { recursive: true }) as string[]).filter(
        (file) => file.endsWith(".ts") && !file.startsWith("node_modules"),
      ),
      [],
    );
  });

  it("are those that the page tells (UPDATE_START=1 npx mocha tests/policy/start.test.ts)", async () => {
    const parts: string[] = [];
    for (const [name, title] of SHAPES) {
      const source = path.join(PROGRAMS, name);
      const own = await openProgram(cli(), source);
      const preview = async (file: string, ...more: string[]) => {
        own.main(file);
        return own.pulumi("preview", "--stack", "dev", "--policy-pack", pack, ...more);
      };
      try {
        const open = await preview("index.ts");
        assert.equal(open.code, 1, open.stdout);
        const closed = await preview("closed.ts");
        assert.equal(closed.code, 0, closed.stdout);
        const gently = path.join(own.folder, "begin.json");
        writeFileSync(gently, '{ "all": "advisory" }');
        const said = await preview("index.ts", "--policy-pack-config", gently);
        assert.equal(said.code, 0, said.stdout);
        assert.equal(findingsIn(said).match(/^- /gm)?.length, findingsIn(open).match(/^- /gm)?.length);
        assert.doesNotMatch(findingsIn(said), /mandatory/);
        parts.push(
          `### ${title}\n`,
          ...shown(source, "index.ts", open),
          "Mended:\n",
          ...shown(source, "closed.ts", closed),
        );
      } finally {
        await own.close();
      }
    }
    const page = readFileSync(PAGE, "utf8");
    const [before, after] = [page.slice(0, page.indexOf(START) + START.length), page.slice(page.indexOf(END))];
    assert.ok(before.endsWith(START) && after.startsWith(END));
    const fresh = `${before}\n${parts.join("\n")}\n${after}`;
    if (process.env["UPDATE_START"]) writeFileSync(PAGE, fresh);
    assert.equal(readFileSync(PAGE, "utf8"), fresh);
  });
});

function shown(source: string, file: string, ran: Ran): string[] {
  const found = findingsIn(ran);
  const result = found === "" ? ["The pack finds nothing.\n"] : ["```text", found, "```\n"];
  return ["```ts", readFileSync(path.join(source, file), "utf8").trimEnd(), "```\n", ...result];
}
