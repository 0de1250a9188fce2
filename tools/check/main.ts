/**
 * `npm run judge`: the rules of the policy pack, those that read the whole stack included, over a preview.
 * Ends with 0 where nothing mandatory is found, 1 where something is, 2 where nothing could be judged.
 */
import { type ChildProcess, execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import { temporaryFolder } from "../../sandbox/files/temporary-folder";
import { JsonDocument } from "../command/document";
import { runCommand } from "../command/run";
import { standWhereThePersonIs } from "../person";
import { previewedIn, UnusableInput } from "./preview";
import { NO_CONFIG, policyConfigIn, toText, verdictOn } from "./verdict";

const document = new JsonDocument();

interface Options {
  readonly stack?: string;
  readonly plan?: string;
  readonly policyConfig?: string;
  readonly json: boolean;
}

async function main(file: string | undefined, options: Options): Promise<number> {
  const config = options.policyConfig === undefined ? NO_CONFIG : policyConfigIn(contentOf(options.policyConfig));
  const previewed =
    options.stack === undefined
      ? previewedIn(
          file === undefined || file === "-" ? await text(process.stdin) : contentOf(file),
          options.plan && contentOf(options.plan),
        )
      : await preview(options.stack);
  const verdict = verdictOn(previewed, config);
  const isRefused = verdict.findings.some(({ level }) => level === "mandatory");
  document.print({ ok: !isRefused, ...verdict });
  if (!options.json) console.log(toText(verdict));
  return isRefused ? 1 : 0;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UnusableInput(`cannot read "${file}"`);
  }
}

/** The plan holds secrets in plain text: it lies in a folder that only this user can open, and only as long as this runs. */
async function preview(stack: string) {
  const folder = temporaryFolder("judge-");
  try {
    const plan = join(folder, "plan.json");
    const flags = ["--json", "--show-sames", "--show-secrets", "--save-plan", plan, "--non-interactive"];
    const json = await pulumi(["preview", "--stack", stack, ...flags]);
    return previewedIn(json, contentOf(plan));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Interrupted, this process waits for the CLI and then clears up. */
async function pulumi(args: readonly string[]): Promise<string> {
  const stop = (signal: NodeJS.Signals) => child.kill(signal);
  let child: ChildProcess;
  const ran = new Promise<string>((resolve, reject) => {
    child = execFile("pulumi", args, { maxBuffer: 1 << 30 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said =
        error.code === "ENOENT"
          ? "the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/"
          : `the preview failed, so there is nothing to judge:\n${errorsIn(stdout) || stderr.trim()}`;
      reject(new UnusableInput(said));
    });
    child.stdin?.end();
  });
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await ran;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function errorsIn(previewJson: string): string {
  try {
    const { diagnostics = [] } = JSON.parse(previewJson) as { diagnostics?: { severity: string; message: string }[] };
    return diagnostics
      .flatMap(({ severity, message }) => (/^(error|info#err)$/.test(severity) ? [message.trim()] : []))
      .join("\n");
  } catch {
    return "";
  }
}

standWhereThePersonIs("judge");

const command = new Command("npm run judge --")
  .description("Judges a preview by the rules of the policy pack, before anything is made")
  .argument("[file]", 'what "pulumi preview --json --show-sames" printed (default: standard input)')
  .option("--stack <name>", "run the preview of this stack, in this folder, with the Pulumi CLI on PATH")
  .option("--plan <file>", "what its --save-plan --show-secrets wrote; without it, secrets are not judged")
  .option("--policy-config <file>", "levels and keys, as for --policy-pack-config")
  .option("--json", "print the findings as JSON", false)
  .addHelpText("after", "\nEnds with 1 where something mandatory is found, with 2 where nothing could be judged.")
  .action(async (file: string | undefined, options: Options) => {
    if (options.stack !== undefined && (file ?? options.plan) !== undefined) {
      throw new UnusableInput("--stack makes a preview and a plan of its own; leave out the file and --plan");
    }
    process.exitCode = await main(file, options);
  });

void runCommand(command, { document, failed: 2 });
