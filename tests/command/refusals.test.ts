/** A refusal is a verdict: it is told in one line, with all that happened in the document of `--json`. */
import * as assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { npm, runCommandFile } from "../support/command";
import { temporaryFolder, usesPulumi } from "../support/pulumi-cli";

const CANARY = "canary-7f3a";
const DIGEST = `sha256:${"a".repeat(64)}`;

/** A stack config of services in a project of their own. */
const config = (services: string) => `config:
  gcp:project: acme-dev
  gcp:region: europe-west9
  cloud-run-mesh:projectNumber: "123456789012"
  cloud-run-mesh:services: ${services}
`;
const image = `image: europe-docker.pkg.dev/acme-dev/apps/web@${DIGEST}`;

const REFUSED: readonly [string, string, string][] = [
  ["a secret in the environment", `{ web: { ${image}, env: { DB_PASSWORD: ${CANARY} } } }`, "no-plain-secrets"],
  [
    "a person's access without an end",
    `{ web: { ${image}, env: { SALT: ${CANARY} }, ingress: { all: partners come }, access: [{ member: "user:ann@acme.example" }] } }`,
    "no-endless-personal-grants",
  ],
];

interface Result {
  readonly ok: boolean;
  readonly error: string;
  readonly findings: { level: string; policy: string }[];
}

describe("a refusal of the policy pack", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, "refused.yaml");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const env = () => ({ PATH: [path.dirname(cli().command), process.env["PATH"]].join(path.delimiter) });
  const state = () => ["--state", path.join(folder, "state")];

  for (const engine of ["embedded", "pulumi"]) {
    for (const [fact, services, rule] of REFUSED) {
      it(`for ${fact} ends npm start with one line, on the ${engine} engine`, async () => {
        writeFileSync(file, config(services));
        const args = [`--engine=${engine}`, ...state(), file];
        const ended = await npm("start", args, { env: env() });
        assert.equal(ended.stderr, "error: 1 finding stops the deployment\n");
        assert.equal(ended.code, 1);
        assert.match(ended.stdout, new RegExp(`^ {2}mandatory ${rule} .*: .*\n$`, "m"));
        assert.doesNotMatch(ended.stdout, /canary|\n {4}at |nothing refused/);

        const { code, stdout, stderr } = await npm("start", [...args, "--json"], { env: env() });
        assert.equal(code, 1);
        assert.doesNotMatch(stdout + stderr, /canary|\n {4}at /);
        const { ok, error, findings } = JSON.parse(stdout) as Result;
        assert.deepEqual([ok, error], [false, "1 finding stops the deployment"]);
        assert.deepEqual(
          findings.filter(({ level }) => level === "mandatory").map(({ policy }) => policy),
          [rule],
        );
      });
    }

    it(`is not said to be absent where nothing was judged, on the ${engine} engine`, async () => {
      writeFileSync(file, config("{ web: { calls: [apo] } }"));
      const { code, stdout } = await runCommandFile("sandbox/start.ts", [`--engine=${engine}`, ...state(), file], {
        env: env(),
      });
      assert.equal(code, 1);
      assert.match(stdout, /^Policy verdicts\n {2}nothing was judged\nerror: 2 problems in the stack config:$/m);
    });
  }

  it("counts what stops npm run verify, and names it", async () => {
    writeFileSync(file, config(REFUSED[0]![1]));
    const { code, stdout, stderr } = await npm("verify", [file, "--json"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: 1 finding stops the deployment:\ntemplate\.containers\[0\]\.envs\[0\] has the name of/m,
    );
    const { error, ...rest } = JSON.parse(stdout) as Result;
    assert.match(error, /^1 finding stops the deployment:\n/);
    assert.deepEqual(rest, { target: "sandbox", ok: false });
    assert.doesNotMatch(stdout + stderr, /canary/);
  });
});
