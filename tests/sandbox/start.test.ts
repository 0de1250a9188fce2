import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { temporaryFolder, usesPulumi, withoutCredentials } from "../support/pulumi-cli";

const ROOT = path.join(__dirname, "../..");

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start -- ARGS` as its script runs it; `onOutput` may send the process a signal. */
function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ran> {
  const child = spawn(
    process.execPath,
    ["-r", "ts-node/register/transpile-only", path.join(ROOT, "sandbox/start.ts"), ...args],
    {
      cwd: ROOT,
      env: { ...withoutCredentials(process.env), ...env },
    },
  );
  const ran = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    ran.stdout += text;
    onOutput(ran.stdout, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    ran.stderr += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...ran })));
}

describe("npm start", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const state = () => ["--state", path.join(folder, "state")];
  const withPulumi = () => ({ PATH: [path.dirname(cli().command), process.env["PATH"]].join(path.delimiter) });

  it("tells what was made, what the policies said, who may call what, and the URLs", async () => {
    const { code, stdout } = await start(["--engine=embedded", ...state()]);
    assert.equal(code, 0);
    for (const expected of [
      /^Pulumi\.dev\.yaml into the sandbox, with the policy pack, on embedded engine/,
      /\+ cloudrunv2\/service +gateway/,
      /10 created in \d+\.\d s/,
      /nothing refused, 10 resources judged/,
      /│ gateway +│ +│ yes +│ yes +│/,
      /https:\/\/user-\d+\.europe-west9\.run\.app/,
    ]) {
      assert.match(stdout, expected);
    }
    assert.ok(!stdout.includes("\u001b["), "colours only on a terminal");
  });

  it("keeps state between runs on the real engine, and forgets it when told", async () => {
    assert.match((await start(state(), withPulumi())).stdout, /10 created/);
    assert.match((await start(state(), withPulumi())).stdout, /10 unchanged/);
    assert.match((await start([...state(), "--fresh"], withPulumi())).stdout, /10 created/);
  });

  it("prints the result as JSON for scripts", async () => {
    const { stdout } = await start(["--engine=embedded", "--json", ...state()]);
    const result = JSON.parse(stdout) as { ok: boolean; engine: string };
    assert.deepEqual([result.ok, result.engine], [true, "embedded"]);
  });

  it("deploys any stack config by its path", async () => {
    const { code, stdout } = await start(["--engine=embedded", ...state(), "examples/service-identity.yaml"]);
    assert.equal(code, 0);
    assert.match(stdout, /until 2031-12-31/);
  });

  it("explains itself", async () => {
    assert.match((await start(["--help"])).stdout, /--engine <engine>/);
  });

  const wrong: [string, readonly string[], NodeJS.ProcessEnv, RegExp][] = [
    [
      "an engine that does not exist",
      ["--engine=terraform"],
      {},
      /error: option '--engine <engine>' argument 'terraform' is invalid\. Allowed choices are auto, pulumi, embedded\./,
    ],
    [
      "a CLI that is not there",
      ["--engine=pulumi"],
      { PATH: path.dirname(process.execPath), XDG_CACHE_HOME: "/nonexistent" },
      /^error: --engine=pulumi: no pulumi on PATH; .*install Pulumi, or use --engine=embedded$/m,
    ],
    [
      "a stack config that is not there",
      ["examples/nothing.yaml"],
      {},
      /^error: no such file ".*examples\/nothing\.yaml"/,
    ],
    [
      "real credentials in reach",
      [],
      { GOOGLE_OAUTH_ACCESS_TOKEN: "ya29.secret" },
      /^error: real Google credentials would be visible to the sandbox: GOOGLE_OAUTH_ACCESS_TOKEN; nothing was changed/,
    ],
  ];
  for (const [fact, args, env, message] of wrong) {
    it(`stops at ${fact}, and changes nothing`, async () => {
      const { code, stderr } = await start([...args, ...state()], env);
      assert.notEqual(code, 0);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at |ya29/, "no stack trace, no secret");
      assert.ok(!existsSync(path.join(folder, "state")));
    });
  }

  it("stops at a state folder that cannot be written", async () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    const { code, stderr } = await start(["--state", file], withPulumi());
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*"?.*file/);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });

  it("tells every problem of a config, and makes nothing", async () => {
    const file = path.join(folder, "wrong.yaml");
    writeFileSync(
      file,
      "config:\n  gcp:project: p\n  gcp:region: us-central1\n  cloud-run-mesh:services: { web: { calls: [apo], ingres: all }, api: { image: i, ingress: all } }\n",
    );
    for (const engine of ["embedded", "pulumi"]) {
      const { code, stdout, stderr } = await start([file, `--engine=${engine}`, ...state()], withPulumi());
      assert.equal(code, 1);
      assert.match(stdout, /4 problems in the stack config:/);
      assert.match(stdout, /services\.web\.ingres: unknown key "ingres"; did you mean "ingress"\?/);
      assert.match(stdout, /services\.web\.calls\[0\]: unknown service "apo"; did you mean "api"\?/);
      assert.match(stdout, /nothing to do/);
      assert.doesNotMatch(stdout + stderr, /\n {4}at /);
    }
  });

  it("goes on where Ctrl-C stopped it", async () => {
    let sent = false;
    const stopped = await start(state(), withPulumi(), (text, kill) => {
      if (sent || !/\+ serviceaccount\/account/.test(text)) return;
      sent = true;
      kill("SIGINT");
    });
    assert.equal(stopped.code, 130, stopped.stdout);
    const again = await start(state(), withPulumi());
    assert.equal(again.code, 0, again.stdout);
    assert.match((await start(state(), withPulumi())).stdout, /10 unchanged/);
  });
});
