import { SERVICE_NAME_MAX } from "../../google/run";
import { KEY_PATTERN } from "../names";
import { below, type Finding, type Problem } from "../problems";
import type { JobSpec, WorkerPoolSpec } from "../spec/spec";
import { checkEnvironment } from "./container/environment";
import { checkContainers } from "./containers";
import { checkEgress } from "./egress";
import { checkCalls, type Surroundings } from "./mesh";
import { checkIdentity, checkImage, checkLabels } from "./service";

/** Checks of jobs and worker pools: what they are in themselves, and whom they call. */

export function checkJob(job: JobSpec, around: Surroundings): Finding[] {
  return checkTask(job, `jobs.${job.key}`, "job", checkParallelism(job), around);
}

export function checkWorkerPool(pool: WorkerPoolSpec, around: Surroundings): Finding[] {
  return checkTask(pool, `workerPools.${pool.key}`, "workerPool", [], around);
}

function checkTask(
  spec: JobSpec | WorkerPoolSpec,
  path: string,
  kind: "job" | "workerPool",
  more: readonly Finding[],
  around: Surroundings,
): Finding[] {
  const own = [
    ...checkImage(spec),
    ...checkName(spec),
    ...checkIdentity(spec),
    ...checkEgress(spec),
    ...checkEnvironment(spec, kind),
    ...checkContainers(spec, kind === "job" ? "job" : "worker pool"),
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
