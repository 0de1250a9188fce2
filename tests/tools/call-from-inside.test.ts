/** From where somebody calls a service that the internet does not reach: one answer, whoever is asked. */
import * as assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as path from "node:path";
import type { Decision } from "../../sandbox/data-plane";
import { announce } from "../../sandbox/running";
import { wayInSandbox } from "../../tools/call/in-sandbox";
import { send } from "../../tools/call/send";
import { probes } from "../../verify/probes";
import { verify } from "../../verify/result";
import { openSandboxMesh, type Running, servicesOf, stackConfigOf } from "../contract/running";
import { temporaryFolder } from "../support/pulumi-cli";

const NIGHTLY = "serviceAccount:nightly@acme-dev.iam.gserviceaccount.com";
const ROBOT = "serviceAccount:robot@acme-dev.iam.gserviceaccount.com";
const STAFF = "group:staff@acme.example";

describe("who calls a service from inside", function () {
  this.timeout(60_000);
  const state = temporaryFolder();
  const decisions: Decision[] = [];
  let running: Running;
  let withdraw: (() => Promise<void>) | undefined;
  before(async () => {
    const given = stackConfigOf("Pulumi.dev.yaml");
    const { order, ...services } = servicesOf(given);
    const access = [{ member: NIGHTLY, through: "google" }, { member: ROBOT }, { member: STAFF, through: "vpc" }];
    const changed = JSON.stringify({ ...services, order: { ...order, access } });
    const stackConfig = { ...given, config: { ...given.config, "cloud-run-mesh:services": changed } };
    running = await openSandboxMesh(stackConfig);
    running.mesh.watch((decision) => void decisions.push(decision));
    ({ withdraw } = await announce(running.mesh, path.join(state, "test")));
  });
  after(async () => {
    await withdraw?.();
    await running?.close();
    rmSync(state, { recursive: true, force: true });
  });

  async function call(as: string) {
    const way = await wayInSandbox(state, "order", { as });
    try {
      const { response, refusal } = await send(way, { path: "/orders?status=pending", timeoutMs: 10_000 });
      return { status: response.status, refusal: refusal?.explanation };
    } finally {
      await way.close();
    }
  }

  for (const [member, through] of [
    [NIGHTLY, "google"],
    [ROBOT, "vpc"],
    [STAFF, "vpc"],
  ] as const) {
    it(`comes from there by the matrix, for npm run verify and for npm run call: ${member}`, async () => {
      const row = running.outputs.accessMatrix.find(({ caller, callee }) => caller === member && callee === "order");
      assert.equal(row?.through, through);
      const sent = probes(running.graph).filter(({ caller, to, token }) => {
        return caller === member && to === "order" && token === "own";
      });
      assert.deepEqual(
        sent.map(({ from }) => from),
        [through],
      );
      const [result] = await verify(sent, running.target);
      assert.equal(result?.outcome, "as expected", JSON.stringify(result));
      assert.deepEqual(await call(member), { status: 200, refusal: undefined });
      assert.equal(decisions.at(-1)?.from, through);
    });
  }

  it("comes over the internet where the matrix does not know them", async () => {
    const { status, refusal } = await call("serviceAccount:other@acme-dev.iam.gserviceaccount.com");
    assert.equal(status, 404);
    assert.match(refusal!, /^404: ingress of order is internal_only; the request came from the internet\n/);
  });
});
