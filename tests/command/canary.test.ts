/** Whatever becomes of a command, it prints no value of a config, a secret or the environment, and no stack trace. */
import * as assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { type CommandOptions, type Ended, ROOT, runCommandFile } from "../support/command";
import { temporaryFolder, usesPulumi } from "../support/pulumi-cli";

const CANARY = "canary-7f3a";
const START = "sandbox/start.ts";

/** Two services that run, with values that nobody is to see. */
const SOUND = `config:
  gcp:project: acme-dev
  gcp:region: europe-west9
  cloud-run-mesh:projectNumber: "123456789012"
  cloud-run-mesh:network: { network: default, subnetwork: default }
  cloud-run-mesh:services:
    web: { image: i@sha256:0, source: ${ROOT}/services/order, env: { SALT: ${CANARY} }, calls: [api] }
    api: { image: i@sha256:0, env: { SALT: ${CANARY} } }
`;
const withServices = (services: string) => `${SOUND.slice(0, SOUND.indexOf("    web:") - 1)} ${services}\n`;

/** Configs that are wrong where a secret may stand. */
const WRONG: Readonly<Record<string, string>> = {
  "no YAML": `${SOUND}    api: { image: "${CANARY}`,
  "an alias without an anchor": withServices(`{ api: { image: i, env: { TOKEN: *${CANARY} } } }`),
  "a list for a value": withServices(`{ api: { image: i, env: { TOKEN: [${CANARY}] } } }`),
  "an encrypted value": withServices(`{ api: { image: i, env: { TOKEN: { secure: v1:${CANARY} } } } }`),
  "an encrypted key": `${SOUND}  cloud-run-mesh:labels: { secure: v1:${CANARY} }\n`,
  "a refusal": withServices(`{ api: { image: i@sha256:0, env: { DB_PASSWORD: ${CANARY} } } }`),
};

function assertClean({ stdout, stderr }: Ended): void {
  const printed = stdout + stderr;
  assert.doesNotMatch(printed, /canary/);
  assert.doesNotMatch(printed, /\n {4}at |node:internal|\[Object\]|LocalStore/);
}

describe("no command prints what it was given to keep", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = write("Pulumi.dev.yaml", SOUND);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string) => {
    const to = path.join(folder, name);
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, text);
    return to;
  };
  const state = () => ["--state", path.join(folder, "state")];
  const run = async (command: string, args: readonly string[], options: CommandOptions = {}) => {
    const PATH = [path.dirname(cli().command), process.env["PATH"]].join(path.delimiter);
    const env = { PATH, API_TOKEN: CANARY, ...options.env };
    const ended = await runCommandFile(command, args, { ...options, env });
    assertClean(ended);
    return ended;
  };
  const document = ({ stdout }: Ended) => JSON.parse(stdout) as { ok: boolean; error: string; interrupted?: boolean };

  for (const [what, text] of Object.entries(WRONG)) {
    it(`where a config has ${what}`, async () => {
      const wrong = write("wrong.yaml", text);
      const commands: [string, readonly string[]][] = [
        [START, ["--engine=embedded", "--json", ...state(), wrong]],
        ["verify/main.ts", ["--json", wrong]],
      ];
      for (const [command, args] of commands) {
        const ended = await run(command, args);
        assert.equal(ended.code, 1, ended.stderr);
        assert.match(ended.stderr, /^error: /m);
        assert.doesNotMatch(ended.stderr, /this is a defect/);
        const { ok, error } = document(ended);
        assert.equal(ok, false);
        assert.ok(error.length > 0);
      }
    });
  }

  it("where the sandbox does not open", async () => {
    const env = { GOOGLE_OAUTH_ACCESS_TOKEN: CANARY };
    const ended = await run(START, ["--json", ...state(), file], { env });
    assert.equal(ended.code, 1);
    const { error, ...rest } = document(ended);
    assert.match(error, /^real Google credentials would be visible to the sandbox: GOOGLE_OAUTH_ACCESS_TOKEN;/);
    assert.deepEqual(rest, { ok: false });
  });

  it("where a service does not start, and tells what was made before", async () => {
    const broken = write("broken.yaml", SOUND.replace("services/order", "services/gateway"));
    const ended = await run(START, ["--engine=embedded", "--json", ...state(), broken]);
    assert.equal(ended.code, 1);
    const { ok, error, counts } = JSON.parse(ended.stdout) as { ok: boolean; error: string; counts: object };
    assert.equal(ok, false);
    assert.match(error, /^web exited with code 1; its last lines:\n.*USER_URL: not set/);
    assert.deepEqual(counts, { create: 9 });
  });

  const UNUSABLE: [string, string, (given: string) => readonly string[], number][] = [
    ["judge of a preview that is cut", "tools/check/main.ts", (given) => [given, "--json"], 2],
    ["judge by a plan that is cut", "tools/check/main.ts", (given) => ["--plan", given, given, "--json"], 2],
    ["judge of a stack that is not there", "tools/check/main.ts", () => ["--stack", "nowhere", "--json"], 2],
    ["token where no mesh runs", "tools/call/main.ts", () => ["token", "web", "--json", ...state()], 1],
    ["call where no mesh runs", "tools/call/main.ts", () => ["call", "web", "-d", CANARY, ...state()], 1],
    ["images of a config that is none", "tools/images/main.ts", () => ["wrong", "--dry-run"], 1],
    ["preview of a config that is none", "tools/deploy/main.ts", () => ["preview", "wrong", "--no-google"], 1],
    ["up of a config that is none", "tools/deploy/main.ts", () => ["up", "wrong", "--no-google", "--yes"], 1],
    ["destroy of a config that is none", "tools/deploy/main.ts", () => ["destroy", "wrong", "--no-google", "--yes"], 1],
    ["adopt of a config that is none", "tools/adopt/main.ts", () => ["wrong", "api"], 1],
  ];
  for (const [what, command, argsFor, code] of UNUSABLE) {
    it(`at ${what}`, async () => {
      const given = write("given.json", `{ "steps": [{ "${CANARY}`);
      write("Pulumi.wrong.yaml", `config:\n  a: { secret: "${CANARY}\n`);
      write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
      const args = argsFor(given);
      const ended = await run(command, args, { cwd: folder });
      assert.equal(ended.code, code, ended.stderr);
      assert.notEqual(ended.stderr, "");
      assert.doesNotMatch(ended.stderr, /this is a defect/);
      if (args.includes("--json")) assert.equal(document(ended).ok, false);
    });
  }

  for (const name of ["control-plane.jsonl", "backend/.pulumi/stacks/cloud-run-mesh/dev.json"]) {
    it(`where ${name} is no state`, async () => {
      const once = ["--engine=pulumi", "--json", "--once", ...state(), file];
      await run(START, once);
      const [folderOfStack] = readdirSync(path.join(folder, "state"));
      write(path.join("state", folderOfStack!, name), `{ "outputs": "${CANARY}`);
      const ended = await run(START, once);
      assert.equal(ended.code, 1, ended.stdout);
      assert.equal(document(ended).ok, false);
    });
  }

  const MOMENTS: [string, RegExp][] = [
    ["as it begins", /into the sandbox/],
    ["while services start", /^Processes/m],
    ["while probes are sent", /^Who may call what/m],
  ];
  for (const [when, pattern] of MOMENTS) {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      it(`where ${signal} ends npm start ${when}`, async () => {
        let sent = false;
        const onOutput: CommandOptions["onOutput"] = (printed, { kill }) => {
          if (sent || !pattern.test(printed)) return;
          sent = true;
          kill(signal);
        };
        const ended = await run(START, ["--engine=embedded", "--json", ...state(), file], { onOutput });
        assert.ok(ended.signal === signal || ended.code === 130, `${ended.code} ${ended.signal}`);
        const { ok, interrupted, error } = document(ended);
        assert.deepEqual([ok, interrupted, error], [false, true, "interrupted"]);
      });
    }
  }

  const CRASHES: [string, string][] = [
    ["throws in a timer", `setTimeout(() => { throw new TypeError("${CANARY}"); }, 400);`],
    ["leaves a promise rejected", `setTimeout(() => void Promise.reject(new Error("${CANARY}")), 400);`],
    ["throws what is no error", `setTimeout(() => { throw { config: "${CANARY}" }; }, 400);`],
  ];
  for (const [what, code] of CRASHES) {
    it(`where a part of it ${what}`, async () => {
      const preload = [write("crash.cjs", code)];
      const ended = await run(START, ["--engine=embedded", "--json", ...state(), file], { preload });
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /^error: this is a defect of cloud-run-mesh: .*; with MESH_TRACE=1 /m);
      assert.equal(document(ended).ok, false);
    });
  }

  for (const engine of ["embedded", "pulumi"]) {
    it(`where the program breaks, on the ${engine} engine`, async () => {
      const broken = `const { parseMesh } = require("${ROOT}/mesh/index.ts");
        require("${ROOT}/mesh/graph.ts");
        const cached = require.cache[require.resolve("${ROOT}/mesh/index.ts")];
        cached.exports = { ...cached.exports, parseMesh: () => parseMesh(undefined) };`;
      const preload = [write("broken.cjs", broken)];
      const args = [`--engine=${engine}`, "--json", ...state(), file];
      const PATH = [path.dirname(cli().command), process.env["PATH"]].join(path.delimiter);
      const ended = await runCommandFile(START, args, { preload, env: { PATH } });
      assert.equal(ended.code, 1);
      assert.doesNotMatch(ended.stdout + ended.stderr, /canary|node_modules|LocalStore/);
      assert.match(document(ended).error, /Cannot (read properties|destructure)/);
    });
  }
});

describe("a reader that has seen enough", function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const pattern of [/into the sandbox/, /^Processes/m, /^Who may call what/m]) {
    it(`ends npm start quietly after ${pattern.source}`, async () => {
      const onOutput: CommandOptions["onOutput"] = (printed, { close }) => void (pattern.test(printed) && close());
      const args = ["--engine=embedded", "--once", "--state", path.join(folder, "state")];
      const { code, stderr } = await runCommandFile(START, args, { onOutput });
      assert.deepEqual([code, stderr], [141, ""]);
    });
  }
});
