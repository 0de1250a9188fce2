/**
 * Amounts of CPU and memory as Google's APIs write them.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};
const NUMBER = String.raw`\d+(?:\.\d+)?`;

export const CPU_PATTERN = new RegExp(`^(?:${NUMBER}|\\d+m)$`);
/** Bytes without a unit are left out: who writes `512` means another amount. */
export const MEMORY_PATTERN = new RegExp(`^${NUMBER}(?:Ki|Mi|Gi|k|M|G)$`);

/** Number of CPUs: 0.5 of `"0.5"` and of `"500m"`; not a number where the text is no amount. */
export function cpuCount(text: string): number {
  if (!CPU_PATTERN.test(text)) return Number.NaN;
  return text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text);
}

/** CPUs of several amounts together: those of `"0.7"`, `"0.2"` and `"0.1"` are 1, as in decimals, and not a little less. */
export function cpuSum(texts: readonly string[]): number {
  return Math.round(texts.reduce((sum, text) => sum + cpuCount(text), 0) * 1e9) / 1e9;
}

/** Bytes: 536870912 of `"512Mi"`; not a number where the text is no amount. */
export function byteCount(text: string): number {
  const [, number = "", unit = ""] = new RegExp(`^(${NUMBER})(Ki|Mi|Gi|k|M|G|)$`).exec(text) ?? [];
  return number === "" ? Number.NaN : Number(number) * UNITS[unit]!;
}

/** Bytes in the largest binary unit that holds them whole: `4Gi`; rounded to a whole `Mi` where none does. */
export function memoryText(bytes: number): string {
  const unit = bytes % UNITS["Gi"]! === 0 ? "Gi" : "Mi";
  return `${Math.round(bytes / UNITS[unit]!)}${unit}`;
}
