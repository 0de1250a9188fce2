/** Runs contenders in turn, so that a busy machine is busy for all of them, and tells median and spread. */
export interface Contender {
  readonly name: string;
  readonly run: () => Promise<unknown> | unknown;
}

export interface Measured {
  readonly name: string;
  /** Milliseconds. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export async function measure(
  contenders: readonly Contender[],
  rounds: number,
  onProgress: (line: string) => void,
): Promise<Measured[]> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (const { run } of contenders) await run();
  for (let round = 1; round <= rounds; round++) {
    for (const { name, run } of contenders) {
      const started = performance.now();
      await run();
      times.get(name)!.push(performance.now() - started);
    }
    onProgress(`round ${round} of ${rounds}`);
  }
  return contenders.map(({ name }) => {
    const sorted = times.get(name)!.sort((a, b) => a - b);
    return { name, median: sorted[Math.floor(sorted.length / 2)]!, least: sorted[0]!, most: sorted.at(-1)! };
  });
}

/** Whether a figure that was promised was reached. */
export interface Verdict {
  readonly promise: string;
  readonly measured: string;
  readonly kept: boolean;
}

/** What one part of the bench found. */
export interface Figures {
  readonly measured: readonly Measured[];
  readonly verdicts: readonly Verdict[];
  /** Tables of its own, ready to print. */
  readonly tables?: readonly string[];
  /** What could not be measured, and why. @default nothing */
  readonly notRun?: readonly string[];
}
