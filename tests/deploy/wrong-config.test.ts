/** What plain `pulumi` prints of a program that fails: the message, and nothing that hangs on the error. */
import * as assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { inspect, stripVTControlCharacters } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { Program } from "../../sandbox/engine";
import { usesPulumi } from "../support/pulumi-cli";
import { openProject, type Project } from "./project";
import { IMAGE, mesh } from "./support";

const CANARY = "canary-7f3a";
const program = require("../../index") as Program;

const PLACE = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west9",
  "cloud-run-mesh:projectNumber": "123456789012",
};

/** Marked as the SDK marks an error that ends a program: with the promise that failed, on which the config hangs. */
async function thrown(config: Record<string, string>): Promise<Error> {
  pulumi.runtime.setAllConfig(config);
  const error = await program().then(
    () => assert.fail("the program ended well"),
    (reason: Error) => reason,
  );
  return Object.assign(error, { promise: { store: CANARY } });
}

describe("an error of the program", () => {
  it("for people has neither a stack nor a promise that the SDK could print", async () => {
    const error = await thrown(PLACE);
    assert.deepEqual(
      [error.message, error.stack],
      ["1 problem in the stack config:\n  services: is missing; a map is needed", ""],
    );
    assert.doesNotMatch(inspect(error), /canary/);
  });

  it("that is a defect has the frames of the program, none of packages and no promise", async () => {
    const runtime = pulumi.runtime as { allConfig(): Record<string, string> };
    const { allConfig } = runtime;
    Object.defineProperty(runtime, "allConfig", { configurable: true, value: () => assert.fail("broken") });
    try {
      const error = await thrown(PLACE);
      assert.match(error.stack ?? "", /^AssertionError \[ERR_ASSERTION\]: broken\n(.*\n)*.*index\.ts:\d+/);
      assert.doesNotMatch(inspect(error), /node_modules|canary/);
    } finally {
      Object.defineProperty(runtime, "allConfig", { configurable: true, value: allConfig });
    }
  });
});

describe("plain pulumi preview", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let project: Project;
  beforeEach(async () => {
    project = await openProject(cli());
    await project.pulumi("stack", "init", "prod");
  });
  afterEach(() => project.close());

  const preview = async () => {
    const { code, stdout, stderr } = await project.pulumi("preview", "--stack", "prod");
    return { code, said: stdout + stderr };
  };

  it("tells every problem of a config, and nothing else of it", async () => {
    project.configure(mesh({ web: { image: IMAGE, calls: ["apo"], env: { SALT: CANARY }, ingres: "all" } }));
    const { code, said } = await preview();
    assert.notEqual(code, 0);
    assert.match(said, /error: 2 problems in the stack config:/);
    assert.doesNotMatch(said, /canary|\n\s+at |Promise|LocalStore/);
  });

  it("tells that a function has no code as it tells a problem of the config", async () => {
    project.configure(mesh({}, { functions: { thumbs: { runtime: "nodejs20", entryPoint: "run", source: "docs" } } }));
    const { said } = await preview();
    assert.match(said, /error: "thumbs": there is no code in "docs"; name the folder that has it/);
    assert.doesNotMatch(said, /unhandled exception|\n\s+at /);
  });

  it("tells where the program broke, and no value of the config", async () => {
    project.configure(mesh({ web: { image: IMAGE, env: { SALT: CANARY } } }));
    const file = path.join(project.folder, "index.ts");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace("  const apis =", "  (undefined as any).broken();\n  const apis ="),
    );
    const { said } = await preview();
    const plain = stripVTControlCharacters(said);
    assert.match(plain, /TypeError: .*\n +at program \(.*index\.ts:\d+:\d+\)\n\n/, "and no frame of a package");
    assert.doesNotMatch(plain, /canary|LocalStore/);
  });
});
