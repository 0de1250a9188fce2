/** Breaking the sandbox breaks the suite: for each check of the front end and the load balancer, one test takes it out and sees red. */
import * as assert from "node:assert/strict";
import * as path from "node:path";
import { probes } from "../../verify/probes";
import { SandboxTarget } from "../../verify/sandbox-target";
import { invoker, make, SERVICE, SERVICE_GRANT, service } from "../sandbox/control-plane/cloud";
import { WORKLOAD } from "../sandbox/data-plane/mesh";
import { withoutCredentials } from "../support/pulumi-cli";
import { OF_BALANCER } from "./breaks/balancer";
import { balancerChecks, makeBalancer } from "./breaks/balancer-checks";
import { type Change, loadRunningMesh, occurrences } from "./breaks/changed-source";
import { EMPLOYEE, FrontEndChecks, SPECIAL, STOREFRONT, TEMPORARY, UNTIL, VIEWER } from "./breaks/front-end-checks";
import { OF_IDENTITIES } from "./breaks/identities";
import { OF_REQUESTS } from "./breaks/requests";
import { factOf, wrongOf } from "./facts";
import { type Deployed, graphOf, openSandboxStack, ROOT, stackConfigOf } from "./running";

// Stand-ins answer for all but one: only what stands in front of containers is asked here.
const stackConfig = stackConfigOf("examples/service-identity.yaml", {
  frontend: { source: path.join(ROOT, "tests/sandbox/data-plane/programs"), command: [process.execPath, WORKLOAD] },
  "backend-api": {},
  "auth-service": {},
  "db-service": {},
});

const AGENT = "gcp:projects/serviceIdentity:ServiceIdentity";
const IAP_GRANT = "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember";

/** Holds whatever else is broken: that nothing gets through at all is no proof that one check was missed. */
const ALWAYS = `${STOREFRONT} reaches frontend`;

describe("the front end", function () {
  this.timeout(60_000);
  let deployed: Deployed;
  before(async () => {
    deployed = await openSandboxStack(stackConfig);
    const frontend = { name: "frontend", location: "us-central1" };
    make(deployed.controlPlane, SERVICE_GRANT, "viewer", invoker(VIEWER, { ...frontend, role: "roles/run.viewer" }));
    deployed.controlPlane.seed(SERVICE_GRANT, invoker(TEMPORARY, { ...frontend, condition: UNTIL }));
    for (const [name, self] of Object.entries(SPECIAL)) {
      make(deployed.controlPlane, SERVICE, name, service(name, { self: { location: "us-central1", ...self } }));
    }
    const location = "us-central1";
    const project = "acme-dev";
    const { controlPlane } = deployed;
    make(controlPlane, AGENT, "agent", { project, service: "iap.googleapis.com" });
    const agent = "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com";
    make(controlPlane, SERVICE_GRANT, "agent", invoker(agent, { name: "proxied", location }));
    controlPlane.seed(SERVICE_GRANT, invoker(agent, { name: "frontend", location }));
    makeBalancer(controlPlane, location);
    for (const cloudRunServiceName of ["proxied", "agentless"]) {
      const accessor = { cloudRunServiceName, location, project, role: "roles/iap.httpsResourceAccessor" };
      make(controlPlane, IAP_GRANT, cloudRunServiceName, { ...accessor, member: EMPLOYEE });
    }
  });
  after(() => deployed?.close());

  /** The facts that do not hold of a mesh that runs on data-plane modules of its own; without a list, of all facts. */
  async function wrongFacts(change?: Change, asked?: readonly string[]): Promise<string[]> {
    const { controlPlane, outputs } = deployed;
    let now: Date | undefined;
    const mesh = await loadRunningMesh(change).open({
      controlPlane,
      stackConfig,
      outputs,
      env: withoutCredentials(process.env),
      clock: () => now ?? new Date(),
    });
    const target = new SandboxTarget(mesh);
    const checks = new FrontEndChecks(mesh, (moved) => {
      now = moved;
    });
    const all = { ...checks.all, ...balancerChecks(mesh, controlPlane) };
    const facts = new Map<string, () => Promise<unknown>>(Object.entries(all));
    for (const probe of probes(graphOf(stackConfig, outputs.urls))) {
      facts.set(factOf(probe), async () => assert.equal(await wrongOf(probe, target), undefined));
    }
    const wrong: string[] = [];
    const crashes: string[] = [];
    mesh.watch(({ reason, message }) => reason === "sandbox-failed" && crashes.push(message));
    try {
      for (const fact of asked ?? facts.keys()) {
        const holds = facts.get(fact);
        assert.ok(holds, `nothing proves "${fact}"; the table of breaks is stale`);
        await holds().catch(() => wrong.push(fact));
      }
      assert.deepEqual(crashes, [], "a check that is taken out lets something happen; a crash proves nothing");
      return wrong;
    } finally {
      await target.close();
      await mesh.close();
    }
  }

  it("as it is, holds every fact", async () => {
    assert.deepEqual(await wrongFacts(), []);
  });

  for (const { check, red, ...change } of [...OF_REQUESTS, ...OF_IDENTITIES, ...OF_BALANCER]) {
    it(`without ${check}, turns red`, async () => {
      const { file, find } = change;
      assert.equal(occurrences(change), 1, `"${find}" is to be in ${file} once; the table of breaks is stale`);
      const facts = [red].flat();
      assert.deepEqual(await wrongFacts(change, [...new Set([...facts, ALWAYS])]), facts);
    });
  }
});
