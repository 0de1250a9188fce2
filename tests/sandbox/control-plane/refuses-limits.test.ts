import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { account, cloud, JOB, make, PROJECT, REGION, refusal, SERVICE, service } from "./cloud";

const WORKER_POOL = "gcp:cloudrunv2/workerPool:WorkerPool";
const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const LATEST = { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST" };
const CONTAINER = "service.template.containers[0]";

const limited = (limits: Properties, cpuIdle = true) => ({ resources: { limits, cpuIdle } });
const mounted = (...paths: string[]) =>
  service("order", {
    container: { volumeMounts: paths.map((mountPath) => ({ name: "v", mountPath })) },
    template: { volumes: [{ name: "v", emptyDir: {} }] },
  });
const volume = (name: string, kind: Properties) => service("order", { template: { volumes: [{ name, ...kind }] } });
const gpu = { "nvidia.com/gpu": "1" };
const l4 = { nodeSelector: { accelerator: "nvidia-l4" } };
const toRevision = (revision: string) => ({
  self: { traffics: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision, percent: 100 }] },
});

/** Why a service with these parts is refused. */
const why = (inputs: Properties) => refusal(() => make(cloud(), SERVICE, "order", inputs));

describe("control plane: the limits of Google", () => {
  const refusals: [string, Properties, string][] = [
    [
      "3 CPUs",
      service("order", { container: limited({ cpu: "3", memory: "2Gi" }) }),
      `${CONTAINER}.resources.limits.cpu: Invalid value specified for container cpu. Must be equal to one of [.08-1], 1.0, 2.0, 4.0, 6.0, 8.0`,
    ],
    [
      "a twentieth of a CPU",
      service("order", { container: limited({ cpu: "50m" }) }),
      `${CONTAINER}.resources.limits.cpu: Invalid value specified for container cpu. Must be equal to one of [.08-1], 1.0, 2.0, 4.0, 6.0, 8.0`,
    ],
    [
      "8 GiB with one CPU",
      service("order", { container: limited({ memory: "8Gi" }) }),
      `${CONTAINER}.resources.limits.memory: Invalid value specified for container memory. For 1.0 CPU, memory must be between 128Mi and 4Gi inclusive.`,
    ],
    [
      "1 GiB with four CPUs",
      service("order", { container: limited({ cpu: "4000m", memory: "1Gi" }) }),
      `${CONTAINER}.resources.limits.memory: Invalid value specified for container memory. For 4.0 CPU, memory must be between 2Gi and 16Gi inclusive.`,
    ],
    [
      "256 MiB in the second generation",
      service("order", {
        container: limited({ memory: "256Mi" }),
        template: { executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2" },
      }),
      "service.template.containers.resources.limits.memory: Invalid value specified for memory. Total memory < 512 Mi is not supported with gen2 execution environment.",
    ],
    [
      "256 MiB with CPU all the time",
      service("order", { container: limited({ memory: "256Mi" }, false) }),
      "service.template.containers.resources.limits.memory: Invalid value specified for memory. Total memory < 512 Mi is not supported with cpu always allocated (unthrottled).",
    ],
    [
      "half a CPU for several requests at once",
      service("order", { container: limited({ cpu: "0.5" }), template: { maxInstanceRequestConcurrency: 2 } }),
      "service.template.containers.resources.limits.cpu: Invalid value specified for cpu. Total cpu < 1 is not supported with concurrency > 1.",
    ],
    [
      "half a CPU all the time",
      service("order", { container: limited({ cpu: "0.5" }, false) }),
      "service.template.containers.resources.limits.cpu: Invalid value specified for cpu. Total cpu < 1 is not supported with cpu always allocated (unthrottled).",
    ],
    [
      "half a CPU in the second generation",
      service("order", {
        container: limited({ cpu: "0.5" }),
        template: { executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2" },
      }),
      "service.template.containers.resources.limits.cpu: Invalid value specified for cpu. Total cpu < 1 is not supported with gen2 execution environment.",
    ],
    [
      "a GPU with one CPU",
      service("order", { container: limited(gpu, false), template: l4 }),
      `${CONTAINER}.resources.limits: In order to set GPU, CPU must be at least 4; memory must be at least 16Gi`,
    ],
    [
      "two GPUs",
      service("order", {
        container: limited({ cpu: "4", memory: "16Gi", "nvidia.com/gpu": "2" }, false),
        template: l4,
      }),
      `${CONTAINER}.resources.limits: GPU can only be set to 1.`,
    ],
    [
      "a GPU with CPU for requests alone",
      service("order", { container: limited({ cpu: "4", memory: "16Gi", ...gpu }), template: l4 }),
      `${CONTAINER}.resources.cpu_idle: CPU throttling must be disabled in order to set GPU requirements.`,
    ],
    [
      "a volume at a folder of the system",
      mounted("/data/../proc"),
      `${CONTAINER}.volume_mounts: mount paths /proc are in one of disallowed mount points: /dev, /proc, /sys.`,
    ],
    [
      "a volume at no path",
      mounted("data"),
      `${CONTAINER}.volume_mounts[0].mount_path: 'data' must be a valid unix absolute path.`,
    ],
    ["two volumes at one path", mounted("/data", "/data/"), `${CONTAINER}.volume_mounts: '/data' must be unique.`],
    [
      "a Cloud SQL volume of another name",
      volume("sql", { cloudSqlInstance: { instances: ["acme-dev:europe-west9:db"] } }),
      "service.template.volumes[0].name: Cloud SQL volume must be named 'cloudsql'.",
    ],
    [
      "a startup probe every 241 seconds",
      service("order", { container: { startupProbe: { periodSeconds: 241, httpGet: { path: "/" } } } }),
      `${CONTAINER}.startup_probe: period_seconds must be a number between 0 and 240.`,
    ],
    [
      "a liveness probe after more than an hour",
      service("order", { container: { livenessProbe: { initialDelaySeconds: 3601, httpGet: { path: "/" } } } }),
      `${CONTAINER}.liveness_probe: initial_delay_seconds must be a number between 0 and 3600.`,
    ],
    [
      "a readiness probe that waits for more than five minutes",
      service("order", {
        container: { readinessProbe: { timeoutSeconds: 301, periodSeconds: 400, httpGet: { path: "/" } } },
      }),
      `${CONTAINER}.readiness_probe: timeout_seconds must be a number between 0 and 300.`,
    ],
    [
      "a variable of Google's",
      service("order", { container: { envs: [{ name: "X_GOOGLE_TOKEN", value: "x" }] } }),
      `${CONTAINER}.env: The following reserved env names were provided: X_GOOGLE_TOKEN. These values are automatically set by the system.`,
    ],
    [
      "a value of more than 32 KiB",
      service("order", { container: { envs: [{ name: "A", value: "x".repeat(32_769) }] } }),
      `${CONTAINER}.env[0].value: length cannot exceed 32768.`,
    ],
    [
      "eleven containers",
      service("order", {
        template: { containers: Array.from({ length: 11 }, (_, i) => ({ image: "a", ...(i === 0 && { ports: {} }) })) },
      }),
      "service.template.containers: must contain at most 10 containers.",
    ],
    [
      "traffic to the revision of another service",
      service("order", toRevision("user-00001-abc")),
      "service.traffic[0].revision: the name of a revision must begin with 'order-', got 'user-00001-abc'.",
    ],
  ];
  for (const [what, inputs, message] of refusals) {
    it(`refuse ${what}`, () => {
      assert.equal(why(inputs), `Error creating Service: googleapi: Error 400: Violation in ${message}`);
    });
  }

  it("refuse a job and a worker pool less than one CPU, less than 512 MiB, and the variable of a port", () => {
    const template = (container: Properties) => ({ containers: [{ image: "a", ...container }] });
    const job = (container: Properties, task: Properties = {}) => {
      const inner = { ...template(container), ...task };
      const inputs = { name: "nightly", location: REGION, template: { template: inner } };
      return refusal(() => make(cloud(), JOB, "nightly", inputs));
    };
    const pool = (container: Properties) => {
      const inputs = { name: "taker", location: REGION, template: template(container) };
      return refusal(() => make(cloud(), WORKER_POOL, "taker", inputs));
    };
    const cpu =
      "Total cpu < 1 is not supported with gen2 execution environment with cpu always allocated (unthrottled).";
    const memory =
      "Total memory < 512 Mi is not supported with gen2 execution environment with cpu always allocated (unthrottled).";
    const port = { envs: [{ name: "PORT", value: "1" }] };
    for (const [told, of, field] of [
      [job, "Job", "job.template.template"],
      [pool, "WorkerPool", "worker_pool.template"],
    ] as const) {
      const violation = `Error creating ${of}: googleapi: Error 400: Violation in ${field}.containers`;
      const limits = (value: Properties) => told({ resources: { limits: value } });
      assert.equal(
        limits({ cpu: "0.5" }),
        `${violation}.resources.limits.cpu: Invalid value specified for cpu. ${cpu}`,
      );
      assert.equal(
        limits({ memory: "256Mi" }),
        `${violation}.resources.limits.memory: Invalid value specified for memory. ${memory}`,
      );
      assert.equal(
        told(port),
        `${violation}[0].env: The following reserved env names were provided: PORT. These values are automatically set by the system.`,
      );
    }
    const sized = { resources: { limits: { cpu: "4", memory: "16Gi", ...gpu } } };
    assert.equal(
      job(sized, l4),
      "Error creating Job: googleapi: Error 400: Violation in job.template.template: Currently Cloud Run jobs are unable to offer GPU enabled instances with zonal redundancy.",
    );
  });

  it("refuse a function what they refuse the service underneath, whose CPUs go by its memory", () => {
    const controlPlane = cloud();
    const [runtime, builder] = [account(controlPlane, "score-sa"), account(controlPlane, "score-build-sa")];
    const inputs = (config: Properties) => ({
      name: "score",
      location: REGION,
      buildConfig: {
        runtime: "nodejs22",
        entryPoint: "score",
        serviceAccount: `projects/${PROJECT}/serviceAccounts/${builder}`,
        source: { storageSource: { bucket: "code", object: "score.zip" } },
      },
      serviceConfig: { serviceAccountEmail: runtime, ...config },
    });
    const function_ = (config: Properties) => make(controlPlane, FUNCTION, "score", inputs(config));
    assert.equal(
      refusal(() => function_({ availableCpu: "1", availableMemory: "8Gi" })),
      "Error creating function: googleapi: Error 400: Could not create Cloud Run service score. spec.template.spec.containers[0].resources.limits.memory: Invalid value specified for container memory. For 1.0 CPU, memory must be between 128Mi and 4Gi inclusive.",
    );
    assert.equal(
      refusal(() => function_({ availableMemory: "512Mi", maxInstanceRequestConcurrency: 2 })),
      "Error creating function: googleapi: Error 400: Could not create Cloud Run service score. spec.template.spec.containers.resources.limits.cpu: Invalid value specified for cpu. Total cpu < 1 is not supported with concurrency > 1.",
    );
    function_({ availableMemory: "2Gi", maxInstanceRequestConcurrency: 2 });
  });

  it("let a service be made whose traffic goes to a revision that does not exist, and say so", () => {
    const controlPlane = cloud();
    const message =
      "Error waiting to create Service: Error waiting for Creating Service: Error code 13, message: Revision 'order-00007-abc' does not exist or is deleted. Update all traffic to route to currently available revisions.";
    assert.equal(
      refusal(() => make(controlPlane, SERVICE, "order", service("order", toRevision("order-00007-abc")))),
      message,
    );
    const latest = service("order", { self: { traffics: [{ ...LATEST, percent: 100 }] } });
    make(cloud(), SERVICE, "order", latest);
  });

  it("add up shares of a CPU in decimals", () => {
    const shares = (...cpus: string[]) => {
      const containers = cpus.map((cpu, i) => ({
        ...{ image: "example/app:1", ...limited({ cpu, memory: "128Mi" }) },
        ...(i === 0 && { ports: { containerPort: 8080 } }),
      }));
      return service("order", { template: { maxInstanceRequestConcurrency: 2, containers } });
    };
    make(cloud(), SERVICE, "order", shares("0.7", "0.2", "0.1"));
    assert.match(why(shares("0.699", "0.2", "0.1")), /Total cpu < 1 is not supported with concurrency > 1\.$/);
  });
});
