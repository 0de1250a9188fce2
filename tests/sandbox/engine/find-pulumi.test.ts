import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { findPulumi, MINIMUM_PULUMI_VERSION, PULUMI_VERSION } from "../../../sandbox/engine";
import { type BuildOptions, buildPulumi } from "../../../sandbox/engine/cli/build-pulumi";
import { temporaryFolder } from "../../support/pulumi-cli";

describe("finding the Pulumi CLI", function () {
  this.timeout(60_000);
  let folder: string;
  let lines: string[];

  beforeEach(() => {
    folder = temporaryFolder();
    lines = [];
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const script = (file: string, body: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return path.join(folder, file);
  };
  const env = (...onPath: string[]): NodeJS.ProcessEnv => ({
    PATH: onPath.map((part) => path.join(folder, part)).join(path.delimiter),
    XDG_CACHE_HOME: path.join(folder, "cache"),
  });
  const onProgress = (line: string) => lines.push(line);
  const cached = path.join("cache", "cloud-run-mesh", "pulumi", PULUMI_VERSION);

  it("names the version that tools/pulumi builds", () => {
    const module = readFileSync(path.join(__dirname, "..", "..", "..", "tools", "pulumi", "go.mod"), "utf8");
    assert.match(module, new RegExp(`github.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION.replaceAll(".", "\\.")}\n`));
  });

  it("takes the one on PATH", async () => {
    const command = script("bin/pulumi", "echo v3.300.1");
    assert.deepEqual(await findPulumi({ env: env("bin") }), {
      found: true,
      command,
      version: "3.300.1",
      source: "PATH",
    });
  });

  it("passes over one that is too old, and says so", async () => {
    const old = script("bin/pulumi", "echo v3.100.0");
    const answer = await findPulumi({ env: env("bin"), onProgress });
    assert.equal(answer.found, false);
    assert.equal(lines[0], `"${old}" is 3.100.0; at least ${MINIMUM_PULUMI_VERSION} is needed`);
  });

  it("takes the one in the cache", async () => {
    const command = script(path.join(cached, "pulumi"), `echo ${PULUMI_VERSION}`);
    const expected = { found: true, command, version: PULUMI_VERSION, source: "cache" };
    assert.deepEqual(await findPulumi({ env: env() }), expected);
  });

  it("neither downloads nor builds unless asked to", async () => {
    const answer = await findPulumi({ env: env() });
    assert.deepEqual(answer, {
      found: false,
      reasons: ["no pulumi on PATH", `no Pulumi ${PULUMI_VERSION} in the cache "${path.join(folder, cached)}"`],
    });
    assert.equal(existsSync(path.join(folder, "cache")), false);
  });

  it("downloads the official release, and finds it again", async () => {
    const release = path.join(cached, "release", "bin", "pulumi");
    const install = async () => ({ command: script(release, `echo ${PULUMI_VERSION}`) }) as never;
    const found = { found: true, command: path.join(folder, release), version: PULUMI_VERSION };
    assert.deepEqual(await findPulumi({ env: env(), obtain: true, install }), { ...found, source: "release" });
    assert.deepEqual(await findPulumi({ env: env() }), { ...found, source: "cache" });
  });

  it("answers with every reason where nothing works, and leaves nothing behind", async () => {
    const install = () => new Promise<never>(() => {});
    const options = { env: env(), obtain: true, downloadSeconds: 0.05, install, buildFolder: folder, onProgress };
    const answer = await findPulumi(options);
    assert.ok(!answer.found);
    assert.equal(answer.reasons[2], `cannot download Pulumi ${PULUMI_VERSION}: no answer within 0.05 s`);
    assert.equal(answer.reasons[3], "cannot build Pulumi: no Go toolchain on PATH");
    assert.match(
      lines.join("\n"),
      /downloading Pulumi .* \(up to 0\.05 s\)[\s\S]*building Pulumi .* about five minutes/,
    );
    assert.deepEqual(readdirSync(path.join(folder, cached)), []);
  });

  describe("by a build", () => {
    /** A `go` that takes its time and writes the file it is asked for. */
    const GO =
      'echo run >> "$COUNT"; while [ "$1" != "-o" ]; do shift; done; echo half > "$2"; sleep $DELAY; echo whole > "$2"';
    const build = (changes: Partial<BuildOptions> = {}, delay = "0") =>
      buildPulumi({
        folder,
        version: PULUMI_VERSION,
        target: path.join(folder, "out", "pulumi"),
        onProgress,
        env: { PATH: `${path.join(folder, "bin")}:/usr/bin:/bin`, COUNT: path.join(folder, "count"), DELAY: delay },
        ...changes,
      });

    it("tells how long it takes, and shows the file only when it is whole", async () => {
      script("bin/go", GO);
      const building = build({ progressSeconds: 0.1 }, "0.5");
      await sleep(250);
      assert.equal(existsSync(path.join(folder, "out", "pulumi")), false);
      assert.deepEqual(await building, { ok: true });
      assert.equal(readFileSync(path.join(folder, "out", "pulumi"), "utf8"), "whole\n");
      assert.deepEqual(readdirSync(path.join(folder, "out")), ["pulumi"]);
      assert.match(
        lines.join("\n"),
        /once, about five minutes[\s\S]*still building Pulumi 3\.\d+\.\d+: \d+ s[\s\S]*built Pulumi/,
      );
    });

    it("builds once for two that ask at once", async () => {
      script("bin/go", GO);
      assert.deepEqual(await Promise.all([build({}, "0.3"), build({}, "0.3")]), [{ ok: true }, { ok: true }]);
      assert.equal(readFileSync(path.join(folder, "count"), "utf8"), "run\n");
    });

    it("takes over from a build whose process is gone", async () => {
      script("bin/go", GO);
      mkdirSync(path.join(folder, "out"));
      writeFileSync(path.join(folder, "out", "pulumi.lock"), "999999999");
      writeFileSync(path.join(folder, "out", "pulumi.partial"), "half");
      assert.deepEqual(await build(), { ok: true });
      assert.deepEqual(readdirSync(path.join(folder, "out")), ["pulumi"]);
    });

    it("gives the last line of what Go says when it fails", async () => {
      script("bin/go", "echo 'go: downloading x' >&2; echo 'dial tcp: no route to host' >&2; exit 1");
      assert.deepEqual(await build(), { ok: false, reason: "cannot build Pulumi: dial tcp: no route to host" });
      assert.deepEqual(readdirSync(path.join(folder, "out")), []);
    });
  });
});
