import { z } from "zod";
import { containerKeys, image } from "./container";
import { callerKeys, labels } from "./shared";

/** Jobs and worker pools, as written in stack config: they call services, and nobody calls them by a URL. */

const { command, args, workingDir, env, volumes, resources } = containerKeys;

const taskKeys = {
  image,
  ...callerKeys,
  command,
  args,
  workingDir,
  env,
  volumes,
  // CPU is always given to what runs without requests.
  resources: resources
    .unwrap()
    .omit({ cpuIdle: true, startupCpuBoost: true })
    .optional()
    .describe(resources.description ?? ""),
  gpuType: z.string().optional().describe("Accelerator, e.g. `nvidia-l4`"),
  labels: labels.optional().describe("Labels, added to the mesh's"),
  annotations: z.record(z.string(), z.string()).optional().describe("Annotations"),
  encryptionKey: z
    .string()
    .optional()
    .describe("Customer-managed key: `projects/P/locations/R/keyRings/K/cryptoKeys/N`"),
  deletionProtection: z
    .boolean()
    .optional()
    .describe("Whether destroying and replacing it is refused; default: the mesh's"),
};

export const job = z.strictObject({
  ...taskKeys,
  name: z.string().optional().describe("Name of the Cloud Run job, also of one that exists; default: the key"),
  taskCount: z.int().min(1).max(10_000).optional().describe("Tasks of an execution; default: 1"),
  parallelism: z
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe("Tasks that run at once; default: 0, as many as possible"),
  maxRetries: z.int().min(0).max(10).optional().describe("How often a failed task is tried again; default: 3"),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(604_800)
    .optional()
    .describe("Seconds until an attempt of a task is ended; default: 600"),
});

export const workerPool = z.strictObject({
  ...taskKeys,
  name: z.string().optional().describe("Name of the Cloud Run worker pool, also of one that exists; default: the key"),
  instances: z.int().min(0).optional().describe("Instances, which run all the time; default: Cloud Run's, 1"),
});

export type JobConfig = z.output<typeof job>;
export type WorkerPoolConfig = z.output<typeof workerPool>;
