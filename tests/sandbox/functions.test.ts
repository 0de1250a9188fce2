import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { declaredServices, workloadsOf } from "../../sandbox/running";

const ROOT = path.join(__dirname, "../..");

describe("how the sandbox starts a function", () => {
  const written = (more: object = {}) => ({
    source: path.join(ROOT, "functions/account-scoring"),
    runtime: "nodejs22",
    entryPoint: "scoreAccount",
    ...more,
  });
  const workloads = (one: object) =>
    workloadsOf(declaredServices({ "cloud-run-mesh:functions": JSON.stringify({ score: one }) }));

  it("is by Google's framework, on the address that it asks every service to listen on", () => {
    const [workload] = workloads(written({ name: "scoring" }));
    const [program, defaults, r, bind, main, ...options] = workload?.command ?? [];
    assert.equal(workload?.service, "scoring");
    assert.equal(workload?.folder, path.join(ROOT, "functions/account-scoring"));
    assert.deepEqual([program, r], [process.execPath, "-r"]);
    assert.equal(defaults, `--env-file=${path.join(ROOT, "sandbox/running/function.env")}`);
    assert.deepEqual(
      [bind, main].map((file) => path.basename(file ?? "")),
      ["bind-address.cjs", "main.js"],
    );
    assert.deepEqual(options, ["--target=scoreAccount", "--signature-type=http"]);
  });

  it("is in production, as Google's build says where the function does not", () => {
    const [program = "", defaults = ""] = workloads(written())[0]?.command ?? [];
    const said = (env: NodeJS.ProcessEnv) =>
      execFileSync(program, [defaults, "-p", "process.env.NODE_ENV"], { env, encoding: "utf8" }).trim();
    assert.deepEqual([said({}), said({ NODE_ENV: "development" })], ["production", "development"]);
  });

  it("is with events where it has a trigger", () => {
    assert.equal(workloads(written({ trigger: { topic: "t" } }))[0]?.command?.at(-1), "--signature-type=cloudevent");
  });

  it("is by a command of its own where one is named, and needs one in other languages", () => {
    const command = ["python3", "main.py"];
    assert.deepEqual(workloads(written({ runtime: "python312", sandbox: { command } }))[0]?.command, command);
    assert.throws(() => workloads(written({ runtime: "python312" })), {
      message: "functions.score.source: functions in python312 need a command of their own; name it in sandbox.command",
    });
  });

  it("says so where there is no folder, and where the framework is missing", () => {
    assert.throws(() => workloads(written({ source: "/functions/gone" })), {
      message: 'functions.score.source: there is no folder "/functions/gone"',
    });
    const bare = mkdtempSync(path.join(tmpdir(), "bare-"));
    try {
      writeFileSync(path.join(bare, "package.json"), "{}");
      assert.throws(() => workloads(written({ source: bare })), {
        message:
          'functions.score.source: @google-cloud/functions-framework is not installed; run "npm ci", or name the command in sandbox.command',
      });
    } finally {
      rmSync(bare, { recursive: true });
    }
  });
});

describe("a server that cannot be told where to listen", () => {
  it("listens where the sandbox asks every service to", () => {
    const bind = path.join(ROOT, "sandbox/running/bind-address.cjs");
    const program =
      'const s = require("node:http").createServer().listen("0", () => { console.log(s.address().address); s.close(); })';
    const env = { ...process.env, BIND_ADDRESS: "127.0.0.1" };
    assert.equal(execFileSync(process.execPath, ["-r", bind, "-e", program], { env, encoding: "utf8" }), "127.0.0.1\n");
  });
});
