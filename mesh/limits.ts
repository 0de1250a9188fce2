import { byteCount } from "../google/quantities";

/**
 * What Google Cloud takes of the sizes and times in a config, and refuses beyond that in the middle of a deployment. Facts
 * alone: `checks/` and `spec/` say what is wrong. "Seen" is what its API answered, as public repositories report it.
 */

/** A number of CPUs, and the bytes of memory that a container may have with it. */
export interface CpuSize {
  readonly cpus: number;
  readonly least: number;
  readonly most: number;
}

const size = (cpus: number, least: string, most: string): CpuSize => ({
  cpus,
  least: byteCount(least),
  most: byteCount(most),
});

/**
 * Whole CPUs of one container. Sources: https://cloud.google.com/run/docs/configuring/services/cpu,
 * https://cloud.google.com/run/docs/configuring/services/memory-limits. Seen: they are of each container, not of the sum.
 */
export const CPU_SIZES: readonly CpuSize[] = [
  size(1, "128Mi", "4Gi"),
  size(2, "128Mi", "8Gi"),
  size(4, "2Gi", "16Gi"),
  size(6, "4Gi", "24Gi"),
  size(8, "4Gi", "32Gi"),
];

/** Shares of a CPU, each from its `cpus` up to the next. Source: https://cloud.google.com/run/docs/configuring/services/cpu */
export const CPU_SHARES: readonly CpuSize[] = [size(0.08, "128Mi", "512Mi"), size(0.5, "128Mi", "1Gi")];

/** CPU and memory that a container gets which says nothing: Cloud Run's defaults, which the program writes out. */
export const DEFAULT_CPU = "1";
export const DEFAULT_MEMORY = "512Mi";

/** Most of an instance, all containers together. Source: https://cloud.google.com/run/quotas */
export const INSTANCE_MOST = { cpus: 8, bytes: byteCount("32Gi"), containers: 10 } as const;

/**
 * Least memory of an instance of the second generation, of one that has its CPU all the time, and of every job and worker
 * pool. Source: https://cloud.google.com/run/docs/configuring/services/memory-limits. Seen: it is of the sum.
 */
export const SECOND_GENERATION_LEAST_BYTES = byteCount("512Mi");

/** What an instance with a GPU needs, and the sizes of its container where they are others. */
export interface Gpu {
  readonly cpus: number;
  readonly bytes: number;
  readonly sizes?: readonly CpuSize[];
}

/**
 * By type; of others the numbers are not known here. An instance has one GPU, in one container.
 * Source: https://cloud.google.com/run/docs/configuring/services/gpu. Seen: the sizes with the RTX PRO 6000.
 */
export const GPUS: Readonly<Record<string, Gpu>> = {
  "nvidia-l4": { cpus: 4, bytes: byteCount("16Gi") },
  "nvidia-rtx-pro-6000": {
    cpus: 20,
    bytes: byteCount("80Gi"),
    sizes: [20, 22, 24, 26, 28, 30].map((cpus) => size(cpus, "80Gi", `${4 * cpus}Gi`)),
  },
};

/** Seconds of a task with a GPU. Source: https://cloud.google.com/run/docs/configuring/task-timeout */
export const GPU_TASK_TIMEOUT_MAX_SECONDS = 3600;

/**
 * CPUs of a function that names none, by the most memory that gets them.
 * Source: https://cloud.google.com/functions/docs/configuring/memory
 */
export const FUNCTION_CPUS: readonly (readonly [bytes: number, cpu: string])[] = [
  [byteCount("128Mi"), "0.083"],
  [byteCount("256Mi"), "0.167"],
  [byteCount("512Mi"), "0.333"],
  [byteCount("1Gi"), "0.583"],
  [byteCount("2Gi"), "1"],
  [byteCount("8Gi"), "2"],
  [byteCount("16Gi"), "4"],
  [byteCount("24Gi"), "6"],
  [byteCount("32Gi"), "8"],
];
export const FUNCTION_DEFAULT_MEMORY = "256Mi";

/** Source: https://cloud.google.com/functions/quotas#time_limits */
export const EVENT_TIMEOUT_MAX_SECONDS = 540;

/**
 * Seconds of a probe; each may be set from 1 on, the delay from 0 on. Sources:
 * https://cloud.google.com/run/docs/reference/rest/v2/Container#Probe, https://cloud.google.com/run/docs/configuring/healthchecks.
 * Seen: the timeout of a readiness probe.
 */
export const PROBE_MAX_SECONDS = { startup: 240, liveness: 3600, readinessTimeout: 300 } as const;
export const PROBE_DEFAULT_SECONDS = { period: 10, timeout: 1 } as const;

/**
 * Variables. Sources: https://cloud.google.com/run/quotas,
 * https://cloud.google.com/run/docs/configuring/services/overview-environment-variables
 */
export const RESERVED_PREFIX = "X_GOOGLE_";
export const VARIABLES_MAX = 1000;
export const VARIABLE_MAX_BYTES = 32_768;
/** Of all names and values of a function together. */
export const FUNCTION_VARIABLES_MAX_BYTES = 32_768;

/** What no volume stands at or below. Source: https://cloud.google.com/run/docs/configuring/services/secrets */
export const SYSTEM_FOLDERS: readonly string[] = ["/dev", "/proc", "/sys"];
