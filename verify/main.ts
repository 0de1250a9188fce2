/**
 * `npm run verify`: sends a request for every permission and for everything that is none, and shows what came of it; reads
 * who else is let in, and names whom the config does not declare.
 */
import "../tools/command/temporary-folder";

import * as path from "node:path";
import { styleText } from "node:util";
import { Command, InvalidArgumentError, Option } from "commander";
import { endWithNpm } from "../sandbox/children/end-with-npm";
import { readStackConfigFile } from "../sandbox/engine";
import { JsonDocument } from "../tools/command/document";
import { runCommand } from "../tools/command/run";
import { CHECKOUT, defaultStackConfig, fromHere, standWhereThePersonIs } from "../tools/person";
import { openDeployed } from "./deployed/open";
import { type GrantReport, isSound } from "./grants/judge";
import { grantsText } from "./grants/report";
import { probes } from "./probes";
import { VerifyReport } from "./report";
import { type Result, verify } from "./result";
import { verifyInSandbox } from "./sandbox";

interface Options {
  readonly stack?: string;
  readonly jobs?: boolean;
  readonly memberOf?: readonly string[];
  readonly as?: string;
  readonly deployers?: readonly string[];
  readonly json?: boolean;
}

const document = new JsonDocument();
const say = (line: string) => console.error(line);

async function main(file: string, options: Options): Promise<number> {
  const { stack, json } = options;
  const done = progress();
  document.add({ target: stack ?? "sandbox" });
  const { results, grants } = await (stack === undefined ? inSandbox(file, done) : onGoogleCloud(stack, options, done));
  const isProven = results.every(({ outcome }) => outcome === "as expected") && isSound(grants);
  document.print({ ok: isProven, results, grants });
  if (!json) {
    const colours = process.stdout.isTTY === true;
    const report = new VerifyReport(colours);
    console.log(`${report.table(results)}\n${grantsText(grants, colours)}\n${report.summary(results)}`);
  }
  return isProven ? 0 : 1;
}

/** What came of the probes, and who is let in. */
interface Verified {
  readonly results: Result[];
  readonly grants: GrantReport;
}

function inSandbox(file: string, onResult: (result: Result) => void): Promise<Verified> {
  const stackConfig = readStackConfigFile(CHECKOUT, path.resolve(file));
  say(`${fromHere(path.resolve(file))} in the sandbox`);
  return verifyInSandbox(CHECKOUT, stackConfig, { onResult, onProgress: (line) => say(`  ${line}`) });
}

async function onGoogleCloud(
  stack: string,
  { jobs = false, memberOf = [], deployers = [], as: impersonate }: Options,
  onResult: (result: Result) => void,
): Promise<Verified> {
  const interrupt = new AbortController();
  const stop = () => {
    say("interrupted; taking down what was made for the probes");
    interrupt.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const deployed = await openDeployed({
    stack,
    projectFolder: CHECKOUT,
    jobs,
    memberOf,
    deployers,
    impersonate,
    onProgress: say,
    signal: interrupt.signal,
  });
  try {
    say(`the stack "${deployed.target.name}" on Google Cloud${jobs ? ", with jobs of its own" : ""}`);
    const [results, grants] = await Promise.all([
      verify(probes(deployed.graph), deployed.target, onResult),
      deployed.grants(),
    ]);
    return { results, grants };
  } finally {
    await deployed.close();
  }
}

/** A line that counts on a terminal; elsewhere only what is not as expected is told while it goes on. */
function progress(): (result: Result) => void {
  let count = 0;
  return ({ probe, outcome }) => {
    count += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r${styleText("dim", `${count} probes sent`)}\x1b[K\r`);
    else if (outcome !== "as expected")
      say(`${outcome}: ${probe.caller ?? "nobody"} -> ${probe.to}, token ${probe.token}`);
  };
}

/** A member without its kind would be found nowhere, and nobody would say why. */
function members(member: string, others: readonly string[] = []): string[] {
  if (!/^(user|group|serviceAccount):.+@|^principal(Set)?:\/\//.test(member)) {
    throw new InvalidArgumentError("Write a member as IAM does, e.g. user:ada@acme.com.");
  }
  return [...others, member];
}

standWhereThePersonIs("verify");
endWithNpm("verify");

const command = new Command("npm run verify --")
  .description(
    "Sends a request for every permission of a stack and for everything that is none, wrong tokens included, and shows " +
      "what came of each; reads the IAM policies, and names whom the config does not declare. In the sandbox, unless a " +
      "stack is named; fails if a probe was not as expected or could not be sent, or if somebody else is let in",
  )
  .argument("[stack config]", "a Pulumi.STACK.yaml or any file like it, for the sandbox", defaultStackConfig())
  .addOption(new Option("--stack <stack>", "a stack that is deployed on Google Cloud").env("MESH_STACK"))
  .addOption(
    new Option("--jobs", "send probes as the services, from temporary Cloud Run jobs in your project").env(
      "MESH_PROBE_JOBS",
    ),
  )
  .option("--member-of <members...>", "members that your credentials belong to, e.g. group:support@acme.com", members)
  .option(
    "--deployers <members...>",
    "members who may change what the mesh made, e.g. serviceAccount:ci@acme.iam.gserviceaccount.com",
    members,
  )
  .option("--as <account>", "e-mail address of a service account to impersonate")
  .option("--json", "print the results as JSON")
  .action(async (file: string, options: Options) => {
    process.exitCode = await main(file, options);
  });

void runCommand(command, { document });
