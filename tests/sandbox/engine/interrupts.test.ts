import * as assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import * as path from "node:path";
import { describe, it } from "mocha";
import { type EngineResult, openPulumiEngine } from "../../../sandbox/engine";
import { readLocks } from "../../../sandbox/engine/stack/stack-lock";
import { type ChildArguments, fourTopics, TOPICS } from "../../support/engine-child";
import { temporaryFolder, usesPulumi, withoutCredentials } from "../../support/pulumi-cli";
import { type StubProvider, serveStubProvider } from "../../support/stub-provider";
import { TYPESCRIPT } from "../../support/typescript";
import { until as waitUntil } from "../../support/until";

const CHILD = path.join(__dirname, "..", "..", "support", "engine-child.ts");

describe("an interrupted operation", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let provider: StubProvider;
  let stateFolder: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    provider = await serveStubProvider();
    stateFolder = temporaryFolder();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await provider.close();
    rmSync(stateFolder, { recursive: true, force: true });
  });

  /** As if by a person who opens the sandbox again: the same state folder, the same cloud. */
  const reopen = () =>
    openPulumiEngine({
      cli: cli(),
      stateFolder,
      project: "interrupted",
      stack: "dev",
      program: fourTopics,
      config: { "gcp:project": "acme-dev" },
      providers: { gcp: provider.port },
      findExisting: async ({ inputs }) =>
        provider.resources.has(`stub/${inputs.name}`) ? `stub/${inputs.name}` : undefined,
      env: withoutCredentials(process.env),
    });

  const start = (operation: ChildArguments["operation"]) => {
    const given: ChildArguments = { cli: cli(), stateFolder, port: provider.port, operation };
    const args = [...TYPESCRIPT, CHILD, JSON.stringify(given)];
    const child = spawn(process.execPath, args, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    const result = new Promise<EngineResult | undefined>((resolve) => {
      child.on("close", () => resolve(text === "" ? undefined : JSON.parse(text)));
    });
    return { child, result };
  };

  it("ends in good order on Ctrl-C, and the next run goes on", async () => {
    provider.createDelayMs = 1500;
    const { child, result } = start("up");
    await until(() => provider.asked.has("stub/two"));
    // What a terminal does: everyone in the foreground process group gets it. A process manager may send one more.
    process.kill(-child.pid!, "SIGINT");
    child.kill("SIGINT");

    const up = await result;
    assert.equal(up?.ok, false);
    assert.equal(up?.interrupted, true);
    assert.deepEqual(up?.pending, []);
    assert.deepEqual(up?.advice, ['run "npm start" again; it goes on from here']);
    assert.deepEqual([...provider.resources.keys()], ["stub/one", "stub/two"]);

    provider.createDelayMs = 0;
    const next = await reopen().up();
    assert.equal(next.ok, true);
    assert.deepEqual(next.counts, { create: 2, same: 3 });
  });

  it("recovers after the engine was killed in the middle of a create that took effect", async () => {
    provider.createDelayMs = 1500;
    const { result } = start("up");
    await until(() => provider.asked.has("stub/two"));
    const [lock] = readLocks(path.join(stateFolder, "backend"), "interrupted", "dev");
    assert.ok(lock && !lock.stale);
    process.kill(lock.pid, "SIGKILL");

    const up = await result;
    assert.equal(up?.ok, false);
    assert.match(up?.diagnostics.at(-1)?.message ?? "", /the Pulumi CLI was ended by SIGKILL/);
    assert.deepEqual(
      up?.pending.map(({ kind, name }) => [kind, name]),
      [["creating", "two"]],
    );
    assert.match(up?.advice.join("\n") ?? "", /"two" may exist .* run "npm start -- --recover"/);

    await until(() => provider.resources.has("stub/two"));
    provider.createDelayMs = 0;
    const engine = reopen();
    const notes: string[] = [];
    const recovered = await engine.recover({ onEvent: (event) => event.kind === "note" && notes.push(event.message) });
    assert.equal(recovered.ok, true);
    assert.deepEqual(notes, [
      `removed the lock of process ${lock.pid}, which is gone`,
      '"two" exists; taken over into the state',
    ]);
    const next = await engine.up();
    assert.equal(next.ok, true);
    assert.deepEqual([...provider.resources.keys()].sort(), TOPICS.map((name) => `stub/${name}`).sort());
    assert.deepEqual((await engine.up()).counts, { same: 5 });
  });

  it("forgets a pending create that never took effect", async () => {
    provider.createDelayMs = 3000;
    const { result } = start("up");
    await until(() => provider.asked.has("stub/one"));
    const [lock] = readLocks(path.join(stateFolder, "backend"), "interrupted", "dev");
    process.kill(lock!.pid, "SIGKILL");
    await result;
    await until(() => provider.resources.delete("stub/one"));

    provider.createDelayMs = 0;
    const engine = reopen();
    assert.equal((await engine.recover()).ok, true);
    const next = await engine.up();
    assert.deepEqual([next.ok, next.counts], [true, { create: 4, same: 1 }]);
  });

  it("does not leave the CLI behind when its own process is killed", async () => {
    provider.createDelayMs = 1000;
    const { child } = start("up");
    await until(() => provider.asked.has("stub/one"));
    child.kill("SIGKILL");
    const locks = () =>
      readLocks(path.join(stateFolder, "backend"), "interrupted", "dev").filter(({ stale }) => !stale);
    await until(() => locks().length === 0);

    provider.createDelayMs = 0;
    const engine = reopen();
    assert.equal((await engine.recover()).ok, true);
    assert.equal((await engine.up()).ok, true);
    assert.equal(provider.resources.size, TOPICS.length);
  });

  it("leaves the lock of a live process alone", async () => {
    provider.createDelayMs = 1500;
    const { child, result } = start("up");
    await until(() => provider.asked.has("stub/one"));
    const second = await reopen().up();
    assert.equal(second.ok, false);
    assert.match(second.diagnostics[0]?.message ?? "", /the stack is currently locked by 1 lock/);
    assert.match(second.advice.join("\n"), /another run holds the stack/);
    child.kill("SIGINT");
    assert.equal((await result)?.interrupted, true);
  });

  it("is stopped by an abort signal, too", async () => {
    provider.createDelayMs = 1000;
    const stop = new AbortController();
    const running = reopen().up({ signal: stop.signal });
    await until(() => provider.asked.has("stub/one"));
    stop.abort();
    const up = await running;
    assert.deepEqual([up.ok, up.interrupted, up.pending], [false, true, []]);
    assert.ok(provider.resources.size < TOPICS.length);
  });
});

/** An engine takes seconds to start. */
function until(condition: () => boolean): Promise<void> {
  return waitUntil(condition, String(condition), 30_000);
}
