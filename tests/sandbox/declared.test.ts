import * as assert from "node:assert/strict";
import { join } from "node:path";
import { declaredEgress, declaredServices, declaredTasks, workloadsOf } from "../../sandbox/running/declared";

describe("what the sandbox reads in a config of a service", () => {
  it("is how it is started, and what it has here alone", () => {
    const env = { DATABASE_URL: "postgresql://localhost/desk" };
    const desk = { source: join(__dirname, "data-plane"), sandbox: { command: ["node", "main.js"], env } };
    const declared = declaredServices({ "cloud-run-mesh:services": JSON.stringify({ desk }) });
    assert.deepEqual(workloadsOf(declared), [
      { service: "desk", folder: desk.source, command: ["node", "main.js"], env },
    ]);
  });
});

describe("what the sandbox reads in a config of hosts outside", () => {
  it("is whose they are, by the name on Cloud Run", () => {
    const config = {
      "cloud-run-mesh:services": JSON.stringify({
        shop: { formerly: "web", egress: ["api.stripe.com"] },
        api: { egress: [] },
        user: {},
      }),
      "cloud-run-mesh:functions": JSON.stringify({ score: { name: "scoring", egress: ["*.example.com"] } }),
      "cloud-run-mesh:jobs": JSON.stringify({ nightly: { egress: ["a.example", "b.example"] } }),
      "cloud-run-mesh:workerPools": JSON.stringify({ worker: { egress: ["c.example"] } }),
    };
    assert.deepEqual(declaredEgress(config), [
      { of: { service: "web" }, hosts: ["api.stripe.com"] },
      { of: { service: "api" }, hosts: [] },
      { of: { service: "scoring" }, hosts: ["*.example.com"] },
      { of: { job: "nightly" }, hosts: ["a.example", "b.example"] },
      { of: { workerPool: "worker" }, hosts: ["c.example"] },
    ]);
    assert.deepEqual(declaredEgress({}), []);
  });
});

describe("what the sandbox reads in a config of a renamed key", () => {
  it("is found by the name that its old key gave it, unless it has one of its own", () => {
    const config = {
      "cloud-run-mesh:services": JSON.stringify({
        shop: { formerly: "web" },
        user: { formerly: "api", name: "users" },
      }),
      "cloud-run-mesh:jobs": JSON.stringify({ daily: { formerly: "nightly" } }),
      "cloud-run-mesh:workerPools": JSON.stringify({ worker: { formerly: "take" } }),
    };
    assert.deepEqual(
      declaredServices(config).map(({ key, name }) => `${key}: ${name}`),
      ["shop: web", "user: users"],
    );
    assert.deepEqual(
      declaredTasks(config).map(({ runs }) => runs),
      [{ job: "nightly" }, { workerPool: "take" }],
    );
  });
});
