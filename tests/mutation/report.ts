/** What Stryker's report says, in lines. */

export interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Both count from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** How Stryker calls what tests noticed, and what they did not; what it left out or could not run is neither. */
const KILLED = ["Killed", "Timeout"];
const SURVIVED = ["Survived", "NoCoverage"];

export interface Outcome {
  /** `FILE:LINE  WAS -> BECAME`, by file and line. */
  readonly survivors: readonly string[];
  readonly killed: number;
  readonly total: number;
  /** Changes that were not tried, as they run while a module is loaded. */
  readonly left: number;
}

/** @param files only these: a report keeps what earlier runs found in others */
export function outcomeOf(report: Report, files: readonly string[]): Outcome {
  const all = Object.entries(report.files)
    .filter(([file]) => files.includes(file))
    .flatMap(([file, { source, mutants }]) => mutants.map((mutant) => ({ file, source, mutant })));
  const survived = all.filter(({ mutant }) => SURVIVED.includes(mutant.status));
  const killed = all.filter(({ mutant }) => KILLED.includes(mutant.status)).length;
  const inOrder = survived.sort(
    (a, b) => a.file.localeCompare(b.file) || a.mutant.location.start.line - b.mutant.location.start.line,
  );
  return {
    survivors: inOrder.map(({ file, source, mutant }) => lineOf(file, source, mutant)),
    killed,
    total: killed + survived.length,
    left: all.filter(({ mutant }) => mutant.status === "Ignored").length,
  };
}

function lineOf(file: string, source: string, { location: { start, end }, replacement = "", status }: Mutant): string {
  const was = source
    .split("\n")
    .slice(start.line - 1, end.line)
    .map((line, i, lines) => {
      const to = i === lines.length - 1 ? end.column - 1 : undefined;
      return line.slice(i === 0 ? start.column - 1 : 0, to);
    })
    .join(" ");
  const note = status === "NoCoverage" ? "  (no test reaches it)" : "";
  return `${file}:${start.line}  ${short(was)} -> ${short(replacement) || "nothing"}${note}`;
}

const short = (code: string): string => {
  const flat = code.replace(/\s+/g, " ").trim();
  return flat.length > 80 ? `${flat.slice(0, 79)}…` : flat;
};

export const sumOf = ({ killed, total, left }: Outcome): string =>
  `${killed} of ${total} killed, ${((100 * killed) / total).toFixed(1)} %` +
  (left > 0 ? `; ${left} not tried (--static)` : "");
