import * as assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { type EngineResult, readStackConfigFile } from "../../sandbox/engine";
import { openSandbox } from "../../sandbox/sandbox";
import { changes, succeeded } from "../deploy/support";
import { temporaryFolder, usesPulumi, withoutCredentials } from "../support/pulumi-cli";

const ROOT = path.join(__dirname, "../..");
const files = [
  "Pulumi.dev.yaml",
  ...readdirSync(path.join(ROOT, "examples"))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => path.join("examples", name)),
];

/** What a stack config makes is committed beside this test. */
function expectInventory(file: string, made: readonly string[]): void {
  const inventory = path.join(
    __dirname,
    "inventories",
    `${path.basename(file, ".yaml").replace(/^Pulumi\./, "")}.json`,
  );
  const text = `${JSON.stringify(made, undefined, 2)}\n`;
  if (process.env["UPDATE_INVENTORIES"]) writeFileSync(inventory, text);
  assert.equal(
    text,
    readFileSync(inventory, "utf8"),
    `${inventory} is stale; UPDATE_INVENTORIES=1 npx mocha tests/examples/*.test.ts writes it anew`,
  );
}

describe("each stack config that we ship", function () {
  this.timeout(120_000);
  const cli = usesPulumi();

  for (const file of files) {
    for (const engine of ["pulumi", "embedded"] as const) {
      it(`${file} makes what its inventory says, judged by the policy pack, on the ${engine} engine`, async () => {
        const stateFolder = temporaryFolder();
        const unknown: string[] = [];
        const open = async () =>
          openSandbox({
            projectFolder: ROOT,
            stackConfig: readStackConfigFile(ROOT, path.join(ROOT, file)),
            stateFolder,
            engine,
            env: {
              ...withoutCredentials(process.env),
              PATH: [path.dirname(cli().command), process.env["PATH"]].join(path.delimiter),
            },
            onEvent: (event) => event.kind === "unhandled" && unknown.push(event.type),
          });
        const sandbox = await open();
        try {
          const first: EngineResult = succeeded(await sandbox.engine.run("up"));
          assert.deepEqual(unknown, [], "every type has a handler");
          assert.deepEqual(first.findings, []);
          expectInventory(file, changes(first));
          assert.deepEqual(sandbox.controlPlane.unhandled(), []);
          if (engine === "embedded") return;
          for (const again of ["up", "refresh", "up"] as const) {
            assert.deepEqual(changes(succeeded(await sandbox.engine.run(again))), [], `${again}, with nothing changed`);
          }
        } finally {
          await sandbox.close();
          rmSync(stateFolder, { recursive: true, force: true });
        }
      });
    }
  }
});
