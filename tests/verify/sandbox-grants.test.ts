import * as assert from "node:assert/strict";
import { sandboxGrants } from "../../verify/sandbox-policies";
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
