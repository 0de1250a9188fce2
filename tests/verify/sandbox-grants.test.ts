import * as assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { temporaryFolder } from "../../sandbox/files/temporary-folder";
import { sandboxGrants } from "../../verify/sandbox-policies";
import { balancedStack } from "../contract/balanced-stack";
import { othersLetIn } from "../contract/facts";
import { type Deployed, openSandboxStack, stackConfigOf } from "../contract/running";
import { invoker, make, PROJECT_GRANT, SERVICE_GRANT } from "../sandbox/control-plane/cloud";

const stackConfig = stackConfigOf("Pulumi.dev.yaml");
const AT = { name: "order", location: "europe-west9", project: "acme-dev" };

describe("who is let in in the sandbox", function () {
  this.timeout(60_000);
  let deployed: Deployed;
  beforeEach(async () => {
    deployed = await openSandboxStack(stackConfig);
  });
  afterEach(() => deployed.close());
  const others = async () => othersLetIn(await sandboxGrants(deployed.controlPlane, stackConfig, deployed.outputs));

  it("may be anyone, by a grant made beside the stack", async () => {
    assert.deepEqual(await others(), []);
    make(deployed.controlPlane, SERVICE_GRANT, "stray", invoker("allUsers", AT));
    assert.deepEqual(await others(), [
      'undeclared allUsers roles/run.invoker service "order": lets anyone in, unauthenticated',
    ]);
  });

  it("may be whom a role on the project lets in", async () => {
    const grant = { project: "acme-dev", role: "roles/run.invoker", member: "user:eve@acme.com" };
    make(deployed.controlPlane, PROJECT_GRANT, "stray", grant);
    assert.deepEqual(await others(), [
      'undeclared user:eve@acme.com roles/run.invoker project "acme-dev": calls every service of "acme-dev"',
    ]);
  });
});

describe("who comes through a load balancer in the sandbox", function () {
  this.timeout(60_000);
  const GRANT = "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember";
  const AROUND = "gcp:iap/webTypeComputeIamMember:WebTypeComputeIamMember";
  const role = "roles/iap.httpsResourceAccessor";
  let folder: string;
  let stackConfig: ReturnType<typeof balancedStack>;
  let deployed: Deployed;
  beforeEach(async () => {
    folder = temporaryFolder();
    stackConfig = balancedStack(folder);
    deployed = await openSandboxStack(stackConfig);
  });
  afterEach(async () => {
    await deployed.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is whom the config declares, route by route, and whoever was let in beside it is told", async () => {
    const { controlPlane, outputs } = deployed;
    const others = async () => othersLetIn(await sandboxGrants(controlPlane, stackConfig, outputs));
    assert.deepEqual(await others(), []);
    const at = { project: "acme-dev", role };
    const desk = { ...at, webBackendService: outputs.loadBalancer?.backends?.["desk"] ?? "" };
    make(controlPlane, GRANT, "stray", { ...desk, member: "user:eve@acme.example" });
    make(controlPlane, AROUND, "wide", { ...at, member: "user:mallory@acme.example" });
    assert.deepEqual(await others(), [
      `undeclared user:eve@acme.example ${role} Identity-Aware Proxy before service "desk": comes through Identity-Aware Proxy to it`,
      `undeclared user:mallory@acme.example ${role} Identity-Aware Proxy on everything in "acme-dev" behind a load balancer: comes through Identity-Aware Proxy to every service of "acme-dev"`,
    ]);
  });
});
