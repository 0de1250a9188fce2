/** The auth proxy's bench alone: `node -r ./tools/typescript.cjs bench/auth-proxy/main.ts`. */
import { cpus } from "node:os";
import Table from "cli-table3";
import { Command, Option } from "commander";
import { authProxyBench, DEFAULTS, ratesTable, type Settings } from "./bench";

async function main(settings: Settings): Promise<void> {
  const { speeds, verdicts, missing } = await authProxyBench(settings, (line) => process.stderr.write(`${line}\n`));
  if (missing !== undefined) throw new Error(`not run: missing: ${missing}`);
  const promises = new Table({ head: ["promise", "measured", ""], style: { head: [], border: [] } });
  for (const { promise, measured, kept } of verdicts) promises.push([promise, measured, kept ? "kept" : "missed"]);
  const machine = `${cpus().length} CPUs shared with load and backend, Node ${process.versions.node}`;
  console.log(`${machine}, ${settings.connections} connections, medians of ${settings.rounds} rounds (least to most)`);
  if (speeds.length > 0) console.log(ratesTable(speeds));
  console.log(promises.toString());
  if (verdicts.some(({ kept }) => !kept)) process.exitCode = 1;
}

const whole = (text: string) => Number.parseInt(text, 10);
new Command("bench/auth-proxy")
  .description("Measures the auth proxy beside its peers: same backend, same load, in turn")
  .option("--connections <n>", "connections of the load", whole, DEFAULTS.connections)
  .option("--seconds <n>", "length of one round of one proxy", whole, DEFAULTS.seconds)
  .option("--rounds <n>", "rounds", whole, DEFAULTS.rounds)
  .option("--clients <n>", "idle clients of an event stream", whole, DEFAULTS.clients)
  .addOption(new Option("--only <part>", "one part").choices(["speed", "memory"]))
  .action((settings: Settings) => main(settings))
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
