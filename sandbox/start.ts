/** `npm start`: deploys a stack config with the policy pack into the sandbox, and tells what came of it. */
import { rmSync } from "node:fs";
import * as path from "node:path";
import { Command, Option } from "commander";
import { EngineError, readStackConfigFile } from "./engine";
import type { Progress } from "./engine/result";
import { isComponent, Report, summary } from "./report";
import { ENGINES, type EngineChoice, openSandbox } from "./sandbox";

interface Options {
  readonly engine: EngineChoice;
  readonly state: string;
  readonly fresh?: boolean;
  readonly recover?: boolean;
  readonly json?: boolean;
}

async function start(file: string, { engine, state, fresh, recover, json }: Options): Promise<number> {
  const projectFolder = path.dirname(__dirname);
  const report = new Report(
    json ? (line) => console.error(line) : (line) => console.log(line),
    (json ? process.stderr : process.stdout).isTTY === true,
  );
  const stackConfig = readStackConfigFile(projectFolder, path.resolve(file));
  const stateFolder = path.resolve(state, stackConfig.stack);
  if (fresh) rmSync(stateFolder, { recursive: true, force: true });

  const sandbox = await openSandbox({
    projectFolder,
    stackConfig,
    stateFolder,
    engine,
    onEvent: (event) => {
      if (event.kind === "assumed") report.line(`  assumed to exist: ${event.resource.id}`);
      if (event.kind === "unhandled") report.line(`  the sandbox does not know ${event.type}; it is stored as it is`);
    },
  });
  try {
    report.line(
      `${path.relative(process.cwd(), path.resolve(file))} into the sandbox, with the policy pack, on ${sandbox.engine.description}`,
    );
    report.heading("Resources");
    const onEvent = (progress: Progress) => report.progress(progress);
    const recovered = recover ? await sandbox.engine.run("recover", { onEvent }) : undefined;
    const result = recovered?.ok === false ? recovered : await sandbox.engine.run("up", { onEvent });
    const resources = result.steps.filter((step) => !isComponent(step));
    report.line(`  ${summary(result.steps)} in ${(result.durationMs / 1000).toFixed(1)} s`);
    report.verdicts(result.findings, resources.length);
    if (result.ok) {
      const { urls, serviceAccounts, accessMatrix } = result.outputs as unknown as Outputs;
      report.matrix(accessMatrix, Object.keys(urls));
      report.urls(urls, serviceAccounts);
    }
    report.problems(result);
    if (json) console.log(JSON.stringify(result, undefined, 2));
    if (result.interrupted) return 130;
    return result.ok ? 0 : 1;
  } finally {
    await sandbox.close();
  }
}

interface Outputs {
  readonly urls: Record<string, string>;
  readonly serviceAccounts: Record<string, string>;
  readonly accessMatrix: { caller: string; callee: string; until?: string }[];
}

new Command("npm start --")
  .description(
    "Deploys a stack config with the policy pack into the sandbox: Google Cloud on this machine, no account needed",
  )
  .argument("[stack config]", "a Pulumi.STACK.yaml or a file in examples/", "Pulumi.dev.yaml")
  .addOption(
    new Option("--engine <engine>", "the real Pulumi engine, or the embedded one that only creates")
      .choices(ENGINES)
      .default("auto"),
  )
  .option("--state <folder>", "where state is kept between runs", ".sandbox")
  .option("--fresh", "forget the state of earlier runs first")
  .option("--recover", "first bring the state in line after a run that was killed or lost an answer")
  .option("--json", "print the result as JSON on standard output, the report on standard error")
  .action(async (file: string, options: Options) => {
    process.exitCode = await start(file, options);
  })
  .parseAsync()
  .catch((error: Error) => {
    console.error(
      error instanceof EngineError || error.name === "ControlPlaneError" ? `error: ${error.message}` : error,
    );
    process.exitCode = 1;
  });
