/** The organization's stack in examples/workforce, as somebody who has checked this repository out starts it. */
import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { openControlPlane, serveProvider } from "../../sandbox/control-plane";
import { plainPulumi } from "../support/plain-pulumi";
import { temporaryFolder, usesPulumi } from "../support/pulumi-cli";

const ROOT = path.join(__dirname, "../..");
const POOL = "gcp:iam/workforcePool:WorkforcePool";
const PROVIDER = "gcp:iam/workforcePoolProvider:WorkforcePoolProvider";
const SECRET = "value-of-a-client-secret";

describe("examples/workforce", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  const controlPlane = openControlPlane();
  const checkout = temporaryFolder();
  const folder = path.join(checkout, "examples/workforce");
  const state = path.join(checkout, "state");
  let served: Awaited<ReturnType<typeof serveProvider>>;

  before(async () => {
    served = await serveProvider(controlPlane);
    for (const name of ["node_modules", "components", "mesh", "services", "tools"])
      symlinkSync(path.join(ROOT, name), path.join(checkout, name));
    cpSync(path.join(ROOT, "examples/workforce"), folder, { recursive: true });
    mkdirSync(state);
    const made = await pulumi("stack", "select", "acme", "--create");
    assert.equal(made.code, 0, made.output);
  });
  after(async () => {
    await served.close();
    controlPlane.close();
    rmSync(checkout, { recursive: true, force: true });
  });

  const pulumi = (...args: string[]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const env = plainPulumi({ cli: cli(), stateFolder: state, providers: { gcp: served.port } });
      const options = { cwd: folder, env, maxBuffer: 64 << 20 };
      const child = execFile(cli().command, [...args, "--non-interactive"], options, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: `${stdout}${stderr}` }),
      );
      child.stdin?.end();
    });

  it("says what is missing before anything is made", async () => {
    const { code, output } = await pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(output, /Missing required configuration variable 'cloud-run-mesh-workforce:clientSecret'/);
    assert.deepEqual(controlPlane.list(), []);
  });

  it("makes the pool and the provider of one Entra tenant, and says what the consoles ask for", async () => {
    await pulumi("config", "set", "--secret", "clientSecret", SECRET);
    const up = await pulumi("up", "--yes", "--skip-preview");
    assert.equal(up.code, 0, up.output);
    const [pool] = controlPlane.list({ type: POOL });
    assert.equal(pool?.id, "locations/global/workforcePools/acme-staff");
    assert.equal(pool?.state["parent"], "organizations/123456789012");
    assert.equal(pool?.state["sessionDuration"], "28800s");
    const [provider] = controlPlane.list({ type: PROVIDER });
    assert.equal(provider?.state["attributeCondition"], 'assertion.tid == "11111111-2222-3333-4444-555555555555"');
    const { output } = await pulumi("stack", "output", "--json");
    const place = "locations/global/workforcePools/acme-staff";
    assert.deepEqual(JSON.parse(output), {
      workforcePool: place,
      redirectUri: `https://auth.cloud.google/signin-callback/${place}/providers/entra`,
      entityId: `https://iam.googleapis.com/${place}/providers/entra`,
      groupMemberPrefix: `principalSet://iam.googleapis.com/${place}/group/`,
    });
    const file = path.join(state, "backend/.pulumi/stacks/cloud-run-mesh-workforce/acme.json");
    assert.ok(!readFileSync(file, "utf8").includes(SECRET), "the client secret stands in the state in plain text");
  });

  it("changes nothing when nothing has changed, and a session's length in place", async () => {
    for (const command of ["refresh", "up"]) {
      const { code, output } = await pulumi(command, "--yes", "--skip-preview", "--expect-no-changes");
      assert.equal(code, 0, output);
    }
    await pulumi("config", "set", "sessionDurationSeconds", "900");
    const { code, output } = await pulumi("up", "--yes", "--skip-preview");
    assert.equal(code, 0, output);
    assert.match(output, /~ 1 updated/);
    assert.equal(controlPlane.list({ type: POOL })[0]?.state["sessionDuration"], "900s");
  });

  it("tells every wrong value at once, without a stack trace", async () => {
    const file = path.join(folder, "Pulumi.acme.yaml");
    const sound = readFileSync(file, "utf8");
    const wrong = sound.replace('"123456789012"', "acme.example").replace("acme-staff", "staff");
    writeFileSync(file, wrong);
    const { code, output } = await pulumi("preview");
    writeFileSync(file, sound);
    assert.notEqual(code, 0);
    assert.match(
      output,
      /WorkforceFederation "workforce" cannot be made as it is:\n +organization: .*\n +workforcePool: /,
    );
    assert.doesNotMatch(output, /^ +at /m);
  });

  it("goes as a whole", async () => {
    const { code, output } = await pulumi("destroy", "--yes", "--skip-preview");
    assert.equal(code, 0, output);
    assert.deepEqual(controlPlane.list(), []);
  });
});
