import * as assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { allRules } from "../../policy/src/rules";
import { HANDLERS } from "../../sandbox/control-plane/registry";
import { RESOURCE_TYPES } from "../../sandbox/control-plane/type-table";

/** CONTRIBUTING.md says which files one more of a kind takes; all that are there have them, and no more lines. */

const root = join(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const isThere = (file: string) => existsSync(join(root, file));
const filesIn = (folder: string) =>
  (readdirSync(join(root, folder), { recursive: true }) as string[]).map((file) => join(folder, file));

const ROWS = new Map(
  [...read("CONTRIBUTING.md").matchAll(/^\| (?!what |---)(.+?) +\| (.+?) *\|$/gm)].map(([, what = "", files = ""]) => [
    what,
    files,
  ]),
);

/** What a row says of one more of its kind. */
function row(what: string): string {
  const said = ROWS.get(what);
  assert.ok(said, `CONTRIBUTING.md has no row "${what}"`);
  return said;
}

/** How many lines a row says that a file takes. */
function linesSaid(what: string, file: string): number {
  const [, word = ""] = new RegExp(`(one|two|three) lines? in \`${file}\``).exec(row(what)) ?? [];
  return ["", "one", "two", "three"].indexOf(word);
}

/** How many lines of a file name an identifier, texts left out. */
const linesWith = (file: string, name: string) =>
  read(file)
    .replace(/"[^"\n]*"/g, '""')
    .split("\n")
    .filter((line) => new RegExp(`\\b${name}\\b`).test(line)).length;

/** Names of files with their placeholders filled in. */
function filled(what: string, values: Readonly<Record<string, string>>): string[] {
  const named = [...row(what).matchAll(/`([\w./-]*[A-Z]{4,}[\w./-]*)`/g)].map(([, path = ""]) => path);
  return named
    .map((path) => Object.entries(values).reduce((text, [word, value]) => text.replaceAll(word, value), path))
    .filter((path) => path.includes("/"));
}

describe("what CONTRIBUTING.md says that one more takes", () => {
  it("is what each policy rule has: its two files, its lines, cases, a page and messages", () => {
    const index = "policy/src/rules/index.ts";
    const sources = filesIn("policy/src/rules");
    const corpus = filesIn("tests/policy/corpus").map(read).join("");
    const messages = read("tests/policy/messages.json");
    for (const { name } of allRules) {
      const source = sources.find((file) => basename(file) === `${name}.ts`) ?? "";
      const FOLDER = source.split("/").at(-2) ?? "";
      const wanted = filled("a policy rule", { FOLDER, NAME: name });
      assert.equal(wanted.length, 2);
      for (const file of [...wanted, `policy/rules/${name}.md`]) assert.ok(isThere(file), file);
      const identifier = /export const (\w+): (?:Stack)?Rule\b/.exec(read(source))?.[1] ?? "";
      assert.equal(linesWith(index, identifier), linesSaid("a policy rule", index), `${identifier} in ${index}`);
      assert.ok(corpus.includes(name), `${name} finds nothing in tests/policy/corpus/`);
      assert.ok(messages.includes(`"${name}"`), `${name} is not in tests/policy/messages.json`);
    }
  });

  it("is what each resource type of the sandbox has: its lines in the registry, and its row of the schema", () => {
    const registry = "sandbox/control-plane/registry.ts";
    const said = linesSaid("a resource type in the sandbox", registry);
    const handlers = filesIn("sandbox/control-plane/handlers")
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [...read(file).matchAll(/^export const (\w+): Handler\b/gm)].map(([, name = ""]) => name));
    assert.ok(handlers.length > 30, `${handlers.length} handlers`);
    for (const name of handlers.filter((one) => one !== "storedAsIs")) {
      assert.equal(linesWith(registry, name), said, `${name} in ${registry}`);
    }
    // What an object takes is a file, and its handler says what of that counts.
    const rowless = [...HANDLERS.keys()].filter((type) => !RESOURCE_TYPES.has(type));
    assert.deepEqual(rowless, ["gcp:storage/bucketObject:BucketObject"]);
  });

  it("is what each service has: its files, and its place in the lock file", () => {
    const locked = JSON.parse(read("package-lock.json")).packages;
    const services = readdirSync(join(root, "services")).filter((name) => isThere(`services/${name}/main.ts`));
    assert.ok(services.length > 8, `${services.length} services`);
    const files = [...row("a service").matchAll(/`((?:main|package|Dockerfile)[\w.]*)`/g)].map(([, file = ""]) => file);
    assert.deepEqual(files.toSorted(), ["Dockerfile", "Dockerfile.dockerignore", "main.ts", "package.json"]);
    for (const name of services) {
      const isOfLaptops = name === "sales-app";
      const wanted = isOfLaptops ? files.filter((file) => !file.startsWith("Dockerfile")) : files;
      for (const file of wanted) assert.ok(isThere(`services/${name}/${file}`), `services/${name}/${file}`);
      assert.match(read(`services/${name}/main.ts`), /from "\.\/\w+"/);
      assert.ok(`services/${name}` in locked, `services/${name} in package-lock.json`);
    }
  });

  it("is what each example has: an inventory", () => {
    const examples = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".yaml"));
    for (const example of examples) {
      const wanted = filled("an example", { NAME: example.replace(/\.yaml$/, "") });
      assert.equal(wanted.length, 2);
      for (const file of wanted) assert.ok(isThere(file), file);
    }
  });
});

describe("sandbox/README.md", () => {
  it("names each folder of the sandbox in its first table, and no other", () => {
    const [table = ""] = /\| part \|[\s\S]*?\n\n/.exec(read("sandbox/README.md")) ?? [];
    const named = [...table.matchAll(/^\| \[?`([\w-]+)`/gm)].map(([, folder]) => folder);
    const folders = readdirSync(join(root, "sandbox"), { withFileTypes: true }).filter((one) => one.isDirectory());
    assert.deepEqual(
      named.toSorted(),
      folders.map(({ name }) => name).filter((name) => !name.startsWith(".")),
    );
  });
});
