import { byteCount, cpuCount, memoryText } from "../../../google/quantities";
import { CPU_SHARES, CPU_SIZES, type CpuSize, DEFAULT_CPU, DEFAULT_MEMORY, GPUS } from "../../limits";
import type { Finding } from "../../problems";

/** CPU and memory of one container, and of a function, which is one: which goes with which. */

export interface Sized {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly gpu?: number | undefined;
}

/** CPU and memory of a container whose config does not name them. */
interface Defaults {
  readonly cpu: string;
  readonly memory: string;
}

const DEFAULTS: Defaults = { cpu: DEFAULT_CPU, memory: DEFAULT_MEMORY };

/** @param at path of the block that holds `cpu` and `memory` */
export function checkSize(sized: Sized = {}, at: string, gpuType?: string, defaults = DEFAULTS): Finding[] {
  const { cpu = defaults.cpu, memory = defaults.memory, gpu } = sized;
  const sizes = (gpu !== undefined && GPUS[gpuType ?? ""]?.sizes) || undefined;
  const of = sizes === undefined ? "" : ` with ${gpuType}`;
  const rests = gpu === undefined ? [`${at}.gpu`] : ["gpuType"];
  const found = sizeOf(cpuCount(cpu), sizes);
  if (found === undefined) {
    const path = `${at}.cpu`;
    return [{ path, message: `got "${cpu}", expected ${sizesText(sizes)}${of}`, restsOn: [path, ...rests] }];
  }
  const bytes = byteCount(memory);
  if (bytes >= found.least && bytes <= found.most) return [];
  const path = `${at}.memory`;
  const got = sized.memory === undefined ? `is missing, and the default is ${memory}` : `got "${memory}"`;
  const problem = bytes < found.least ? tooLittle(bytes, found, sizes) : tooMuch(bytes, found, sizes);
  return [{ path, message: `${got}, ${problem}`, restsOn: [path, `${at}.cpu`, ...rests] }];
}

/** The size that a container with so many CPUs has; none where Cloud Run has no such container. */
function sizeOf(cpus: number, sizes: readonly CpuSize[] | undefined): CpuSize | undefined {
  const whole = (sizes ?? CPU_SIZES).find((one) => one.cpus === cpus);
  if (whole ?? (sizes !== undefined || cpus >= 1)) return whole;
  return CPU_SHARES.findLast((share) => cpus >= share.cpus);
}

function sizesText(sizes: readonly CpuSize[] = CPU_SIZES): string {
  const names = sizes.map(({ cpus }) => `"${cpus}"`);
  const whole = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  return sizes === CPU_SIZES ? `${whole}, or a share from "${CPU_SHARES[0]?.cpus}" to "1"` : whole;
}

function tooLittle(bytes: number, { cpus, least }: CpuSize, sizes: readonly CpuSize[] | undefined): string {
  const fewer = (sizes ?? CPU_SIZES).findLast((one) => one.least <= bytes);
  if (fewer === undefined) return `expected at least ${memoryText(least)}`;
  return `expected at least ${memoryText(least)} with ${cpus} CPUs; set memory: ${memoryText(least)}, or cpu: "${fewer.cpus}"`;
}

function tooMuch(bytes: number, { most }: CpuSize, sizes: readonly CpuSize[] | undefined): string {
  const all = sizes ?? [...CPU_SHARES, ...CPU_SIZES];
  const enough = all.find((one) => one.most >= bytes);
  if (enough === undefined) {
    const largest = all.at(-1)!;
    return `expected at most ${memoryText(largest.most)}, with cpu: "${largest.cpus}"`;
  }
  const unit = enough.cpus > 1 ? "CPUs" : "CPU";
  return `which needs at least ${enough.cpus} ${unit}; set cpu: "${enough.cpus}", or memory: ${memoryText(most)}`;
}
