import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { temporaryFolder, usesPulumi, withoutCredentials } from "../support/pulumi-cli";
import { TYPESCRIPT } from "../support/typescript";

const ROOT = path.join(__dirname, "../..");

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type OnOutput = (text: string, kill: (signal: NodeJS.Signals) => void) => void;

/** `npm start -- ARGS` as its script runs it; `onOutput` may send the process a signal. */
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, onOutput: OnOutput = () => {}): Promise<Ran> {
  return run("sandbox/start.ts", args, env, onOutput);
}

function run(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  onOutput: OnOutput = () => {},
): Promise<Ran> {
  const child = spawn(process.execPath, [...TYPESCRIPT, path.join(ROOT, file), ...args], {
    cwd: ROOT,
    env: { ...withoutCredentials(process.env), ...env },
  });
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

  it("tells what was made, what the policies said, the URLs, what runs, and who may call what as it was seen", async () => {
    const { code, stdout } = await start(["--engine=embedded", "--once", ...state()]);
    assert.equal(code, 0, stdout);
    for (const expected of [
      /^Pulumi\.dev\.yaml into the sandbox, with the policy pack, on embedded engine/,
      /\+ cloudrunv2\/service +gateway/,
      /10 created in \d+\.\d s/,
      /nothing refused, 10 resources judged/,
      /https:\/\/user-\d+\.europe-west9\.run\.app/,
      /^ {2}user +listens on 127\.0\.0\.1:\d+$/m,
      /│ gateway +│ +│ ✔ passes +│ ✔ passes +│/,
      /│ order +│ ✔ 403 +│ ✔ 404 +│ +│/,
      /│ anyone, without a token +│ ✔ 403 +│/,
      /^ {2}34 of 34 probes as expected$/m,
    ]) {
      assert.match(stdout, expected);
    }
    assert.ok(!stdout.includes("\u001b["), "colours only on a terminal");
    // Each process's home folder lasts with the state.
    assert.deepEqual(readdirSync(path.join(folder, "state", "dev", "homes")), ["gateway", "order", "user"]);
  });

  it("keeps state between runs on the real engine, and forgets it when told", async () => {
    const once = [...state(), "--once"];
    assert.match((await start(once, withPulumi())).stdout, /10 created/);
    assert.match((await start(once, withPulumi())).stdout, /10 unchanged/);
    assert.match((await start([...once, "--fresh"], withPulumi())).stdout, /10 created/);
  });

  it("prints the result as JSON for scripts", async () => {
    const { stdout } = await start(["--engine=embedded", "--once", "--json", ...state()]);
    const result = JSON.parse(stdout) as { ok: boolean; engine: string; probes: { outcome: string }[] };
    assert.deepEqual([result.ok, result.engine, result.probes.length], [true, "embedded", 34]);
    assert.ok(result.probes.every(({ outcome }) => outcome === "as expected"));
  });

  it("deploys any stack config by its path", async () => {
    const { code, stdout } = await start(["--engine=embedded", "--once", ...state(), "examples/service-identity.yaml"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✔ passes until 2031-12-31/);
  });

  it("runs the mesh until Ctrl-C, lets other commands call it, writes down each decision and leaves that and the homes of services", async () => {
    let called: Promise<Ran> | undefined;
    const ran = await start(["--engine=embedded", ...state()], {}, (text, kill) => {
      if (called || !text.includes("Ctrl-C ends it.")) return;
      const call = ["call", "gateway", "/api/users", "--state", path.join(folder, "state")];
      called = run("tools/call/main.ts", call).finally(() => kill("SIGINT"));
    });
    const answer = await called!;
    assert.equal(answer.code, 0, answer.stderr);
    assert.equal((JSON.parse(answer.stdout) as { data: { count: number } }).data.count, 3);
    assert.match(answer.stderr, /^200 OK, as group:developers@acme\.example, from the mesh "dev" that runs here$/m);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /^\d\d:\d\d:\d\d\.\d+ 200 gateway-sa → user +GET +\/users/m);
    assert.match(
      ran.stdout,
      /^ {2}npm run call -- gateway \/ --state \S+\/state {4}# as group:developers@acme\.example$/m,
    );
    assert.deepEqual(readdirSync(path.join(folder, "state/dev")), ["decisions.jsonl", "homes"]);
    const decisions = readFileSync(path.join(folder, "state/dev/decisions.jsonl"), "utf8").trim().split("\n");
    const last = JSON.parse(decisions.at(-1)!) as { callee: string; verdict: string };
    assert.deepEqual([last.callee, last.verdict], ["gateway", "allowed"]);
  });

  for (const engine of ["embedded", "pulumi"]) {
    it(`has its state for itself on the ${engine} engine: another run of the stack changes nothing of it`, async () => {
      const kept = path.join(folder, "state", "dev");
      let others: Promise<{ tried: Ran[]; before: string[]; after: string[]; called: Ran }> | undefined;
      const tryOthers = async () => {
        const before = readdirSync(kept).sort();
        const tried: Ran[] = [];
        for (const other of ["embedded", "pulumi"]) {
          tried.push(await start([`--engine=${other}`, "--fresh", "--once", ...state()], withPulumi()));
        }
        const called = await run("tools/call/main.ts", ["call", "gateway", "/api/users", ...state()]);
        return { tried, before, after: readdirSync(kept).sort(), called };
      };
      const first = await start([`--engine=${engine}`, ...state()], withPulumi(), (text, kill) => {
        if (others || !text.includes("Ctrl-C ends it.")) return;
        others = tryOthers().finally(() => kill("SIGINT"));
      });
      assert.ok(others, first.stdout + first.stderr);
      const { tried, before, after, called } = await others;
      for (const { code, stdout, stderr } of tried) {
        assert.deepEqual([code, stdout], [1, ""]);
        assert.match(
          stderr,
          /^error: "dev" is in use by process \d+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, in "\S+\/state\/dev"; nothing was changed; end that run first, or give this one a --state of its own\n$/,
        );
      }
      assert.deepEqual(after, before);
      assert.equal(called.code, 0, called.stderr);
      assert.equal(first.code, 0, first.stderr);
      assert.ok(!existsSync(path.join(kept, "lock")));
    });
  }

  it("tells the folder and the service whose code is missing, and fails", async () => {
    const file = path.join(folder, "missing.yaml");
    mkdirSync(path.join(folder, "docs"));
    const services =
      "{ web: { image: i@sha256:0, source: services/nowhere }, api: { image: i@sha256:0, source: docs } }";
    writeFileSync(
      file,
      `config:\n  gcp:project: acme-p\n  gcp:region: us-central1\n  cloud-run-mesh:projectNumber: "123456789012"\n  cloud-run-mesh:services: ${services}\n`,
    );
    const { code, stderr } = await start(["--engine=embedded", "--once", ...state(), file]);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `error: services.web.source: there is no folder "${path.join(folder, "services/nowhere")}"\n` +
        'services.api.source: "docs" has no package.json with a start script; name the command in sandbox.command\n',
    );
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
      "a folder for temporary files that does not exist",
      [],
      { TMPDIR: "/nonexistent" },
      /^error: cannot write "\/nonexistent": there is no such folder; set TMPDIR to one that you may write to \(ENOENT\)\n$/,
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

  for (const engine of ["embedded", "pulumi"]) {
    it(`stops on the ${engine} engine at a state folder that cannot be written, and says which and why`, async () => {
      const file = path.join(folder, "file");
      writeFileSync(file, "");
      const { code, stderr } = await start([`--engine=${engine}`, "--state", file], withPulumi());
      assert.equal(code, 1);
      assert.equal(
        stderr,
        `error: cannot write "${file}/dev": a file stands where a folder is needed; name another folder (ENOTDIR)\n`,
      );
    });
  }

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
    const typed = ["--state", path.join(folder, "the state")];
    const stopped = await start([...typed, "--fresh"], withPulumi(), (text, kill) => {
      if (sent || !/\+ serviceaccount\/account/.test(text)) return;
      sent = true;
      kill("SIGINT");
    });
    assert.equal(stopped.code, 130, stopped.stdout);
    const [next] = stopped.stdout.split("\n").filter((line) => line.startsWith("next: "));
    assert.equal(next, `next: run "npm start -- --state '${typed[1]}'" again; it goes on from here`);
    const again = await start([...typed, "--once"], withPulumi());
    assert.equal(again.code, 0, again.stdout);
    assert.match((await start([...typed, "--once"], withPulumi())).stdout, /10 unchanged/);
  });
});
