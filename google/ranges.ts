/** IPv4 ranges, as a subnetwork has them. */
export interface Range {
  /** The address as written, which may lie inside the range. */
  readonly address: number;
  /** The first address. */
  readonly base: number;
  /** Length of the prefix. */
  readonly prefix: number;
}

/** Reads `10.0.0.0/24`; nothing where it is no range. */
export function parseRange(text: string): Range | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [prefix = 0, ...octets] = [parts[4], ...parts.slice(0, 4)];
  if (prefix > 32 || octets.some((octet = 0) => octet > 255)) return undefined;
  const address = octets.reduce<number>((sum, octet = 0) => sum * 256 + octet, 0);
  return { address, base: address - (address % sizeOf(prefix)), prefix };
}

/** How many addresses a prefix leaves. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

export function formatRange(base: number, prefix: number): string {
  return `${[24, 16, 8, 0].map((bits) => Math.floor(base / 2 ** bits) % 256).join(".")}/${prefix}`;
}

/** Whether one range lies inside the other. */
export function isWithin(inner: Range, outer: Range): boolean {
  return inner.prefix >= outer.prefix && inner.base >= outer.base && inner.base < outer.base + sizeOf(outer.prefix);
}

/** Whether two ranges have an address in common: of two prefixes, one lies inside the other or they are apart. */
export function overlaps(one: Range, other: Range): boolean {
  return isWithin(one, other) || isWithin(other, one);
}
