import { byteCount, cpuCount, cpuSum, memoryText } from "../../../../google/quantities";
import { at, listAt, numberAt, objectAt, type PropertyValue, textAt } from "../../properties";
import { violation } from "./names";
import type { Template } from "./template";

/**
 * CPU, memory and GPU, as Google refuses them. The words are those that public reports cite; the beginnings of the two
 * about GPUs and CPU throttling are assumed.
 */

/** Least and most memory by CPUs. Source: https://cloud.google.com/run/docs/configuring/services/cpu */
const MEMORY: Readonly<Record<number, readonly [string, string]>> = {
  1: ["128Mi", "4Gi"],
  2: ["128Mi", "8Gi"],
  4: ["2Gi", "16Gi"],
  6: ["4Gi", "24Gi"],
  8: ["4Gi", "32Gi"],
};
const SMALL_GPU = "nvidia-l4";
const LARGE_GPU = "nvidia-rtx-pro-6000";
const LARGE_CPUS = [20, 22, 24, 26, 28, 30];
const CONTAINERS_MAX = 10;
const GPU = "nvidia.com/gpu";

/** An instance of a service may be throttled between requests; those of jobs and worker pools never are. */
const UNTHROTTLED = "cpu always allocated (unthrottled)";
const GEN2 = "gen2 execution environment";

export function admitResources({ of, field, template }: Template): void {
  const containers = listAt(template, "containers");
  if (containers.length > CONTAINERS_MAX) {
    throw violation(`${field}.containers`, `must contain at most ${CONTAINERS_MAX} containers.`);
  }
  const accelerator = textAt(template, "nodeSelector", "accelerator");
  for (const [i, container] of containers.entries())
    admitContainer(container, `${field}.containers[${i}]`, accelerator);
  admitGpu({ of, field, template }, containers);
  admitSums({ of, field, template }, containers);
}

const limitsOf = (container: PropertyValue) => objectAt(container, "resources", "limits");
const cpuOf = (container: PropertyValue) => String(limitsOf(container)["cpu"] ?? "1");
const cpusOf = (container: PropertyValue) => cpuCount(cpuOf(container));
const bytesOf = (container: PropertyValue) => byteCount(String(limitsOf(container)["memory"] ?? "512Mi"));

function admitContainer(container: PropertyValue, place: string, accelerator: string | undefined): void {
  const isLarge = accelerator === LARGE_GPU && limitsOf(container)[GPU] !== undefined;
  const cpus = cpusOf(container);
  const isShare = !isLarge && cpus >= 0.08 && cpus < 1;
  if (!isShare && !(isLarge ? LARGE_CPUS : Object.keys(MEMORY).map(Number)).includes(cpus)) {
    const whole = (isLarge ? LARGE_CPUS : Object.keys(MEMORY).map(Number)).map((one) => one.toFixed(1)).join(", ");
    const allowed = isLarge ? whole : `[.08-1], ${whole}`;
    throw violation(
      `${place}.resources.limits.cpu`,
      `Invalid value specified for container cpu. Must be equal to one of ${allowed}`,
    );
  }
  const share = ["128Mi", cpus < 0.5 ? "512Mi" : "1Gi"] as const;
  const [least, most] = isLarge ? ["80Gi", `${4 * cpus}Gi`] : (MEMORY[cpus] ?? share);
  const bytes = bytesOf(container);
  if (bytes >= byteCount(least) && bytes <= byteCount(most)) return;
  throw violation(
    `${place}.resources.limits.memory`,
    `Invalid value specified for container memory. For ${Number.isInteger(cpus) ? cpus.toFixed(1) : cpus} CPU, memory must be between ${least} and ${most} inclusive.`,
  );
}

function admitGpu({ of, field, template }: Pick<Template, "field" | "of" | "template">, all: PropertyValue[]): void {
  const owners = all.flatMap((container, i) => (limitsOf(container)[GPU] === undefined ? [] : [{ container, i }]));
  const [owner, second] = owners;
  if (owner === undefined) return;
  const place = `${field}.containers[${owner.i}].resources`;
  if (String(limitsOf(owner.container)[GPU]) !== "1") throw violation(`${place}.limits`, "GPU can only be set to 1.");
  if (second !== undefined) throw violation(`${field}.containers`, "GPU can only be set on one container.");
  const isSmall = cpuSum(all.map(cpuOf)) < 4 || sumOfBytes(all) < byteCount("16Gi");
  if (isSmall)
    throw violation(`${place}.limits`, "In order to set GPU, CPU must be at least 4; memory must be at least 16Gi");
  if (template["executionEnvironment"] === "EXECUTION_ENVIRONMENT_GEN1")
    throw violation(field, "Execution environment must be set to gen2 in order to set GPU.");
  if (of === "service" && at(owner.container, "resources", "cpuIdle") === true)
    throw violation(`${place}.cpu_idle`, "CPU throttling must be disabled in order to set GPU requirements.");
  if (of === "job" && template["gpuZonalRedundancyDisabled"] !== true) {
    throw violation(field, "Currently Cloud Run jobs are unable to offer GPU enabled instances with zonal redundancy.");
  }
}

function admitSums({ of, field, template }: Pick<Template, "field" | "of" | "template">, all: PropertyValue[]): void {
  const place = `${field}.containers.resources.limits`;
  const environment = generation(of, template, all);
  const cpus = cpuSum(all.map(cpuOf));
  if (cpus < 1) {
    const isBusy = (numberAt(template, "maxInstanceRequestConcurrency") ?? 1) > 1;
    const why = environment ?? (isBusy ? "concurrency > 1" : undefined);
    if (why !== undefined)
      throw violation(`${place}.cpu`, `Invalid value specified for cpu. Total cpu < 1 is not supported with ${why}.`);
  }
  if (environment !== undefined && sumOfBytes(all) < byteCount("512Mi")) {
    throw violation(
      `${place}.memory`,
      `Invalid value specified for memory. Total memory < 512 Mi is not supported with ${environment}.`,
    );
  }
  const accelerator = textAt(template, "nodeSelector", "accelerator") ?? SMALL_GPU;
  if (accelerator !== SMALL_GPU || (cpus <= 8 && sumOfBytes(all) <= byteCount("32Gi"))) return;
  const total = `${cpus} CPU and ${memoryText(sumOfBytes(all))}`;
  throw violation(place, `The containers of an instance may have 8 CPU and 32Gi together, got ${total}.`);
}

/** In which environment less than one CPU and less than 512 MiB are refused; none where both may be. */
function generation(of: Template["of"], template: Template["template"], all: PropertyValue[]): string | undefined {
  if (of !== "service") return `${GEN2} with ${UNTHROTTLED}`;
  const isUnthrottled = all.some((one) => at(one, "resources", "cpuIdle") === false);
  const mounts = listAt(template, "volumes").some((one) => (at(one, "gcs") ?? at(one, "nfs")) !== undefined);
  const isGen2 = template["executionEnvironment"] === "EXECUTION_ENVIRONMENT_GEN2" || mounts;
  if (isGen2) return isUnthrottled ? `${GEN2} with ${UNTHROTTLED}` : GEN2;
  return isUnthrottled ? UNTHROTTLED : undefined;
}

function sumOfBytes(containers: PropertyValue[]): number {
  return containers.reduce<number>((total, container) => total + bytesOf(container), 0);
}
