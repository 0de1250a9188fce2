/** `npm run judge` beside the pack itself, on a program whose wrongs are secret, computed or spread over resources. */
import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { allRules } from "../../policy/src/rules";
import { usesPulumi } from "../support/pulumi-cli";
import { findingsIn, type OwnProgram, openProgram, PROGRAMS } from "./program";

const PACK = path.join(__dirname, "../../policy");

describe("npm run judge, with the real engine", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let own: OwnProgram;
  before(async () => {
    own = await openProgram(cli(), path.join(PROGRAMS, "secretive"));
  });
  after(() => own.close());

  /** What the command prints, without its last line. */
  const judgedBlocks = (stdout: string) => stdout.trimEnd().split("\n").slice(0, -1).join("\n");

  it("finds in a first preview what the pack finds in it, secrets and unknown values included", async () => {
    const packed = await own.pulumi("preview", "--stack", "dev", "--policy-pack", PACK);
    const judged = await own.judge(["--stack", "dev"]);
    assert.deepEqual([packed.code, judged.code], [1, 1]);
    assert.equal(withoutStackName(judgedBlocks(judged.stdout)), withoutStackName(findingsIn(packed)));
    const rules = [...judged.stdout.matchAll(/^- \[.*\] {2}(\S+) {2}\(.*: (\w+)\)$/gm)].map(
      ([, rule, name]) => `${rule} ${name}`,
    );
    assert.deepEqual(rules, [
      "no-public-principals hidden",
      "no-unguarded-paths shop",
      "no-unexplained-public-ingress shop",
      "no-unaccepted-audiences nightly",
      "no-unpermitted-calls shop",
      "no-unrouted-calls shop",
    ]);
    assert.match(judged.stdout, /could not judge 1 value on 1 resource, .*: computed \(member\)/);
  });

  it("does so where half of the stack exists already and does not change", async () => {
    const up = await own.pulumi(
      "up",
      "--stack",
      "dev",
      "--yes",
      "--skip-preview",
      "--target",
      urn("gcp:serviceaccount/account:Account", "orders"),
    );
    assert.equal(up.code, 0, up.stdout);
    const packed = await own.pulumi("preview", "--stack", "dev", "--policy-pack", PACK);
    const judged = await own.judge(["--stack", "dev"]);
    assert.equal(withoutStackName(judgedBlocks(judged.stdout)), withoutStackName(findingsIn(packed)));
    assert.doesNotMatch(judged.stdout, /could not judge/);
  });

  it("reads a preview from standard input, and says which secrets it could not see", async () => {
    const preview = await own.pulumi("preview", "--stack", "dev", "--json", "--show-sames");
    const { code, stdout } = await own.judge([], preview.stdout);
    assert.equal(code, 0, stdout);
    assert.match(
      stdout,
      /^4 secrets are masked in the preview and were not judged; give the plan with --plan, or use --stack$/m,
    );
    assert.ok(
      stdout.split("\n").includes(`8 resources judged by ${allRules.length} rules: 0 mandatory, 0 advisory`),
      stdout,
    );
  });

  it("reads a preview and its plan from files, with the levels of a policy config", async () => {
    const [plan, file, config] = ["plan.json", "preview.json", "config.json"].map((name) =>
      path.join(own.folder, name),
    );
    const flags = ["--json", "--show-sames", "--show-secrets", "--save-plan", plan!];
    writeFileSync(file!, (await own.pulumi("preview", "--stack", "dev", ...flags)).stdout);
    writeFileSync(config!, JSON.stringify({ all: "advisory", "no-unrouted-calls": "disabled" }));
    const judged = await own.judge([file!, "--plan", plan!, "--policy-config", config!, "--json"]);
    assert.equal(judged.code, 0, judged.stderr);
    const { findings, masked } = JSON.parse(judged.stdout) as { findings: Record<string, string>[]; masked: number };
    assert.deepEqual(
      findings.map(({ rule, level, path: at }) => [rule, level, at]),
      [
        ["no-public-principals", "advisory", "member"],
        ["no-unguarded-paths", "advisory", ""],
        ["no-unexplained-public-ingress", "advisory", "ingress"],
        ["no-unaccepted-audiences", "advisory", "httpTarget.oidcToken.audience"],
        ["no-unpermitted-calls", "advisory", ""],
      ],
    );
    assert.equal(masked, 0);
    assert.doesNotMatch(judged.stdout, /allAuthenticatedUsers,|orders\.acme\.com/);
  });

  it("says what the preview says where the program fails, and ends with 2", async () => {
    writeFileSync(path.join(own.folder, "index.ts"), 'throw new Error("no such thing");\n');
    const { code, stdout, stderr } = await own.judge(["--stack", "dev"]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: the preview failed, so there is nothing to judge:\n(?:.|\n)*no such thing/);
  });
});

const urn = (type: string, name: string) => `urn:pulumi:dev::secretive::${type}::${name}`;

/** The engine names the stack beside what is said of the whole of it. */
const withoutStackName = (text: string) => text.replace(/ {2}\(pulumi:pulumi:Stack: [^)]*\)$/gm, "");
