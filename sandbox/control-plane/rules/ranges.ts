/** First and last address of an IPv4 range, or nothing where it is none. */
function ends(range: string): readonly [number, number] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(range);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 32] = match.slice(1).map(Number);
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return [first, first + size - 1];
}

export function overlaps(one: string, other: string): boolean {
  const [a, b] = [ends(one), ends(other)];
  return a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1];
}

/** Whether a range is no longer wholly in the one that takes its place. */
export function shrinks(before: string, after: string): boolean {
  const [a, b] = [ends(before), ends(after)];
  return a !== undefined && b !== undefined && (b[0] > a[0] || b[1] < a[1]);
}
