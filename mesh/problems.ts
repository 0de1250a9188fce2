/** One thing that is wrong with a config: where, and one sentence that says what, what is allowed and how to mend it. */
export interface Problem {
  /** Path in the stack config, e.g. `services.web.calls[1]`. */
  readonly path: string;
  readonly message: string;
}

/** A problem that a check found. */
export interface Finding extends Problem {
  /**
   * Settings from whose absence it would follow too: while one of them was not understood, it may be none.
   * @default its own path
   */
  readonly restsOn?: readonly string[];
}

/** A config that cannot be deployed; its message lists every problem found. */
export class InvalidConfigError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.name = "InvalidConfigError";
  }
}

/** Renders all problems as one report for people, a line each, in the order of the config. */
export function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${count} in the stack config:`, ...problems.map((problem) => `  ${formatProblem(problem)}`)].join("\n");
}

export function formatProblem({ path, message }: Problem): string {
  return `${path}: ${message}`;
}

/** Joins path segments as people write them: `services.web.calls[1]`. */
export function formatPath(segments: readonly PropertyKey[]): string {
  return segments.map((s, i) => (typeof s === "number" ? `[${s}]` : i === 0 ? String(s) : `.${String(s)}`)).join("");
}

/** A problem of something, told of the place where that stands. */
export function below(place: string, found: Finding): Finding {
  return mapPaths(found, (path) => (path === "" ? place : `${place}.${path}`));
}

export function mapPaths({ path, message, restsOn }: Finding, map: (path: string) => string): Finding {
  return { path: map(path), message, ...(restsOn && { restsOn: restsOn.map(map) }) };
}

/** Whether one path leads to the other or to a part of it. */
export function isRelated(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

/** Whether a path leads to what another leads to, or to a part of it. */
export function isWithin(inner: string, outer: string): boolean {
  return inner.startsWith(outer) && /^([.[]|$)/.test(inner.slice(outer.length));
}

/** `; did you mean "checkout"?` where a known name is close enough to a misspelt one, else nothing. */
export function didYouMean(got: string, known: Iterable<string>): string {
  const meant = nearest(got, known);
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
}

/**
 * The known name that a misspelt one is close enough to; `undefined` where none is. `ingress` and `egress` are close, and
 * neither is the other misspelt.
 */
export function nearest(got: string, known: Iterable<string>): string | undefined {
  if (got === "ingress" || got === "egress") return undefined;
  const limit = Math.max(1, Math.floor(got.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - got.length) >= bestDistance) continue;
    const distance = editDistance(got.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Optimal string alignment: insertions, deletions, substitutions and swapped neighbours cost one each. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforePrevious[j - 2]! + 1);
      }
      current.push(cost);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length]!;
}
