import { byteCount, cpuSum, memoryText } from "../../../google/quantities";
import {
  DEFAULT_CPU,
  DEFAULT_MEMORY,
  GPU_TASK_TIMEOUT_MAX_SECONDS,
  GPUS,
  INSTANCE_MOST,
  SECOND_GENERATION_LEAST_BYTES,
} from "../../limits";
import type { Finding } from "../../problems";
import type { ServiceSpec } from "../../spec/spec";
import { checkSize, type Sized } from "./resources";

/** CPU, memory and GPU of an instance: of each container, and of all together. */

type Container = Sized & { readonly at: string; readonly cpuIdle?: boolean | undefined };

export type Instance = Pick<
  ServiceSpec,
  "concurrency" | "executionEnvironment" | "gpuType" | "resources" | "sidecars" | "volumes"
> & { readonly timeoutSeconds?: number | undefined };

/** What a job and a worker pool are not asked: they have no requests, and their CPU all the time. */
export type InstanceKind = "job" | "service" | "worker pool";

export function checkInstance(instance: Instance, kind: InstanceKind): Finding[] {
  const containers = containersOf(instance);
  const guarded = checkGpu(instance, containers, kind);
  // A GPU asks for more than the container's own CPU and memory do: one of both is told.
  const sizes = containers
    .flatMap((one) => checkSize(one, one.at, instance.gpuType))
    .filter(({ path }) => !guarded.some((one) => one.path === path));
  if (sizes.length > 0) return [...guarded, ...sizes];
  return [...guarded, ...checkSums(instance, containers, kind)];
}

function containersOf({ resources = {}, sidecars = {} }: Instance): Container[] {
  const beside = Object.entries(sidecars).map(([name, one]) => ({
    ...one.resources,
    at: `sidecars.${name}.resources`,
  }));
  return [{ ...resources, at: "resources" }, ...beside];
}

const sumOfCpus = (containers: readonly Container[]) => cpuSum(containers.map(({ cpu = DEFAULT_CPU }) => cpu));
const sumOfBytes = (containers: readonly Container[]) =>
  containers.reduce((sum, { memory = DEFAULT_MEMORY }) => sum + byteCount(memory), 0);

/** Settings that the sums are made of. */
const SUMMED = ["resources", "sidecars"];

function checkSums(instance: Instance, containers: readonly Container[], kind: InstanceKind): Finding[] {
  const [cpus, bytes] = [sumOfCpus(containers), sumOfBytes(containers)];
  const inAll = containers.length > 1 ? " in all containers" : "";
  const problems: Finding[] = [];
  const add = (path: string, message: string, ...more: string[]) =>
    problems.push({ path, message, restsOn: [path, ...SUMMED, ...more] });
  if (containers.length > INSTANCE_MOST.containers) {
    add("sidecars", `got ${containers.length - 1}, at most ${INSTANCE_MOST.containers - 1} are allowed beside "main"`);
  }
  const isLarge = containers.some(({ gpu }) => gpu !== undefined) && instance.gpuType !== "nvidia-l4";
  if (!isLarge && cpus > INSTANCE_MOST.cpus) {
    add("sidecars", `the containers have ${cpus} CPUs together, at most ${INSTANCE_MOST.cpus} are allowed`, "gpuType");
  }
  if (!isLarge && bytes > INSTANCE_MOST.bytes) {
    const most = memoryText(INSTANCE_MOST.bytes);
    add("sidecars", `the containers have ${memoryText(bytes)} together, at most ${most} are allowed`, "gpuType");
  }
  const mounted = networkVolume(instance.volumes ?? {});
  if (mounted !== undefined && instance.executionEnvironment === "gen1") {
    const path = "executionEnvironment";
    problems.push({ path, message: `got "gen1"; the volume "${mounted}" needs "gen2"`, restsOn: [path, "volumes"] });
  }
  if (cpus < 1) problems.push(...checkShare(instance, containers, kind));
  const reason = secondGeneration(instance, containers, kind);
  if (reason !== undefined && bytes < SECOND_GENERATION_LEAST_BYTES) {
    const least = memoryText(SECOND_GENERATION_LEAST_BYTES);
    add("resources.memory", `got ${memoryText(bytes)}${inAll}, expected at least ${least} with ${reason}`);
  }
  return problems;
}

/** Less than one CPU in all. Source: https://cloud.google.com/run/docs/configuring/services/cpu */
function checkShare(instance: Instance, containers: readonly Container[], kind: InstanceKind): Finding[] {
  const { concurrency = 1, executionEnvironment } = instance;
  if (kind !== "service") {
    const path = "resources.cpu";
    const message = `got "${containers[0]?.cpu}", expected at least "1": a ${kind} has its CPU all the time`;
    return [{ path, message }];
  }
  const problems: Finding[] = [];
  const add = (path: string, message: string) => problems.push({ path, message, restsOn: [path, ...SUMMED] });
  if (concurrency > 1) add("concurrency", `got ${concurrency}, expected 1 with less than one CPU; set "resources.cpu"`);
  for (const { at, cpuIdle } of containers) {
    const path = `${at}.cpuIdle`;
    if (cpuIdle === false) add(path, 'got false with less than one CPU; remove it, or set cpu: "1"');
  }
  if (executionEnvironment === "gen2") {
    add("executionEnvironment", 'got "gen2" with less than one CPU; remove it, or set "resources.cpu" to "1"');
  }
  return problems;
}

/** Why an instance needs the memory of the second generation; nothing where it does not. */
function secondGeneration(
  { executionEnvironment, volumes = {} }: Instance,
  containers: readonly Container[],
  kind: InstanceKind,
): string | undefined {
  if (kind !== "service") return `a ${kind}`;
  if (executionEnvironment === "gen2") return '"executionEnvironment: gen2"';
  if (containers.some(({ cpuIdle }) => cpuIdle === false)) return '"cpuIdle: false"';
  const mounted = networkVolume(volumes);
  return mounted === undefined ? undefined : `the volume "${mounted}", which needs the second generation`;
}

/** Cloud Storage and NFS. Source: https://cloud.google.com/run/docs/about-execution-environments */
function networkVolume(volumes: NonNullable<Instance["volumes"]>): string | undefined {
  return Object.entries(volumes).find(([, { gcs, nfs }]) => gcs ?? nfs)?.[0];
}

function checkGpu(instance: Instance, containers: readonly Container[], kind: InstanceKind): Finding[] {
  const { gpuType, executionEnvironment, timeoutSeconds = 0 } = instance;
  const [owner, second] = containers.filter(({ gpu }) => gpu !== undefined);
  if (owner === undefined) return [];
  const gpu = `${owner.at}.gpu`;
  const problems: Finding[] = [];
  const add = (path: string, message: string, restsOn = [path]) => problems.push({ path, message, restsOn });
  if (gpuType === undefined)
    add("gpuType", 'is missing; "resources.gpu" needs the accelerator\'s type, e.g. nvidia-l4', ["gpuType", gpu]);
  if (second !== undefined) {
    const path = `${second.at}.gpu`;
    add(path, `an instance has one GPU, and "${gpu}" takes it; remove one of the two`, [path, gpu]);
  }
  const least = GPUS[gpuType ?? ""];
  const restsOn = (size: "cpu" | "memory") => ["gpuType", gpu, `resources.${size}`, "sidecars"];
  if (least && sumOfCpus(containers) < least.cpus) {
    const got = owner.cpu === undefined ? `is missing, and the default is ${DEFAULT_CPU}` : `got "${owner.cpu}"`;
    add(
      `${owner.at}.cpu`,
      `${got}; ${gpuType} needs at least ${least.cpus} CPUs: set cpu: "${least.cpus}"`,
      restsOn("cpu"),
    );
  }
  if (least && sumOfBytes(containers) < least.bytes) {
    const got =
      owner.memory === undefined ? `is missing, and the default is ${DEFAULT_MEMORY}` : `got "${owner.memory}"`;
    const text = memoryText(least.bytes);
    add(`${owner.at}.memory`, `${got}; ${gpuType} needs at least ${text}: set memory: ${text}`, restsOn("memory"));
  }
  if (kind === "service" && owner.cpuIdle !== false) {
    const got = owner.cpuIdle === undefined ? "is missing, and the default is true" : "got true";
    add(`${owner.at}.cpuIdle`, `${got}; a GPU needs its CPU all the time: set cpuIdle: false`, [
      `${owner.at}.cpuIdle`,
      gpu,
    ]);
  }
  if (executionEnvironment === "gen1")
    add("executionEnvironment", 'got "gen1"; a GPU needs "gen2"', ["executionEnvironment", gpu]);
  if (kind === "job" && timeoutSeconds > GPU_TASK_TIMEOUT_MAX_SECONDS) {
    const message = `got ${timeoutSeconds}, expected at most ${GPU_TASK_TIMEOUT_MAX_SECONDS} with a GPU`;
    add("timeoutSeconds", message, ["timeoutSeconds", gpu]);
  }
  return problems;
}
