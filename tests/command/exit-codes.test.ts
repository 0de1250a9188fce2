/** How the commands that prove a mesh end: with 0 where the proof holds, and with 1 where anything is not as it has to be. */
import * as assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { runCommandFile } from "../support/command";
import { temporaryFolder } from "../support/pulumi-cli";

const PRELOAD = path.join(__dirname, "preloads/verified-otherwise.cjs");
const CONFIG = `config:
  gcp:project: acme-dev
  gcp:region: europe-west9
  cloud-run-mesh:services:
    api:
      image: europe-docker.pkg.dev/acme-dev/apps/api@sha256:${"a".repeat(64)}
      ingress: { all: staff open it }
      access: [{ member: "group:staff@acme.example" }]
`;

interface Document {
  readonly ok: boolean;
  readonly error?: string;
}

describe("a command that proves a mesh", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = temporaryFolder();
    writeFileSync(path.join(folder, "mesh.yaml"), CONFIG);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function ended(command: "start" | "verify", change: string): Promise<readonly [number | null, Document]> {
    const args = {
      start: ["--engine", "embedded", "--once", "--state", path.join(folder, "state")],
      verify: [],
    }[command];
    const file = command === "start" ? "sandbox/start.ts" : "verify/main.ts";
    const { code, stdout, stderr } = await runCommandFile(file, [path.join(folder, "mesh.yaml"), "--json", ...args], {
      env: { VERIFIED_OTHERWISE: change },
      preload: [PRELOAD],
    });
    assert.ok(stdout.startsWith("{"), stderr);
    const { ok, error } = JSON.parse(stdout) as Document;
    return [code, { ok, ...(error !== undefined && { error }) }];
  }

  it("ends with 1 where a probe was not sent, and where somebody is let in whom the config does not name", async () => {
    // Side by side, as each is a process of its own. That all is well with 0 is shown in somebody new's first hour.
    const [start, verify, grants] = await Promise.all([
      ended("start", "unsent"),
      ended("verify", "unsent"),
      ended("verify", "grant"),
    ]);
    assert.deepEqual(start, [1, { ok: false, error: "1 of 10 probes were not as expected" }]);
    assert.deepEqual(verify, [1, { ok: false }]);
    assert.deepEqual(grants, [1, { ok: false }]);
  });
});
