import * as assert from "node:assert/strict";
import { CloudRunJob, CloudRunMesh, CloudRunWorkerPool } from "../../components";
import { parseMesh } from "../../mesh";
import { IMAGE, meshInput, TODAY } from "../mesh/support";
import { inventory, only, register } from "./support";

const JOB = "gcp:cloudrunv2/job:Job";
const WORKER_POOL = "gcp:cloudrunv2/workerPool:WorkerPool";
const GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const SECRET_GRANT = "gcp:secretmanager/secretIamMember:SecretIamMember";
const ROLE_GRANT = "gcp:projects/iAMMember:IAMMember";

const place = { project: "acme-dev", location: "europe-west9" };
const container = { image: IMAGE };

function mesh(config: Record<string, unknown>) {
  const { spec, problems } = parseMesh(meshInput({ config }), TODAY);
  assert.ok(spec, JSON.stringify(problems));
  return register(() => new CloudRunMesh("mesh", { spec }));
}

describe("CloudRunJob", () => {
  it("makes an account of its own and a protected job", async () => {
    const made = await register(() => new CloudRunJob("nightly", { ...place, container }));
    assert.deepEqual(inventory(made), [
      "cloud-run-mesh:index:CloudRunJob nightly",
      `${JOB} nightly`,
      `${ACCOUNT} nightly`,
    ]);
    assert.deepEqual(only(made, JOB).inputs, {
      name: "nightly",
      ...place,
      deletionProtection: true,
      template: {
        template: {
          serviceAccount: "nightly-sa@acme-dev.iam.gserviceaccount.com",
          containers: [{ image: IMAGE, envs: [] }],
        },
      },
    });
    assert.deepEqual(only(made, ACCOUNT).inputs, {
      accountId: "nightly-sa",
      displayName: "Cloud Run job nightly",
      project: "acme-dev",
    });
  });

  it("grants secrets and roles before the job", async () => {
    const made = await register(
      () =>
        new CloudRunJob("nightly", {
          ...place,
          container,
          roles: ["roles/cloudsql.client"],
          env: { LEVEL: "info" },
          secretEnv: { KEY: { secret: "key", version: "3" } },
        }),
    );
    assert.equal(only(made, SECRET_GRANT).name, "nightly-reads-key");
    assert.equal(only(made, ROLE_GRANT).name, "nightly-has-cloudsql.client");
    const { inputs, waitsFor } = only(made, JOB);
    assert.deepEqual(waitsFor, ["nightly", "nightly-has-cloudsql.client", "nightly-reads-key"]);
    const { template } = inputs["template"] as { template: { containers: { envs: object[] }[] } };
    assert.deepEqual(template.containers[0]?.envs, [
      { name: "KEY", valueSource: { secretKeyRef: { secret: "key", version: "3" } } },
      { name: "LEVEL", value: "info" },
    ]);
  });
});

describe("CloudRunWorkerPool", () => {
  it("makes an account of its own and a protected pool, scaled by hand where a number is given", async () => {
    const made = await register(() => new CloudRunWorkerPool("taker", { ...place, container, instances: 0 }));
    assert.deepEqual(inventory(made), [
      "cloud-run-mesh:index:CloudRunWorkerPool taker",
      `${WORKER_POOL} taker`,
      `${ACCOUNT} taker`,
    ]);
    assert.deepEqual(only(made, WORKER_POOL).inputs, {
      name: "taker",
      ...place,
      deletionProtection: true,
      scaling: { manualInstanceCount: 0 },
      template: {
        serviceAccount: "taker-sa@acme-dev.iam.gserviceaccount.com",
        containers: [{ image: IMAGE, envs: [] }],
      },
    });
    const plain = await register(() => new CloudRunWorkerPool("taker", { ...place, container }));
    assert.equal(only(plain, WORKER_POOL).inputs["scaling"], undefined);
  });

  it("runs as an account that exists and makes none", async () => {
    const serviceAccount = "run@acme-dev.iam.gserviceaccount.com";
    const made = await register(() => new CloudRunWorkerPool("taker", { ...place, container, serviceAccount }));
    assert.deepEqual(inventory(made), ["cloud-run-mesh:index:CloudRunWorkerPool taker", `${WORKER_POOL} taker`]);
  });
});

describe("jobs and worker pools of a mesh", () => {
  it("get one grant per call, for their own account, on the service that is called", async () => {
    const made = await mesh({
      jobs: { nightly: { image: IMAGE, calls: [{ service: "api", until: "2027-03-31" }] } },
      workerPools: { taker: { image: IMAGE, calls: ["web", "api"] } },
    });
    const grants = made
      .filter(({ type }) => type === GRANT)
      .map(({ name, inputs }) => [name, inputs["member"], inputs["name"]]);
    const account = (id: string) => `serviceAccount:${id}@acme-dev.iam.gserviceaccount.com`;
    assert.deepEqual(grants.sort(), [
      ["nightly-calls-api", account("nightly-sa"), "api"],
      ["taker-calls-api", account("taker-sa"), "api"],
      ["taker-calls-web", account("taker-sa"), "web"],
      ["web-calls-api", account("web-sa"), "api"],
    ]);
  });

  it("hand everything in the config on, and the URL of what they call", async () => {
    const common = {
      image: IMAGE,
      calls: ["api"],
      command: ["node"],
      args: ["main.js"],
      workingDir: "/app",
      env: { LEVEL: "info", KEY: { secret: "key", version: "3" } },
      resources: { cpu: "4", memory: "16Gi", gpu: 1 },
      gpuType: "nvidia-l4",
      volumes: {
        scratch: { mountPath: "/scratch", emptyDir: {} },
        cert: { mountPath: "/cert", secret: { secret: "cert", version: "1" } },
      },
      labels: { team: "shop" },
      annotations: { "acme.com/owner": "shop" },
      encryptionKey: "projects/p/locations/r/keyRings/k/cryptoKeys/n",
      deletionProtection: false,
    };
    const made = await mesh({
      jobs: { nightly: { ...common, taskCount: 4, parallelism: 2, maxRetries: 0, timeoutSeconds: 1800 } },
      workerPools: { taker: { ...common, instances: 3 } },
    });
    const shared = {
      encryptionKey: common.encryptionKey,
      nodeSelector: { accelerator: "nvidia-l4" },
      vpcAccess: { egress: "ALL_TRAFFIC", networkInterfaces: [{ network: "default", subnetwork: "default" }] },
      volumes: [
        { name: "scratch", emptyDir: { medium: "MEMORY" } },
        { name: "cert", secret: { secret: "cert", items: [{ path: "cert", version: "1" }] } },
      ],
      containers: [
        {
          image: IMAGE,
          commands: ["node"],
          args: ["main.js"],
          workingDir: "/app",
          resources: { limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" } },
          volumeMounts: [
            { name: "scratch", mountPath: "/scratch" },
            { name: "cert", mountPath: "/cert" },
          ],
          envs: [
            { name: "API_URL", value: "https://api-123456789012.europe-west9.run.app" },
            { name: "KEY", valueSource: { secretKeyRef: { secret: "key", version: "3" } } },
            { name: "LEVEL", value: "info" },
          ],
        },
      ],
    };
    const described = {
      ...place,
      labels: common.labels,
      annotations: common.annotations,
      deletionProtection: false,
    };
    assert.deepEqual(only(made, JOB).inputs, {
      ...described,
      name: "nightly",
      template: {
        taskCount: 4,
        parallelism: 2,
        template: {
          ...shared,
          serviceAccount: "nightly-sa@acme-dev.iam.gserviceaccount.com",
          gpuZonalRedundancyDisabled: true,
          maxRetries: 0,
          timeout: "1800s",
        },
      },
    });
    assert.deepEqual(only(made, WORKER_POOL).inputs, {
      ...described,
      name: "taker",
      scaling: { manualInstanceCount: 3 },
      template: { ...shared, serviceAccount: "taker-sa@acme-dev.iam.gserviceaccount.com" },
    });
    for (const name of ["nightly-reads-key", "nightly-reads-cert", "taker-reads-key", "taker-reads-cert"])
      only(made, SECRET_GRANT, name);
  });
});
