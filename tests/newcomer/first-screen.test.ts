import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";
import { ROOT } from "../support/command";
import { needs } from "../support/needs";
import { temporaryFolder, usesPulumi, withoutCredentials } from "../support/pulumi-cli";
import { until } from "../support/until";

/** Stands in the environment and in configs; no output may hold it. */
const CANARY = "canary-7f3a";
const CHECKOUT = `npm --prefix '${ROOT}'`;

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

interface Typed {
  readonly ended: Promise<Ended>;
  readonly text: () => string;
  /** Ctrl-C, which a terminal sends to all that the line started. */
  interrupt(): void;
}

describe("somebody new, in an empty folder", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let folder: string;
  let lines: Typed[];
  beforeEach(() => {
    folder = realpathSync(temporaryFolder());
    lines = [];
  });
  afterEach(async () => {
    for (const line of lines) line.interrupt();
    for (const { text, ended } of lines) {
      await ended;
      assert.doesNotMatch(text(), /^ {4}at /m, "no stack trace");
      assert.ok(!text().includes(CANARY), `nothing planted: ${text()}`);
      for (const [, port] of text().matchAll(/listens on 127\.0\.0\.1:(\d+)/g)) await until(() => isFree(Number(port)));
    }
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });

  /** A line, typed into a shell without a HOME. */
  function type(line: string, env: NodeJS.ProcessEnv = {}): Typed {
    const { HOME: _, ...rest } = withoutCredentials(process.env);
    const child = spawn("sh", ["-c", line], {
      cwd: folder,
      detached: true,
      env: { ...rest, DATABASE_PASSWORD: CANARY, ...env },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
    }
    const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, text })));
    const interrupt = () => {
      try {
        process.kill(-child.pid!, "SIGINT");
      } catch {
        // All of it has ended.
      }
    };
    const typed = { ended, interrupt, text: () => text };
    lines.push(typed);
    return typed;
  }
  const start = (options: string, state = "state") =>
    `${CHECKOUT} start -- --engine=embedded --state ${state} ${options}`;

  async function hasStarted(line: Typed): Promise<void> {
    await until(() => line.text().includes("Ctrl-C ends it."), "it says that it runs", 60_000);
  }

  it("starts the mesh, calls it as who may and as who may not, and proves it; Ctrl-C leaves nothing", async function () {
    needs(this, "curl", existsSync("/usr/bin/curl"));
    const mesh = type(start(""));
    await hasStarted(mesh);
    const hint = (script: string) => mesh.text().match(new RegExp(`^ {2}(${script}.*?)(?: {4}#.*)?$`, "m"))?.[1] ?? "";

    const called = await type(hint("npm")).ended;
    assert.equal(called.code, 0, called.text);
    const curled = await type(`${hint("curl").replace(/^curl/, "curl --silent --fail --show-error")}api/users`).ended;
    assert.equal(curled.code, 0, curled.text);
    const refused = await type(`${CHECKOUT} run call -- gateway / --as user --state state`).ended;
    assert.equal(refused.code, 1);
    assert.match(refused.text, /^403: user has no roles\/run\.invoker on "gateway"$/m);
    const [first, verified] = await Promise.all([
      type(`${CHECKOUT} run -s verify | head -1`).ended,
      type(`${CHECKOUT} run verify`).ended,
    ]);
    assert.equal(first.code, 0, first.text);
    assert.doesNotMatch(first.text, /EPIPE|probes as expected/);
    assert.equal(verified.code, 0, verified.text);

    const second = await type(start("--once")).ended;
    assert.equal(second.code, 1);
    assert.match(second.text, /^error: .*process \d+/m);

    mesh.interrupt();
    // npm, and the shell, die of the signal themselves; what the mesh prints says how it ended.
    assert.doesNotMatch((await mesh.ended).text, /error|ERR!/);
    const gone = await type(`${CHECKOUT} run call -- gateway / --state state`).ended;
    assert.equal(gone.code, 1);
    assert.match(gone.text, /^error: no mesh is running here; start one: npm --prefix \S+ start$/m);
  });

  it("is told what the policy refuses, in one error and without the value", async () => {
    const config = readFileSync(path.join(ROOT, "Pulumi.dev.yaml"), "utf8").replaceAll(
      /source: /g,
      `env: { DB_PASSWORD: "${CANARY}" }\n      source: ${ROOT}/`,
    );
    writeFileSync(path.join(folder, "Pulumi.dev.yaml"), config);
    const { code, text } = await type(start("--once")).ended;
    assert.equal(code, 1, text);
    assert.match(text, /^ {2}mandatory no-plain-secrets gateway: /m);
    assert.equal(text.match(/^error: /gm)?.length, 1, text);
  });

  it("interrupts a start, and goes on; a pipe that closes ends it quietly", async () => {
    const stopped = type(start("--once"));
    await until(() => stopped.text().includes("Resources"), "it deploys", 60_000);
    stopped.interrupt();
    assert.notEqual((await stopped.ended).code, 0);
    const again = await type(start("--once")).ended;
    assert.equal(again.code, 0, again.text);
    const piped = await type(`${start("--once")} | head -1`).ended;
    assert.equal(piped.code, 0, piped.text);
  });

  it("names a state folder that is a file, or that cannot be written", async () => {
    writeFileSync(path.join(folder, "state"), "mine");
    const inTheWay = await type(start("--once")).ended;
    assert.equal(inTheWay.code, 1);
    assert.match(inTheWay.text, /^error: .*state/m);
    assert.equal(readFileSync(path.join(folder, "state"), "utf8"), "mine");
    // Root may write everywhere.
    if (process.getuid?.() === 0) return;
    mkdirSync(path.join(folder, "shut"), { mode: 0o500 });
    const shut = await type(start("--once", "shut")).ended;
    assert.equal(shut.code, 1);
    assert.match(shut.text, /^error: .*shut/m);
  });

  it("deploys on the real engine as well", async () => {
    const { HOME } = process.env;
    const env = {
      ...(HOME && { HOME }),
      PATH: [path.dirname(cli().command), process.env["PATH"]].join(path.delimiter),
    };
    const { code, text } = await type(`${CHECKOUT} start -- --engine=pulumi --state state --once`, env).ended;
    assert.equal(code, 0, text);
    assert.match(text, /^ {2}34 of 34 probes as expected$/m);
  });
});

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(false);
    }).once("error", () => resolve(true));
  });
}
