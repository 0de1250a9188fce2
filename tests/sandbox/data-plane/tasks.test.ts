/** Jobs and worker pools do not run here; requests are sent in their name and from where they stand. */
import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import type { Caller } from "../../../sandbox/data-plane";
import { account, JOB, make, REGION } from "../control-plane/cloud";
import { ask, deploy, email, grant, type Mesh, openMesh, url, VPC } from "./mesh";

const WORKER_POOL = "gcp:cloudrunv2/workerPool:WorkerPool";

const inside = VPC["vpcAccess"] as Properties;
const outside: Properties = { ...inside, egress: "PRIVATE_RANGES_ONLY" };

describe("callers that do not run here", () => {
  let mesh: Mesh;
  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        const template = (name: string, vpcAccess?: Properties) => ({
          serviceAccount: account(controlPlane, `${name}-sa`),
          containers: [{ image: "example/app:1" }],
          ...(vpcAccess && { vpcAccess }),
        });
        const task = (name: string, more: Properties) => ({
          name,
          location: REGION,
          deletionProtection: false,
          template: more,
        });
        make(controlPlane, JOB, "nightly", task("nightly", { template: template("nightly", inside) }));
        make(controlPlane, JOB, "hourly", task("hourly", { template: template("hourly", outside) }));
        make(controlPlane, JOB, "weekly", task("weekly", { template: template("weekly") }));
        make(controlPlane, WORKER_POOL, "taker", task("taker", template("taker", inside)));
        deploy(controlPlane, "api", { self: { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" } });
        for (const name of ["nightly", "hourly", "weekly"]) grant(controlPlane, "api", `serviceAccount:${email(name)}`);
      },
      { standIns: true },
    );
  });
  after(() => mesh.plane.close());

  async function said(caller: Caller, name: string): Promise<string> {
    const access = await mesh.plane.proxyFor(caller);
    await ask(access, url("api"), { token: await mesh.plane.idToken(email(name), url("api")) });
    return mesh.said();
  }

  it("reach an internal service through the network of their own template", async () => {
    assert.match(await said({ job: "nightly" }, "nightly"), /^200 api: /);
  });

  it("are outside where their template says so, or says nothing", async () => {
    assert.match(await said({ job: "hourly" }, "hourly"), /^404 api: /);
    assert.match(await said({ job: "weekly" }, "weekly"), /^404 api: /);
  });

  it("need a grant as everybody does", async () => {
    assert.equal(
      await said({ workerPool: "taker" }, "taker"),
      "403 api: taker-sa has no roles/run.invoker on api (granted: nightly-sa, hourly-sa, weekly-sa)",
    );
  });

  it("get tokens for their own account from a metadata server of their own", async () => {
    const { env } = await mesh.plane.proxyFor({ job: "nightly" });
    const answer = await fetch(
      `http://${env["GCE_METADATA_HOST"]}/computeMetadata/v1/instance/service-accounts/default/email`,
      { headers: { "Metadata-Flavor": "Google" } },
    );
    assert.equal(await answer.text(), email("nightly"));
  });

  it("are told apart by kind, and from what there is not", async () => {
    await assert.rejects(mesh.plane.proxyFor({ workerPool: "nightly" }), {
      message: 'no Cloud Run worker pool "nightly" in the control plane; there are: taker',
    });
    await assert.rejects(mesh.plane.proxyFor({ job: "taker" }), {
      message: 'no Cloud Run job "taker" in the control plane; there are: nightly, hourly, weekly',
    });
  });
});
