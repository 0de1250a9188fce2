/** The program in a project that is in no organization: what it refuses before anything is made, and what it only warns of. */
import * as assert from "node:assert/strict";
import { openControlPlane } from "../../sandbox/control-plane";
import { EmbeddedEngine, embeddedCloud, type Program } from "../../sandbox/engine";
import { front } from "./load-balancer";
import { IMAGE, type MeshSettings, stackConfig } from "./support";

const program = require("../../index") as Program;

const staff = front({ portal: { image: IMAGE } }, { "/": "portal" });
const google = front(
  { portal: { image: IMAGE } },
  { "/": "portal" },
  { iap: { access: [{ member: "group:staff@acme.example" }] } },
);

describe("the program in a project that is in no organization", function () {
  this.timeout(60_000);

  async function up(settings: MeshSettings, organization?: string) {
    const projects = [{ id: "acme-dev", number: "123456789012", ...(organization !== undefined && { organization }) }];
    const controlPlane = openControlPlane({ missing: "assume", projects });
    const config = stackConfig(settings);
    const cloud = embeddedCloud(controlPlane, config);
    const engine = new EmbeddedEngine({ project: "cloud-run-mesh", stack: "test", program, config, cloud });
    const { ok, diagnostics } = await engine.run("up");
    const made = controlPlane.list({ external: false }).length;
    return { ok, made, told: diagnostics.map(({ severity, message }) => `${severity}: ${message.trim()}`) };
  }

  it("refuses a workforce pool before anything is made, also where the project's number is in the config", async () => {
    const refusal =
      'error: 1 problem in the stack config:\n  loadBalancer.iap.workforcePool: project "acme-dev" is in no organization, and a workforce pool signs people in to projects of its own organization; move the project into that (https://cloud.google.com/resource-manager/docs/project-migration), or remove it, so that Google accounts sign in';
    assert.deepEqual(await up(staff, ""), { ok: false, made: 0, told: [refusal] });
    assert.deepEqual(await up({ ...staff, projectNumber: "123456789012" }, ""), {
      ok: false,
      made: 0,
      told: [refusal],
    });
  });

  it("warns where Google accounts sign in, which takes a client of one's own there, and goes on", async () => {
    const { ok, made, told } = await up(google, "");
    assert.equal(ok, true);
    assert.ok(made > 20, `${made} made`);
    assert.deepEqual(told, [
      "warning: loadBalancer.iap: project \"acme-dev\" is in no organization, and Google's own OAuth client signs in people of the project's organization alone; nobody comes through until IAP's settings of the project name a client of yours (https://cloud.google.com/iap/docs/custom-oauth-configuration)",
    ]);
  });

  it("says nothing of it in a project of an organization", async () => {
    assert.deepEqual((await up(google)).told, []);
    const { ok, told } = await up(staff);
    assert.deepEqual({ ok, told }, { ok: true, told: [] });
  });
});
