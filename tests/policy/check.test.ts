/** What `npm run judge` makes of a preview and a plan, without an engine. */
import * as assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { allRules } from "../../policy/src/rules";
import { asStackResource, previewedIn } from "../../tools/check/preview";
import { NO_CONFIG, policyConfigIn, toText, verdictOn } from "../../tools/check/verdict";
import { TYPESCRIPT } from "../support/typescript";
import { UNKNOWN } from "./sdk-analyzer";

const ROOT = path.join(__dirname, "../..");
const GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const urn = (type: string, name: string) => `urn:pulumi:dev::shop::${type}::${name}`;
const MEMBER = urn(GRANT, "g");
const made = (inputs: object, more: object = {}) => ({
  op: "create",
  newState: { urn: MEMBER, type: GRANT, inputs },
  ...more,
});
const preview = (...steps: object[]) => JSON.stringify({ steps });
const plan = (state: object, adds?: object) =>
  JSON.stringify({ resourcePlans: { [MEMBER]: { state, goal: { inputDiff: { adds } } } } });
const hidden = (more: object) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ...more });
const PUBLIC = hidden({ plaintext: '"allUsers"' });
const judged = (...texts: [string, string?]) => verdictOn(previewedIn(...texts), NO_CONFIG);
const rulesIn = (...texts: [string, string?]) => judged(...texts).findings.map(({ rule }) => rule);

describe("npm run judge", () => {
  it("judges what is plain in the preview", () => {
    assert.deepEqual(rulesIn(preview(made({ member: "allUsers" }))), ["no-public-principals"]);
    assert.deepEqual(judged(preview(made({ member: "group:a@acme.com" }))).findings, []);
  });

  it("judges a secret by the plan, where it is as an input or as an output", () => {
    const masked = preview(made({ member: "[secret]" }));
    assert.deepEqual(rulesIn(masked, plan({}, { member: PUBLIC })), ["no-public-principals"]);
    assert.deepEqual(rulesIn(masked, plan({ member: PUBLIC })), ["no-public-principals"]);
    assert.equal(judged(masked, plan({ member: PUBLIC })).masked, 0);
  });

  it("judges a secret within a list, and one that is a whole object", () => {
    const type = "gcp:cloudrunv2/service:Service";
    const step = (template: unknown) => ({
      op: "create",
      newState: { urn: MEMBER, type, inputs: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY", template } },
    });
    const found = (template: unknown, secret: unknown) =>
      rulesIn(preview(step(template)), plan({}, { template: secret }));
    const envs = (value: unknown) => ({
      serviceAccount: "a@p.iam.gserviceaccount.com",
      containers: [{ envs: [{}, { name: "A", value }] }],
    });
    const token = hidden({ plaintext: JSON.stringify(["-----BEGIN", "PRIVATE KEY-----"].join(" ")) });
    assert.deepEqual(found(envs("[secret]"), envs(token)), ["no-plain-secrets"]);
    assert.deepEqual(found("[secret]", hidden({ plaintext: '{"serviceAccount":"default"}' })), [
      "no-default-service-account",
    ]);
  });

  it("takes a secret that no plan reveals for unknown, and counts it", () => {
    for (const texts of [
      [preview(made({ member: "[secret]" }))],
      [preview(made({ member: "[secret]" })), plan({})],
    ] as [string, string?][]) {
      const { findings, unseen, masked } = judged(...texts);
      assert.deepEqual([findings, unseen, masked], [[], [{ urn: MEMBER, path: "member" }], 1]);
    }
  });

  it("takes a secret that the plan holds encrypted for unknown", () => {
    const verdict = judged(preview(made({ member: "[secret]" })), plan({ member: hidden({ ciphertext: "v1:x" }) }));
    assert.deepEqual([verdict.findings, verdict.unseen], [[], [{ urn: MEMBER, path: "member" }]]);
  });

  it("takes the text [secret] in a plan for no secret", () => {
    assert.equal(judged(preview(made({ member: "[secret]" })), plan({ member: "[secret]" })).masked, 1);
  });

  it("names what is not known yet, once, as the pack does", () => {
    const verdict = judged(preview(made({ member: UNKNOWN })));
    assert.equal(
      toText(verdict),
      "- [advisory]  preview-blind-spots\n" +
        "  this preview could not judge 1 value on 1 resource, which is known only once other resources exist: g (member); the update judges it and refuses what is wrong before it reaches Google Cloud\n" +
        `1 resources judged by ${allRules.length} rules: 0 mandatory, 0 advisory`,
    );
  });

  it("judges neither what is deleted nor what is only read, and each resource once", () => {
    const open = { member: "allUsers" };
    assert.deepEqual(rulesIn(preview(made(open, { op: "delete" }), made(open, { op: "read" }))), []);
    assert.deepEqual(
      rulesIn(preview(made({ member: "group:a@b.c" }, { op: "replace" }), made(open, { op: "create-replacement" }))),
      ["no-public-principals"],
    );
  });

  it("hands stack rules the outputs that the plan foresees, and where values come from", () => {
    const step = made({ name: "a" }, {});
    const [one] = previewedIn(
      preview({ ...step, newState: { ...step.newState, propertyDependencies: { name: ["urn:b"] } } }),
      plan({ etag: "x", name: "b" }),
    );
    assert.deepEqual(asStackResource(one!).props, { name: "b", etag: "x" });
    assert.deepEqual(asStackResource(one!).sources, { name: ["urn:b"] });
  });

  it("orders findings as the engine does and tells their places as it does", () => {
    const type = "gcp:cloudrunv2/service:Service";
    const service = {
      op: "create",
      newState: { urn: urn(`my:own:Web$${type}`, "web"), type, inputs: { template: { containers: [{ image: "a" }] } } },
    };
    assert.deepEqual(toText(judged(preview(service, made({ member: "allUsers" })))).match(/^- .*$/gm), [
      "- [mandatory] [severity: critical]  no-public-principals  (gcp:cloudrunv2:ServiceIamMember: g)",
      "- [mandatory] [severity: high]  no-default-service-account  (gcp:cloudrunv2:Service: web)",
      "- [mandatory] [severity: high]  no-unexplained-public-ingress  (gcp:cloudrunv2:Service: web)",
      "- [advisory] [severity: medium]  no-unpinned-images  (gcp:cloudrunv2:Service: web)",
    ]);
  });

  for (const [what, text, message] of [
    ["no JSON", "Previewing", 'the preview is no JSON object; make it with "pulumi preview --json --show-sames"'],
    ["no object", "null", 'the preview is no JSON object; make it with "pulumi preview --json --show-sames"'],
    ["no preview", "{}", 'the preview has no "steps"; make it with "pulumi preview --json --show-sames"'],
    [
      "a preview without what stays the same",
      JSON.stringify({ steps: [{ op: "same" }], changeSummary: { same: 3 } }),
      "the preview leaves out 2 unchanged resources, without which calls and grants cannot be judged; add --show-sames to it",
    ],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => previewedIn(text), { message }));
  }

  it("refuses a plan that is none", () => {
    assert.throws(() => previewedIn(preview(), "plan"), { message: /^the plan is no JSON object; / });
  });

  it("takes levels and keys from the policy config", () => {
    const image = {
      urn: MEMBER,
      type: "gcp:cloudrunv2/job:Job",
      inputs: {
        template: {
          template: { serviceAccount: "a@p.iam.gserviceaccount.com", containers: [{ image: "b.com/a@sha256:0" }] },
        },
      },
    };
    const found = (config: object) =>
      verdictOn(
        previewedIn(preview({ op: "create", newState: image }, {})),
        policyConfigIn(JSON.stringify(config)),
      ).findings.map(({ rule, level }) => `${rule} ${level}`);
    assert.deepEqual(found({}), []);
    const allowed = { allowedRegistries: ["acme.com"] };
    assert.deepEqual(found({ "no-foreign-images": allowed }), ["no-foreign-images mandatory"]);
    assert.deepEqual(found({ "no-foreign-images": { ...allowed, enforcementLevel: "advisory" } }), [
      "no-foreign-images advisory",
    ]);
    assert.deepEqual(found({ "no-foreign-images": { ...allowed, enforcementLevel: "remediate" }, all: "disabled" }), [
      "no-foreign-images mandatory",
    ]);
    assert.deepEqual(found({ "no-foreign-images": allowed, all: "disabled" }), []);
  });

  for (const [what, text, message] of [
    ["no JSON", "no", 'the policy config is no JSON object; write it as { "RULE": "advisory" }'],
    ["a list", "[]", 'the policy config is no JSON object; write it as { "RULE": "advisory" }'],
    ["a rule that there is not", '{"no-such-rule":"advisory"}', 'policy config: the pack has no rule "no-such-rule"'],
    [
      "a level that there is not",
      '{"no-public-principals":"sometimes"}',
      'policy config: the level of "no-public-principals" is none of mandatory, remediate, advisory, disabled',
    ],
  ] as const) {
    it(`refuses a policy config that is or has ${what}`, () => assert.throws(() => policyConfigIn(text), { message }));
  }

  it("names the key of a policy config that a rule does not have", () => {
    const { findings } = verdictOn(
      previewedIn(preview(made({ member: "group:a@acme.com" }))),
      policyConfigIn('{"no-public-principals":{"exempt":["allUsers"]}}'),
    );
    assert.deepEqual(
      findings.map(({ rule, level, message }) => [rule, level, message]),
      [
        [
          "no-public-principals",
          "mandatory",
          'policy config: "no-public-principals" has no key "exempt"; it has none but enforcementLevel',
        ],
      ],
    );
  });

  it("ends with 0, 1 or 2, and says how it is used", function () {
    this.timeout(120_000);
    const run = (args: readonly string[], input = "") =>
      spawnSync(process.execPath, [...TYPESCRIPT, "tools/check/main.ts", ...args], {
        cwd: ROOT,
        env: { ...process.env, PATH: "" },
        encoding: "utf8",
        input,
      });
    assert.equal(run(["-"], preview()).status, 0);
    assert.equal(run([], preview(made({ member: "allUsers" }))).status, 1);
    const help = run(["--help"]);
    assert.equal(help.status, 0);
    assert.match(help.stdout, /^Usage: npm run judge -- \[options\] \[file\]/);
    const usage = (args: readonly string[]) => {
      const { status, stderr } = run(args);
      return [status, stderr.trim()];
    };
    assert.deepEqual(usage(["--jsn"]), [2, "error: unknown option '--jsn'\n(Did you mean --json?)"]);
    assert.deepEqual(usage(["absent.json"]), [2, 'error: cannot read "absent.json"']);
    assert.deepEqual(usage(["--stack", "dev"]), [
      2,
      "error: the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/",
    ]);
    assert.deepEqual(usage(["--stack", "dev", "a.json"]), [
      2,
      "error: --stack makes a preview and a plan of its own; leave out the file and --plan",
    ]);
  });

  it("takes files from where npm was started", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "judge-test-"));
    try {
      writeFileSync(path.join(folder, "preview.json"), preview(made({ member: "allUsers" })));
      const command = [...TYPESCRIPT, "tools/check/main.ts", "preview.json"];
      const env = { ...process.env, npm_lifecycle_event: "judge", INIT_CWD: folder };
      const { status, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, env, encoding: "utf8" });
      assert.equal(status, 1, stderr);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }).timeout(60_000);

  it("leaves no plan behind, where it ends and where it is interrupted", async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(path.join(tmpdir(), "judge-test-"));
    const temporary = path.join(folder, "tmp");
    mkdirSync(temporary);
    /** Writes the plan that it is asked for; "wait" makes it wait to be told to stop. */
    const cli = `#!${process.execPath}
      const plan = process.argv[process.argv.indexOf("--save-plan") + 1];
      require("node:fs").writeFileSync(plan, "{}");
      if (process.argv.includes("wait")) { console.error("waiting"); setInterval(() => {}, 1000); }
      else console.log('{"steps":[]}');`;
    writeFileSync(path.join(folder, "pulumi"), cli, { mode: 0o755 });
    const run = (stack: string) =>
      spawn(process.execPath, [...TYPESCRIPT, "tools/check/main.ts", "--stack", stack], {
        cwd: ROOT,
        env: { ...process.env, PATH: folder, TMPDIR: temporary },
        stdio: "ignore",
      });
    const left = () => readdirSync(temporary).filter((name) => name.startsWith("judge-"));
    const ended = (child: ChildProcess) => new Promise((resolve) => child.once("close", resolve));
    try {
      assert.equal(await ended(run("dev")), 0);
      assert.deepEqual(left(), []);
      const child = run("wait");
      const end = ended(child);
      while (!readdirSync(temporary, { recursive: true }).some((file) => String(file).endsWith("plan.json"))) {
        assert.equal(child.exitCode, null);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      child.kill("SIGTERM");
      assert.equal(await end, 2);
      assert.deepEqual(left(), []);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
