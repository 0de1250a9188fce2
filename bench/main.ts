/** `npm run bench`: the figures that this project promises, each beside what it is measured against, in one run. */
import { cpus } from "node:os";
import Table from "cli-table3";
import { Command } from "commander";
import { findPulumi } from "../sandbox/engine";
import { type Measured, measure } from "./measure";
import { parseBench } from "./parse";
import { previewBench } from "./preview";

interface Verdict {
  readonly promise: string;
  readonly measured: string;
  readonly kept: boolean;
}

async function bench(rounds: number, json: boolean): Promise<void> {
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const measured: Measured[] = [];
  const verdicts: Verdict[] = [];

  const [parse] = await measure([parseBench()], rounds, () => {});
  measured.push(parse!);
  verdicts.push({
    promise: "10,000 services parse and graph in under 1 s",
    measured: `${Math.round(parse!.median)} ms`,
    kept: parse!.median < 1000,
  });

  const cli = await findPulumi({ obtain: true, onProgress: tell });
  if (!cli.found) {
    tell(`not run: previews (${cli.reasons.join("; ")})`);
    process.exitCode = 1;
  } else {
    tell(`previews with Pulumi ${cli.version}, ${rounds} rounds after one to warm up`);
    const { contenders, close } = await previewBench(cli);
    try {
      const previews = await measure(contenders, rounds, tell);
      measured.push(...previews);
      verdicts.push(...judgePreviews(previews.map(({ median }) => median)));
    } finally {
      await close();
    }
  }
  if (json) console.log(JSON.stringify({ measured, verdicts }, undefined, 2));
  else print(measured, verdicts);
}

function judgePreviews([ours, usual, empty, bare]: readonly number[]): Verdict[] {
  const ratio = ours! / usual!;
  const added = (ours! - bare!) / (empty! - bare!);
  return [
    {
      promise: "preview with the pack takes at most a fifth of the usual way",
      measured: `${ratio.toFixed(2)} of it`,
      kept: ratio <= 0.2,
    },
    {
      promise: "the pack adds at most 1.2 x what an empty JavaScript pack adds",
      measured: `${added.toFixed(2)} x`,
      kept: added <= 1.2,
    },
  ];
}

function print(measured: readonly Measured[], verdicts: readonly Verdict[]): void {
  const style = { head: [], border: [] };
  const times = new Table({
    head: ["what", "median", "least", "most"],
    style,
    colAligns: ["left", "right", "right", "right"],
  });
  const ms = (value: number) => `${Math.round(value)} ms`;
  for (const { name, median, least, most } of measured) times.push([name, ms(median), ms(least), ms(most)]);
  const promises = new Table({ head: ["promise", "measured", ""], style });
  for (const { promise, measured: got, kept } of verdicts) promises.push([promise, got, kept ? "kept" : "missed"]);
  console.log(`${cpus().length} CPUs, Node ${process.versions.node}\n${times.toString()}\n${promises.toString()}`);
}

new Command("npm run bench --")
  .description("Measures what this project promises, beside what it is measured against")
  .option("--rounds <n>", "rounds of each contender", (text) => Number.parseInt(text, 10), 5)
  .option("--json", "print the figures as JSON", false)
  .action(({ rounds, json }: { rounds: number; json: boolean }) => bench(rounds, json))
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
