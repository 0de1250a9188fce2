import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { cloud, JOB, make, refusal, SERVICE, service } from "./cloud";

const WORKER_POOL = "gcp:cloudrunv2/workerPool:WorkerPool";

const unknown = (name: string, at: string) =>
  `Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`;

describe("control plane: names that Google's API does not know", () => {
  const refused: [string, string, Properties, string, string[]][] = [
    [
      "the scaling mode of a worker pool",
      WORKER_POOL,
      service("take-orders", { self: { scaling: { scalingMode: "MANUAL", manualInstanceCount: 2 } } }),
      "Error creating WorkerPool",
      [unknown("scalingMode", "worker_pool.scaling")],
    ],
    [
      "all of them in one answer, before anything else",
      SERVICE,
      service("Order", {
        container: { readinessProbe: { grpc: {}, successThreshold: 2 }, envs: [{ name: "A", secret: "key" }] },
        self: { scaling: { replicas: 2 } },
      }),
      "Error creating Service",
      [
        unknown("successThreshold", "service.template.containers[0].readiness_probe"),
        unknown("secret", "service.template.containers[0].env[0]"),
        unknown("replicas", "service.scaling"),
      ],
    ],
    [
      "what a service has and a job has not",
      JOB,
      { ...service("nightly"), template: { template: { containers: [{ image: "a" }], sessionAffinity: true } } },
      "Error creating Job",
      [unknown("sessionAffinity", "job.template.template")],
    ],
  ];
  for (const [what, type, inputs, context, problems] of refused) {
    it(`refuses ${what}`, () => {
      const message = `${context}: googleapi: Error 400: ${problems.join("\n")}`;
      assert.equal(
        refusal(() => make(cloud(), type, "it", inputs)),
        message,
      );
    });
  }

  it("refuses none in a worker pool that says how many instances it has, and in a service that says how it scales", () => {
    const controlPlane = cloud();
    make(controlPlane, WORKER_POOL, "it", service("take-orders", { self: { scaling: { manualInstanceCount: 2 } } }));
    const scaling = { scalingMode: "MANUAL", manualInstanceCount: 2 };
    make(controlPlane, SERVICE, "it", service("order", { self: { scaling } }));
  });

  it("refuses an update with a name that it does not know, and leaves what is there", () => {
    const controlPlane = cloud();
    const { id, state } = make(controlPlane, WORKER_POOL, "it", service("take-orders"));
    const inputs = service("take-orders", { self: { scaling: { scalingMode: "MANUAL" } } });
    assert.equal(
      refusal(() => controlPlane.update({ type: WORKER_POOL, id, inputs })),
      `Error updating WorkerPool "${id}": googleapi: Error 400: ${unknown("scalingMode", "worker_pool.scaling")}`,
    );
    assert.deepEqual(controlPlane.get(WORKER_POOL, id)?.state, state);
  });
});
