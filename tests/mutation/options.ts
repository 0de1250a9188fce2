/** How Stryker runs over an area. All that it writes lies in `.cache/mutation`. */
import { AREAS, type AreaName, sourcesOf, testsOf } from "./areas";
import { linesOf, type Sample } from "./sample";

export interface Asked {
  readonly area: AreaName;
  /** Only files whose path has it. */
  readonly part: string;
  /** How many processes run tests side by side. */
  readonly processes: number;
  /** Changes only this share of the lines. @default all */
  readonly sample?: Sample;
  /** Also changes what runs while a module is loaded: each such change needs a process and all tests of the area. */
  readonly static: boolean;
  /** Asks again what an earlier run has answered. */
  readonly force: boolean;
}

const CACHE = ".cache/mutation";

/** What a run keeps lies under this name, from the repository's root. */
export const keptAs = ({ area, sample }: Pick<Asked, "area" | "sample">): string =>
  `${CACHE}/${area}${sample ? `-${sample.percent}-${sample.seed}` : ""}`;

/** Where Stryker's report lies, from the repository's root. */
export const reportOf = (asked: Asked): string => `${keptAs(asked)}.report.json`;

export function strykerOptions(asked: Asked): object {
  const { area, part, processes, sample, force } = asked;
  const sources = sourcesOf(AREAS[area], part);
  return {
    mutate: sample ? sources.flatMap((file) => linesOf(file, sample)) : sources,
    testRunner: "mocha",
    plugins: ["@stryker-mutator/mocha-runner"],
    mochaOptions: {
      spec: testsOf(AREAS[area]),
      require: ["./tools/typescript.cjs", "./tests/mutation/hooks.ts"],
      extension: ["ts"],
    },
    coverageAnalysis: "perTest",
    concurrency: processes,
    // Tests wait for each other's processes and sockets: an endless loop is noticed after this, too.
    timeoutMS: 5_000,
    // A sample draws other lines once a file has more of them: what an earlier run kept of it would be another sample's.
    incremental: sample === undefined,
    incrementalFile: `${keptAs(asked)}.incremental.json`,
    force,
    ignoreStatic: !asked.static,
    reporters: ["progress-append-only", "json"],
    jsonReporter: { fileName: reportOf(asked) },
    // Stryker removes the folder at its end; another area may be running.
    tempDirName: `${keptAs(asked)}.work`,
    ignorePatterns: [".cache", ".sandbox", "bench", "coverage"],
    disableTypeChecks: false,
    checkers: [],
    allowConsoleColors: false,
    logLevel: "warn",
    thresholds: { high: 85, low: 85, break: null },
  };
}
