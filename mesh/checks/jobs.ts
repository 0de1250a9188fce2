import { SERVICE_NAME_MAX } from "../../google/run";
import { KEY_PATTERN } from "../names";
import { below, type Finding, type Problem } from "../problems";
import type { JobSpec, WorkerPoolSpec } from "../spec/spec";
import { checkContainers, checkEnvironment } from "./containers";
import { checkCalls, type Surroundings } from "./mesh";
import { checkIdentity, checkImage, checkLabels } from "./service";

/** Checks of jobs and worker pools: what they are in themselves, and whom they call. */

/** Set by Cloud Run itself. Source: https://cloud.google.com/run/docs/container-contract#jobs-env-vars */
const JOB_VARIABLES = [
  "CLOUD_RUN_JOB",
  "CLOUD_RUN_EXECUTION",
  "CLOUD_RUN_TASK_INDEX",
  "CLOUD_RUN_TASK_ATTEMPT",
  "CLOUD_RUN_TASK_COUNT",
];
/** Source: https://cloud.google.com/run/docs/container-contract#worker-pools-env-vars */
const WORKER_POOL_VARIABLES = ["CLOUD_RUN_WORKER_POOL", "CLOUD_RUN_WORKER_POOL_REVISION"];

export function checkJob(job: JobSpec, around: Surroundings): Finding[] {
  return checkTask(job, `jobs.${job.key}`, JOB_VARIABLES, checkParallelism(job), around);
}

export function checkWorkerPool(pool: WorkerPoolSpec, around: Surroundings): Finding[] {
  return checkTask(pool, `workerPools.${pool.key}`, WORKER_POOL_VARIABLES, [], around);
}

function checkTask(
  spec: JobSpec | WorkerPoolSpec,
  path: string,
  reserved: readonly string[],
  more: readonly Finding[],
  around: Surroundings,
): Finding[] {
  const own = [
    ...checkImage(spec),
    ...checkName(spec),
    ...checkIdentity(spec),
    ...checkEnvironment(spec, reserved),
    ...checkContainers(spec),
    ...checkLabels(spec),
    ...more,
  ];
  return [...own.map((found) => below(path, found)), ...checkCalls(spec, path, around)];
}

function checkName({ name }: JobSpec | WorkerPoolSpec): Problem[] {
  if (!KEY_PATTERN.test(name)) {
    return [
      {
        path: "name",
        message: `"${name}" is not a name; use lower-case letters, digits and hyphens, starting with a letter`,
      },
    ];
  }
  if (name.length <= SERVICE_NAME_MAX) return [];
  return [
    {
      path: "name",
      message: `"${name}" has ${name.length} characters, at most ${SERVICE_NAME_MAX} are allowed; set a shorter "name"`,
    },
  ];
}

/** Google refuses more tasks at once than there are. */
function checkParallelism({ taskCount = 1, parallelism = 0 }: JobSpec): Finding[] {
  if (parallelism <= taskCount) return [];
  const message = `got ${parallelism}, expected at most taskCount (${taskCount})`;
  return [{ path: "parallelism", message, restsOn: ["taskCount"] }];
}
