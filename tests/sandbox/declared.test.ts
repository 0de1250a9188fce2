import * as assert from "node:assert/strict";
import { declaredServices, declaredTasks } from "../../sandbox/running/declared";

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
