/** `npm run bench`: the figures that this project promises, each beside what it is measured against, in one run. */
import { cpus } from "node:os";
import Table from "cli-table3";
import { Argument, Command, InvalidArgumentError } from "commander";
import { runCommand } from "../tools/command/run";
import { appPageBench } from "./app-page";
import { authProxyBench, DEFAULTS, ratesTable } from "./auth-proxy/bench";
import { iapAssertionBench } from "./iap-assertion";
import { type Figures, measure } from "./measure";
import { parseBench } from "./parse";
import { policyBench } from "./policy/policy";
import { previewFigures } from "./preview";
import { scaleFigures } from "./scale/scale";
import { startBench } from "./start";

type Part = (rounds: number, tell: (line: string) => void) => Promise<Figures>;

const PARTS: Readonly<Record<string, Part>> = {
  parse: async (rounds) => {
    const measured = await measure([parseBench()], rounds, () => {});
    const { median } = measured[0]!;
    const promise = "10,000 services parse and graph in under 1 s";
    return { measured, verdicts: [{ promise, measured: `${Math.round(median)} ms`, kept: median < 1000 }] };
  },
  start: startBench,
  preview: previewFigures,
  scale: scaleFigures,
  policy: policyBench,
  "iap-assertion": iapAssertionBench,
  "app-page": appPageBench,
  "auth-proxy": async (rounds, tell) => {
    const { speeds, verdicts, missing } = await authProxyBench({ ...DEFAULTS, rounds }, tell);
    if (missing !== undefined) return { measured: [], verdicts, notRun: [`the auth proxy: ${missing}`] };
    return { measured: [], verdicts, tables: [ratesTable(speeds)] };
  },
};

async function bench(names: readonly string[], rounds: number, json: boolean): Promise<void> {
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const parts: Record<string, Figures> = {};
  for (const name of names) {
    tell(`${name}, ${rounds} rounds after one to warm up`);
    parts[name] = await PARTS[name]!(rounds, tell);
  }
  const notRun = Object.values(parts).flatMap((part) => part.notRun ?? []);
  for (const line of notRun) tell(`not run: ${line}`);
  if (notRun.length > 0) process.exitCode = 1;
  if (json) console.log(JSON.stringify(parts, undefined, 2));
  else print(Object.values(parts));
}

function print(parts: readonly Figures[]): void {
  const style = { head: [], border: [] };
  const times = new Table({
    head: ["what", "median", "least", "most"],
    style,
    colAligns: ["left", "right", "right", "right"],
  });
  const ms = (value: number) => `${Math.round(value)} ms`;
  for (const { measured } of parts)
    for (const { name, median, least, most } of measured) times.push([name, ms(median), ms(least), ms(most)]);
  const promises = new Table({ head: ["promise", "measured", ""], style });
  for (const { verdicts } of parts)
    for (const { promise, measured: got, kept } of verdicts) promises.push([promise, got, kept ? "kept" : "missed"]);
  const tables = [...(times.length > 0 ? [times.toString()] : []), ...parts.flatMap((part) => part.tables ?? [])];
  console.log([`${cpus().length} CPUs, Node ${process.versions.node}`, ...tables, promises.toString()].join("\n"));
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("Allowed: a whole number from 1.");
  return Number(text);
}

const command = new Command("npm run bench --")
  .description("Measures what this project promises, beside what it is measured against")
  .addArgument(new Argument("[parts...]", "which parts (default: all)").choices(Object.keys(PARTS)))
  .option("--rounds <n>", "rounds of each contender", whole, 5)
  .option("--json", "print the figures as JSON", false)
  .action((parts: string[], { rounds, json }: { rounds: number; json: boolean }) =>
    bench(parts.length > 0 ? parts : Object.keys(PARTS), rounds, json),
  );

void runCommand(command);
