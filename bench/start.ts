/** How long `npm start` takes until the matrix is green: deploy, run, and every probe sent. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import * as path from "node:path";
import { findPulumi } from "../sandbox/engine";
import { temporaryFolder, withoutCredentials } from "../tests/support/pulumi-cli";
import { type Contender, type Figures, measure } from "./measure";

const ROOT = path.join(__dirname, "..");

export async function startBench(rounds: number, tell: (line: string) => void): Promise<Figures> {
  const folder = temporaryFolder();
  const cli = await findPulumi({});
  try {
    const contenders = [
      start("npm start, embedded engine", ["--engine=embedded"], folder),
      ...(cli.found ? [start("npm start, real engine, from nothing", ["--engine=pulumi", "--fresh"], folder)] : []),
    ];
    const measured = await measure(contenders, rounds, (line) => tell(`npm start, ${line}`));
    const seconds = (ms: number) => (ms / 1000).toFixed(1);
    return {
      measured,
      verdicts: measured.map(({ name, median, least, most }) => ({
        promise: `${name}: the green matrix of Pulumi.dev.yaml within 5 s`,
        measured: `${seconds(median)} s (${seconds(least)} to ${seconds(most)})`,
        kept: median <= 5000,
      })),
      notRun: cli.found ? [] : [`npm start on the real engine (${cli.reasons.join("; ")})`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends when the summary of the probes is told, as a person would stop waiting then. */
function start(name: string, options: readonly string[], folder: string): Contender {
  const args = ["start", "--silent", "--", "--once", "--state", path.join(folder, "state"), ...options];
  return {
    name,
    run: () =>
      new Promise<void>((resolve, reject) => {
        const child = spawn("npm", args, { cwd: ROOT, env: withoutCredentials(process.env) });
        let output = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          if (/(\d+) of \1 probes as expected/.test(output)) resolve();
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
        child.once("close", (code) => reject(new Error(`npm start ended with ${code}\n${output}`)));
      }),
  };
}
