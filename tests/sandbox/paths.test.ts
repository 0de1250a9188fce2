import * as assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { stateName } from "../../sandbox/state-name";
import { temporaryFolder, usesPulumi, withoutCredentials } from "../support/pulumi-cli";

const ROOT = path.join(__dirname, "../..");

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A mesh of somebody's own in a folder of their own; what its service answers tells two of them apart. */
function writeMesh(folder: string, answer: string): void {
  mkdirSync(path.join(folder, "my code"), { recursive: true });
  writeFileSync(
    path.join(folder, "Pulumi.dev.yaml"),
    `config:
  gcp:project: acme-own
  gcp:region: us-central1
  cloud-run-mesh:projectNumber: "123456789012"
  cloud-run-mesh:services:
    web:
      image: "us-docker.pkg.dev/acme-own/mesh/web@sha256:${"0".repeat(64)}"
      source: ./my code
      ingress: { all: "developers call it from their laptops" }
      access: [{ member: "group:developers@acme.example" }]
`,
  );
  writeFileSync(path.join(folder, "my code/package.json"), '{ "scripts": { "start": "node server.js" } }');
  const server = `require("http").createServer((q, r) => r.end(${JSON.stringify(answer)})).listen(process.env.PORT, "127.0.0.1");`;
  writeFileSync(path.join(folder, "my code/server.js"), server);
}

describe("from another folder", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = realpathSync(temporaryFolder());
    for (const name of ["one", "two"]) writeMesh(path.join(folder, name), `from ${name}`);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) interrupt(child);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Ctrl-C: the terminal tells every process of the command. */
  const interrupt = (child: ChildProcess) => {
    try {
      process.kill(-child.pid!, "SIGINT");
    } catch {
      // All of them have ended.
    }
  };
  const spawned = (command: string, args: readonly string[], cwd: string) => {
    const env = {
      ...withoutCredentials(process.env),
      PATH: [path.dirname(cli().command), process.env["PATH"]].join(path.delimiter),
    };
    // A group of its own, as a terminal gives each command.
    return spawn(command, args, { cwd, env, detached: true });
  };
  const ended = (child: ChildProcess): Promise<Ran> => {
    const ran = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      ran.stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      ran.stderr += text;
    });
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...ran })));
  };
  /** `npm --prefix CHECKOUT ARGS`, standing in a folder. */
  const npm = (cwd: string, ...args: string[]) => ended(spawned("npm", ["--prefix", ROOT, ...args], cwd));
  const shell = (line: string, cwd: string) => ended(spawned("sh", ["-c", line], cwd));
  /** Starts a mesh and resolves with what it printed once it runs. */
  const running = (cwd: string, ...args: string[]): Promise<{ text: string; stop(): Promise<unknown> }> => {
    const child = spawned("npm", ["--prefix", ROOT, "start", "--", "--engine=embedded", ...args], cwd);
    children.push(child);
    const end = new Promise((resolve) => child.once("close", resolve));
    let text = "";
    return new Promise((resolve, reject) => {
      child.once("close", () => reject(new Error(text)));
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (!text.includes("Ctrl-C ends it.")) return;
        const stop = () => {
          interrupt(child);
          return end;
        };
        resolve({ text, stop });
      });
    });
  };

  for (const engine of ["embedded", "pulumi"]) {
    it(`a stack config, its sources and --state are the person's on the ${engine} engine`, async () => {
      const one = path.join(folder, "one");
      const args = ["start", "--", "Pulumi.dev.yaml", "--once", `--engine=${engine}`, "--state", "kept"];
      const { code, stdout, stderr } = await npm(one, ...args);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /^Pulumi\.dev\.yaml into the sandbox/m);
      assert.match(stdout, /^ {2}web +listens on 127\.0\.0\.1:\d+$/m);
      const [state] = readdirSync(path.join(one, "kept"));
      assert.match(state!, /^dev-[0-9a-f]{8}$/);
    });
  }

  it("the stack config of that folder is meant where none is named, and the checkout's where it has none", async () => {
    assert.match((await npm(path.join(folder, "one"), "run", "verify")).stdout, /│ group:developers@acme\.example/);
    const elsewhere = await npm(folder, "run", "verify");
    assert.match(elsewhere.stderr, /Pulumi\.dev\.yaml in the sandbox$/m);
    assert.match(elsewhere.stdout, /34 of 34 probes as expected/);
  });

  it("two meshes of one name run side by side, and what each prints to try it works as it is printed", async () => {
    const state = path.join(folder, "kept");
    const [one, two] = [path.join(folder, "one"), path.join(folder, "two")];
    const first = await running(one, "Pulumi.dev.yaml", "--state", state);
    assert.match(first.text, /^ {2}npm --prefix \S+ run call -- web \/ --state \S+ {4}# as group:developers@/m);
    const second = await running(two, "Pulumi.dev.yaml", "--state", "../kept");
    const hint = (text: string, start: string) => text.split("\n").find((line) => line.startsWith(`  ${start}`))!;
    for (const start of ["npm", "curl"]) {
      const { code, stdout, stderr } = await shell(hint(second.text, start), two);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /from two$/);
    }
    const ambiguous = await shell(hint(first.text, "npm"), one);
    const name = (of: string) => stateName({ stack: "dev", file: path.join(of, "Pulumi.dev.yaml") }, ROOT);
    assert.equal(ambiguous.code, 1);
    for (const of of [one, two]) {
      assert.ok(ambiguous.stderr.includes(`  --mesh ${name(of)}    # ${path.join(of, "Pulumi.dev.yaml")}`));
    }
    await second.stop();
    const alone = await shell(hint(first.text, "npm"), one);
    assert.match(alone.stdout, /from one$/, alone.stderr);
    await first.stop();
    assert.match(
      (await shell(hint(first.text, "npm"), one)).stderr,
      /^error: no mesh is running here; start one: npm/m,
    );
  });
});

describe("the state of a stack config", () => {
  const dev = { stack: "dev", file: path.join(ROOT, "Pulumi.dev.yaml") };

  it("is called after the stack for the project's own, however the file is reached", () => {
    assert.equal(stateName(dev, ROOT), "dev");
    const link = path.join(temporaryFolder(), "checkout");
    symlinkSync(ROOT, link);
    assert.equal(stateName({ ...dev, file: path.join(link, "Pulumi.dev.yaml") }, ROOT), "dev");
    assert.equal(stateName(dev, link), "dev");
  });

  it("has the place of any other file in its name", () => {
    const file = path.join(ROOT, "examples/jobs.yaml");
    const name = stateName({ stack: "jobs", file }, ROOT);
    assert.match(name, /^jobs-[0-9a-f]{8}$/);
    assert.notEqual(name, stateName({ stack: "jobs", file: path.join(ROOT, "examples/new-project.yaml") }, ROOT));
  });

  it("never lies above the state root, whatever the file is called", () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "Pulumi....yaml"), "");
    assert.match(stateName({ stack: "..", file: path.join(folder, "Pulumi....yaml") }, folder), /^\.\.-[0-9a-f]{8}$/);
  });
});
