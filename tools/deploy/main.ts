/** `npm run preview|up|destroy`: the person's own Pulumi CLI on a real project, after the checks that a first user needs. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { runCommand } from "../command/run";
import { standWhereThePersonIs } from "../person";
import { checkDeployment, type DeployOperation } from "./checks";
import { googleFromDefaultCredentials } from "./google";
import { PulumiCli } from "./pulumi-cli";

/** Where npm runs this: the folder with Pulumi.yaml. */
const projectFolder = process.cwd();
standWhereThePersonIs("preview", "up", "destroy");

async function deploy(
  operation: DeployOperation,
  stack: string | undefined,
  options: { google: boolean; yes?: boolean },
): Promise<number> {
  const cli = await PulumiCli.find(projectFolder);
  const checked = await checkDeployment(operation, stack, {
    projectFolder,
    cli,
    google: options.google ? googleFromDefaultCredentials() : undefined,
    today: new Date().toISOString().slice(0, 10),
  });
  if (checked.obstacles.length > 0) {
    console.error(`${operation}: nothing was changed; first`);
    for (const { message } of checked.obstacles) console.error(`  - ${message}`);
    return 1;
  }
  const policy = operation === "destroy" ? [] : ["--policy-pack", join(projectFolder, "policy")];
  const consent = options.yes && operation !== "preview" ? ["--yes"] : [];
  return run(["--stack", checked.stack!, ...policy, ...consent]);

  /** Ctrl-C reaches the CLI as well, other signals are passed on; it ends in good order, and this process waits for it. */
  function run(args: readonly string[]): Promise<number> {
    const child = spawn("pulumi", [operation, ...args], { cwd: projectFolder, stdio: "inherit" });
    process.on("SIGINT", () => {});
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill("SIGINT"));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? (signal ? 130 : 1)));
    });
  }
}

const program = new Command("deploy").description("Deploys a stack to Google Cloud, after checking what it takes");
for (const [operation, what] of [
  ["preview", "Shows what an update would change, judged by the policy pack"],
  ["up", "Updates the stack, judged by the policy pack"],
  ["destroy", "Removes everything that the stack made"],
] as const) {
  program
    .command(operation)
    .description(what)
    .argument("[stack]", "stack, e.g. dev (default: the selected one)")
    .option("--no-google", "leave out the checks that ask Google: credentials and permissions")
    .option("--yes", "do not ask before changing anything")
    .action(async (stack: string | undefined, options: { google: boolean; yes?: boolean }) => {
      process.exitCode = await deploy(operation, stack, options);
    });
}

void runCommand(program);
