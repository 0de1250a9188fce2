import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Probe } from "../../verify/probes";
import { VerifyReport } from "../../verify/report";
import { type Observed, type Target, verify } from "../../verify/result";
import { temporaryFolder, withoutCredentials } from "../support/pulumi-cli";
import { TYPESCRIPT } from "../support/typescript";

const ROOT = path.join(__dirname, "../..");

describe("a report of probes", () => {
  const probe = (change: Partial<Probe>): Probe => ({
    caller: "web",
    from: { service: "web" },
    to: "api",
    token: "own",
    expect: "reaches the container",
    because: "services.web.calls[0]",
    ...change,
  });
  const cron = probe({ caller: "cron", expect: { code: 403, cause: "no grant" }, because: "no grant" });
  const answers = (observed: readonly (Observed | Error)[]): Target => {
    const left = [...observed];
    return {
      name: "test",
      send: async () => {
        const next = left.shift()!;
        if (next instanceof Error) throw next;
        return next;
      },
    };
  };

  it("shows what was seen, and never reads green where something was not probed", async () => {
    const results = await verify(
      [probe({}), cron, probe({ token: "expired", expect: { code: 401, cause: "token" } }), probe({ to: "db" })],
      answers([
        { status: 200, reached: true },
        { status: 200, reached: true },
        { notProbed: "no job was asked for" },
        new Error("connection refused"),
      ]),
    );
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ["as expected", "wrong", "not probed", "wrong"],
    );
    const report = new VerifyReport(false);
    assert.equal(report.summary(results), "1 of 4 probes as expected, 2 wrong, 1 not probed");
    const table = report.table(results).split("\n");
    assert.deepEqual(table.slice(-3), [
      "✘ cron -> api, token own: reached the container (200)",
      "? web -> api, token expired: not probed: no job was asked for",
      "✘ web -> db, token own: connection refused",
    ]);
    assert.match(
      table[2]!,
      /^│ ✔ │ web +│ its own network │ api │ own +│ reaches the container +│ 200 +│ services\.web/,
    );
    const matrix = report.matrix(results);
    assert.match(matrix, /│ web +│ ✔ passes +│ ✘ connection refused │/);
    assert.match(matrix, /│ cron +│ ✘ reached the container \(200\)/);
    assert.match(matrix, /│ wrong tokens │ \? not probed: no job was asked for │/);
  });

  it("takes a refusal for another reason as wrong, although the code is right", async () => {
    const [result] = await verify([cron], answers([{ status: 403, reached: false, cause: "no token" }]));
    assert.equal(result?.outcome, "wrong");
  });
});

describe("npm run verify", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = temporaryFolder();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const command = [...TYPESCRIPT, path.join(ROOT, "verify/main.ts"), ...args];
      const env = { ...withoutCredentials(process.env), MESH_STACK: undefined, PATH: path.dirname(process.execPath) };
      const child = execFile(process.execPath, command, { cwd: ROOT, env }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });

  it("sends every probe of a stack config into the sandbox and shows each", async () => {
    const { code, stdout } = await run("examples/service-identity.yaml");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /│ ✔ │ .+ │ backend-api +│ alg none +│ refused with 401 \(token\) +│ 401 │/);
    assert.match(stdout, /^(\d+) of \1 probes as expected$/m);
    assert.ok(!stdout.includes("\u001b["), "colours only on a terminal");
  });

  it("prints the results as JSON for scripts", async () => {
    const { code, stdout } = await run("--json");
    const { target, results, grants } = JSON.parse(stdout) as {
      target: string;
      results: { outcome: string }[];
      grants: object;
    };
    assert.deepEqual([code, target, results.length], [0, "sandbox", 34]);
    assert.deepEqual(grants, { policies: 7, findings: [] });
  });

  it("says what is wrong with a stack config that cannot be deployed", async () => {
    const file = path.join(folder, "wrong.yaml");
    writeFileSync(
      file,
      "config:\n  gcp:project: acme-p\n  gcp:region: us-central1\n  cloud-run-mesh:services: { web: { calls: [nope] } }\n",
    );
    const { code, stdout, stderr } = await run(file);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /unknown service "nope"/);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });

  it("tells what becomes of the services' processes, whose start may take minutes, on standard error", async () => {
    const file = path.join(folder, "not-started.yaml");
    const command = JSON.stringify([process.execPath, "-e", "console.error('no DB_URL'); process.exit(3)"]);
    writeFileSync(
      file,
      "config:\n  gcp:project: acme-p\n  gcp:region: us-central1\n  cloud-run-mesh:projectNumber: '123456789012'\n" +
        `  cloud-run-mesh:services: { web: { image: web, source: ., sandbox: { command: ${command} } } }\n`,
    );
    const { code, stdout, stderr } = await run(file);
    assert.deepEqual([code, stdout], [1, ""]);
    const [, ...told] = stderr.split("\n");
    assert.deepEqual(told.slice(0, 3), [
      "  web exited with code 3; starting it again in 100 ms; its last lines:",
      "    no DB_URL",
      "  web exited with code 3; starting it again in 200 ms",
    ]);
  });

  it("wants members as IAM writes them", async () => {
    for (const option of ["--member-of", "--deployers"]) {
      const { code, stderr } = await run("--stack", "prod", option, "user:ada@acme.com", "support@acme.com");
      assert.equal(code, 1);
      assert.equal(
        stderr,
        `error: option '${option} <members...>' argument 'support@acme.com' is invalid. Write a member as IAM does, e.g. user:ada@acme.com.\n`,
      );
    }
  });

  it("needs the Pulumi CLI for a stack on Google Cloud, and says so", async () => {
    const { code, stderr } = await run("--stack", "prod");
    assert.equal(code, 1);
    assert.equal(stderr, "error: the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/\n");
  });
});
