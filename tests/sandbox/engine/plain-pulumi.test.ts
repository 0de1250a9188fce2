import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { describe, it } from "mocha";
import { plainPulumi } from "../../support/plain-pulumi";
import { temporaryFolder, usesPulumi } from "../../support/pulumi-cli";
import { type StubProvider, serveStubProvider } from "../../support/stub-provider";

const run = promisify(execFile);
const ROOT = path.join(__dirname, "..", "..", "..");
const PACK = path.join(ROOT, "tests", "support", "packs", "no-public-topics");

/** As people write it: a project, its TypeScript settings, and a type error that only the strict settings mind. */
const PROJECT = {
  "Pulumi.yaml": "name: plain\nruntime: { name: nodejs, options: { tsconfig: tsconfig.pulumi.json } }\n",
  "Pulumi.dev.yaml": "config:\n  gcp:project: acme-dev\n  plain:name: orders\n  plain:until: 2027-03-31\n",
  "package.json": '{ "name": "plain", "main": "index.ts" }',
  "tsconfig.json": '{ "compilerOptions": { "strict": true, "module": "commonjs", "moduleResolution": "node" } }',
  "tsconfig.pulumi.json": '{ "extends": "./tsconfig.json", "compilerOptions": { "noCheck": true } }',
  "index.ts": `
    import * as pubsub from "@pulumi/gcp/pubsub";
    import * as pulumi from "@pulumi/pulumi";
    const wrong: number = "not a number";
    const config = new pulumi.Config();
    export = async () => {
      const topic = new pubsub.Topic("topic", { name: config.require("name") });
      return { topic: topic.name, until: config.require("until"), wrong, stack: pulumi.getStack() };
    };`,
};

describe("plain pulumi in a project folder", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let folder: string;
  let provider: StubProvider;

  beforeEach(async () => {
    provider = await serveStubProvider();
    folder = temporaryFolder();
    for (const [file, text] of Object.entries(PROJECT)) writeFileSync(path.join(folder, file), text);
    symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    mkdirSync(path.join(folder, "state"));
  });

  afterEach(async () => {
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const pulumi = async (...args: string[]) => {
    const env = plainPulumi({ cli: cli(), stateFolder: path.join(folder, "state"), providers: { gcp: provider.port } });
    const options = { cwd: folder, env };
    return run(cli().command, [...args, "--non-interactive"], options).catch((error) => error as typeof error);
  };

  it("previews, updates and destroys with a policy pack, by the project's own TypeScript settings", async () => {
    await pulumi("stack", "init", "dev");
    const preview = await pulumi("preview", "--policy-pack", PACK);
    assert.match(preview.stdout, /\+ +gcp:pubsub:Topic +topic +create/);
    assert.match(preview.stdout, /topic-labelled/);
    assert.equal(provider.resources.size, 0);

    const up = await pulumi("up", "--yes", "--skip-preview", "--policy-pack", PACK);
    assert.match(up.stdout, /Resources:\s+\+ 2 created/);
    const outputs = JSON.parse((await pulumi("stack", "output", "--json")).stdout);
    assert.deepEqual(outputs, {
      topic: "orders",
      until: "2027-03-31 00:00:00 +0000 UTC",
      wrong: "not a number",
      stack: "dev",
    });
    assert.match((await pulumi("destroy", "--yes", "--skip-preview")).stdout, /- 2 deleted/);
    assert.equal(provider.resources.size, 0);
  });

  it("is stopped by a mandatory policy", async () => {
    writeFileSync(path.join(folder, "Pulumi.dev.yaml"), "config:\n  plain:name: public-a\n  plain:until: never\n");
    await pulumi("stack", "init", "dev");
    const preview = await pulumi("preview", "--policy-pack", PACK);
    assert.match(preview.stdout, /\[mandatory\] +topic-not-public/);
    assert.notEqual(preview.code, 0);
  });

  it("minds the type error where the settings say so", async () => {
    writeFileSync(path.join(folder, "tsconfig.pulumi.json"), '{ "extends": "./tsconfig.json" }');
    await pulumi("stack", "init", "dev");
    const preview = await pulumi("preview");
    assert.match(preview.stdout + preview.stderr, /TS2322|not assignable to type 'number'/);
  });
});
