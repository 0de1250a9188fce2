import { callEnvironment, type JobSpec, type MeshSpec, type WorkerPoolSpec } from "../mesh";
import type { CloudRunJobArgs } from "./cloud-run-job";
import type { CloudRunWorkerPoolArgs } from "./cloud-run-worker-pool";
import { defined, limits, mainMounts, splitEnvironment, volume, volumeSecrets, vpcAccess } from "./container-args";
import type { MeshNetwork } from "./mesh-network";

/** What a job of the mesh asks of {@link CloudRunJob}: a pure translation, config in, arguments out. */
export function jobArgs(job: JobSpec, mesh: MeshSpec, made?: MeshNetwork): CloudRunJobArgs {
  const { taskCount, parallelism, maxRetries, timeoutSeconds } = job;
  return {
    ...common(job, mesh),
    task: defined({
      ...template(job, mesh, made),
      gpuZonalRedundancyDisabled: standsInOneZone(job),
      maxRetries,
      timeout: timeoutSeconds === undefined ? undefined : `${timeoutSeconds}s`,
    }),
    execution: defined({ taskCount, parallelism }),
    job: described(job),
  };
}

/** What a worker pool of the mesh asks of {@link CloudRunWorkerPool}. */
export function workerPoolArgs(pool: WorkerPoolSpec, mesh: MeshSpec, made?: MeshNetwork): CloudRunWorkerPoolArgs {
  return {
    ...common(pool, mesh),
    instances: pool.instances,
    template: template(pool, mesh, made),
    workerPool: described(pool),
  };
}

type TaskSpec = JobSpec | WorkerPoolSpec;

function common(spec: TaskSpec, mesh: MeshSpec) {
  const { plain, secret } = splitEnvironment(spec.env ?? {});
  const mounts = mainMounts(spec.volumes);
  return {
    project: mesh.project,
    projectNumber: mesh.projectNumber,
    location: mesh.region,
    name: spec.name,
    serviceAccount: spec.serviceAccount,
    accountId: spec.accountId,
    roles: spec.roles,
    deletionProtection: spec.deletionProtection,
    env: { ...plain, ...callEnvironment(spec, mesh) },
    secretEnv: secret,
    secrets: volumeSecrets(spec.volumes),
    container: defined({
      image: spec.image,
      commands: spec.command,
      args: spec.args,
      workingDir: spec.workingDir,
      resources: { limits: limits(spec.resources) },
      volumeMounts: mounts.length > 0 ? mounts : undefined,
    }),
  };
}

function template({ encryptionKey, gpuType, vpc, volumes }: TaskSpec, mesh: MeshSpec, made: MeshNetwork | undefined) {
  return defined({
    encryptionKey,
    nodeSelector: gpuType === undefined ? undefined : { accelerator: gpuType },
    vpcAccess: vpc && vpcAccess(vpc, mesh, made),
    volumes: volumes && Object.entries(volumes).map(([name, one]) => volume(name, one)),
  });
}

/**
 * Cloud Run gives jobs no GPU that is held ready in a second zone, which is its default all the same.
 * Source: https://cloud.google.com/run/docs/configuring/jobs/gpu
 */
function standsInOneZone({ resources }: JobSpec): true | undefined {
  return resources?.gpu === undefined ? undefined : true;
}

function described({ labels, annotations }: TaskSpec) {
  return defined({ labels: Object.keys(labels).length > 0 ? labels : undefined, annotations });
}
