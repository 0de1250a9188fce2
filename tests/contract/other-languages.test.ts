/** Another language works unchanged: the gateway in Python, the user service in Go, and the whole contract with either. */
import * as assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import * as path from "node:path";
import { probes } from "../../verify/probes";
import { gatewayInPython } from "../services/implementations";
import { needs } from "../support/needs";
import { temporaryFolder } from "../support/pulumi-cli";
import { factOf, wrongOf } from "./facts";
import { FAILING_ORDER, graphOf, type OtherCode, openSandboxMesh, ROOT, type Running, stackConfigOf } from "./running";
import { holdsSeedApi, type Names, OURS, saysWhatFailed } from "./seed-api/answers";

const FIXTURES = "tests/fixtures";

interface Variant {
  readonly what: string;
  readonly names: Names;
  /** What the machine lacks to run it. */
  readonly missing: string | undefined;
  /** Code of the services in other languages; it may be built into the folder. */
  others(folder: string): Readonly<Record<string, OtherCode>>;
}

const python: Variant = {
  what: "the gateway in Python",
  names: { ...OURS, gateway: "gateway-service (Python)" },
  missing: gatewayInPython().missing,
  others: () => ({
    gateway: {
      source: path.join(ROOT, FIXTURES, "gateway-python"),
      command: [process.env["MESH_PYTHON"] ?? "python3", "-B", "-m", "gunicorn", "main:app"],
    },
  }),
};

const go: Variant = {
  what: "the user service in Go",
  names: { ...OURS, user: "user-service (Go)" },
  missing: spawnSync("go", ["version"]).status === 0 ? undefined : "Go",
  others: (folder) => {
    const source = path.join(ROOT, FIXTURES, "user-go");
    const program = path.join(folder, "user");
    execFileSync("go", ["build", "-o", program, "."], { cwd: source, stdio: "inherit" });
    return { user: { source, command: [program] } };
  },
};

const both: Variant = {
  what: "both of them",
  names: { ...OURS, gateway: python.names.gateway, user: go.names.user },
  missing: python.missing ?? go.missing,
  others: (folder) => ({ ...python.others(folder), ...go.others(folder) }),
};

for (const { what, names, missing, others } of [python, go, both]) {
  describe(`with ${what}`, () => {
    let folder: string | undefined;
    let code: Readonly<Record<string, OtherCode>>;
    let running: Running;

    before(function () {
      this.timeout(120_000);
      needs(this, missing ?? "", missing === undefined);
      folder = temporaryFolder();
      code = others(folder);
    });
    after(() => folder && rmSync(folder, { recursive: true }));

    describe("the mesh", () => {
      before(async () => {
        running = await openSandboxMesh(stackConfigOf("Pulumi.dev.yaml", code));
      });
      after(() => running?.close());

      for (const probe of probes(graphOf(stackConfigOf("Pulumi.dev.yaml")))) {
        it(factOf(probe), async () => assert.equal(await wrongOf(probe, running.target), undefined));
      }
      holdsSeedApi(() => running, names);
    });

    describe("the mesh, while the order service fails", () => {
      before(async () => {
        running = await openSandboxMesh(stackConfigOf("Pulumi.dev.yaml", { ...code, order: FAILING_ORDER }));
      });
      after(() => running?.close());
      saysWhatFailed(() => running, names);
    });
  });
}

describe("the services in other languages", () => {
  for (const folder of ["gateway-python", "user-go"]) {
    it(`${folder} says nothing of the sandbox, nor of what leads to it`, () => {
      const files = readdirSync(path.join(ROOT, FIXTURES, folder)).filter((name) => !name.startsWith("__"));
      assert.ok(files.length > 2);
      const knowing = files.filter((name) => {
        const text = readFileSync(path.join(ROOT, FIXTURES, folder, name), "utf8");
        return /sandbox|proxy|METADATA_HOST|SSL_CERT|CA_BUNDLE|127\.0\.0\.1|localhost/i.test(text);
      });
      assert.deepEqual(knowing, []);
    });
  }
});
