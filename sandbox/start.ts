/** `npm start`: deploys a stack config with the policy pack into the sandbox, runs it, and proves every edge. */
import "../tools/command/temporary-folder";

import * as path from "node:path";
import { Command, Option } from "commander";
import { JsonDocument } from "../tools/command/document";
import { runCommand } from "../tools/command/run";
import { CHECKOUT, defaultStackConfig, fromHere, STATE, standWhereThePersonIs } from "../tools/person";
import { VerifyReport } from "../verify/report";
import { verifyRunning } from "../verify/sandbox";
import { endWithNpm } from "./children/end-with-npm";
import { decisionLine, openDecisionFile } from "./data-plane";
import { deploy } from "./deploy";
import { type EngineResult, failureOf, type ProjectConfig, readStackConfigFile } from "./engine";
import { type MeshPlace, retyped } from "./hints";
import { Report } from "./report";
import {
  announce,
  openBrowserEntrance,
  openLaptops,
  openLoopbackEntrance,
  othersRunning,
  RunningMesh,
  type StackOutputs,
} from "./running";
import { ENGINES, type EngineChoice, openSandbox, type Sandbox } from "./sandbox";
import { stateName } from "./state-name";

interface Options {
  readonly engine: EngineChoice;
  readonly state: string;
  readonly fresh?: boolean;
  readonly recover?: boolean;
  readonly once?: boolean;
  readonly logs?: boolean;
  readonly json?: boolean;
}

interface Run {
  readonly stackConfig: ProjectConfig;
  readonly stateFolder: string;
  readonly options: Options;
  readonly report: Report;
  readonly colours: boolean;
}

const document = new JsonDocument();

async function start(file: string, options: Options): Promise<number> {
  const { engine, state, fresh, recover = false, json } = options;
  const colours = (json ? process.stderr : process.stdout).isTTY === true;
  const report = new Report(json ? (line) => console.error(line) : (line) => console.log(line), colours);
  const stackConfig = readStackConfigFile(CHECKOUT, path.resolve(file));
  const stateFolder = path.resolve(state, stateName(stackConfig, CHECKOUT));
  const sandbox = await openSandbox({
    projectFolder: CHECKOUT,
    stackConfig,
    stateFolder,
    fresh,
    engine,
    retyped: retyped(process.argv.slice(2)),
    onEvent: (event) => {
      if (event.kind === "assumed") report.line(`  assumed to exist: ${event.resource.id}`);
      if (event.kind === "unhandled") report.line(`  the sandbox does not know ${event.type}; it is stored as it is`);
    },
  });
  try {
    report.line(
      `${fromHere(path.resolve(file))} into the sandbox, with the policy pack, on ${sandbox.engine.description}`,
    );
    const result = await deploy(sandbox, recover, report);
    document.add(result);
    if (result.ok) return await runServices(sandbox, result, { stackConfig, stateFolder, options, report, colours });
    const error = failureOf(result);
    if (result.findings.some(({ level }) => level === "mandatory")) console.error(`error: ${error}`);
    document.print({ error });
    return result.interrupted ? 130 : 1;
  } finally {
    await sandbox.close();
  }
}

/** Runs what was deployed until somebody stops it, after every probe has been sent. */
async function runServices({ controlPlane }: Sandbox, result: EngineResult, run: Run): Promise<number> {
  const { stackConfig, stateFolder, options, report, colours } = run;
  const outputs = result.outputs as unknown as StackOutputs;
  const logFile = path.join(stateFolder, "decisions.jsonl");
  const tell = (line: string) => report.line(`  ${line}`);
  const log = openDecisionFile(logFile, { tell });
  const stopped = new Promise<undefined>((resolve) => {
    // Not once: with nobody listening any more, the data plane would let the signal end this process after its own.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve(undefined));
  });
  report.heading("Processes");
  const started = performance.now();
  const opening = RunningMesh.open({
    controlPlane,
    stackConfig,
    outputs,
    homes: path.join(stateFolder, "homes"),
    onDecision: (decision) => log.write(decision),
    onLog: ({ service, stream, line }) => {
      if (stream === "sandbox" || options.logs) report.line(`  ${service} | ${line}`);
    },
  });
  const mesh = await Promise.race([opening, stopped]);
  if (!mesh) {
    opening.then((late) => late.close()).catch(() => {});
    await log.close();
    return interrupted();
  }
  try {
    report.processes(mesh.plane.stats, performance.now() - started);
    report.heading("Who may call what: sent and seen");
    const results = await Promise.race([verifyRunning(mesh, stackConfig), stopped]);
    if (!results) return interrupted();
    const proof = new VerifyReport(colours);
    report.line(proof.matrix(results));
    const wrong = results.filter(({ outcome }) => outcome !== "as expected");
    if (wrong.length > 0) report.line(proof.table(wrong));
    report.line(`  ${proof.summary(results)}`);
    const outcome =
      wrong.length > 0 ? { ok: false, error: `${wrong.length} of ${results.length} probes were not as expected` } : {};
    document.print({ ...outcome, probes: results });
    if (options.once) return wrong.length > 0 ? 1 : 0;

    const { invitation, withdraw } = await announce(mesh, stateFolder, tell);
    const entrances = await openEntrances(mesh);
    const gateway = await openLoopbackEntrance(mesh.plane);
    const laptops = await openLaptops(mesh, outputs, { projectFolder: CHECKOUT, stateFolder, tell });
    const stopWatching = mesh.watch((decision) => report.line(decisionLine(decision)));
    const people = mesh.people.map(({ name, email }) => name ?? email);
    report.browsers(entrances, gateway && { url: `${gateway.url}/`, people });
    if (laptops.all.length > 0) report.heading("Call from a laptop, in another terminal");
    for (const { command, as } of laptops.all) report.line(`  ${command}    # ${as}`);
    if (invitation) report.invitation(invitation, meshPlace(stateFolder));
    report.running(stackConfig.stack, fromHere(logFile));
    await stopped;
    stopWatching();
    laptops.withdraw();
    await Promise.all([withdraw(), gateway?.close(), ...entrances.map((entrance) => entrance.close())]);
    return 0;
  } finally {
    await mesh.close();
    await log.close();
  }
}

/** With the mesh's name where others run: a command without it would not know which is meant. */
function meshPlace(stateFolder: string): MeshPlace {
  const [stateRoot, name] = [path.dirname(stateFolder), path.basename(stateFolder)];
  return { stateRoot, ...(othersRunning(stateRoot, name).length > 0 && { mesh: name }) };
}

function interrupted(): number {
  document.print({ ok: false, interrupted: true, error: "interrupted" });
  return 130;
}

/** One for each service that people sign in to at its own URL, as the first who may. */
function openEntrances(mesh: RunningMesh) {
  const services = mesh.services.filter(({ isBehindIap }) => isBehindIap);
  return Promise.all(
    services.map(async (service) => {
      const person = mesh.identity(undefined, service);
      const entrance = await openBrowserEntrance(mesh.plane, person, service.url);
      return { ...entrance, service: service.key, as: person.email };
    }),
  );
}

standWhereThePersonIs("start");
endWithNpm("start");

const command = new Command("npm start --")
  .description(
    "Deploys a stack config with the policy pack into the sandbox, runs its services and proves who may call whom: " +
      "Google Cloud on this machine, no account needed",
  )
  .argument("[stack config]", "a Pulumi.STACK.yaml or any file like it", defaultStackConfig())
  .addOption(
    new Option("--engine <engine>", "the real Pulumi engine, or the embedded one that only creates")
      .choices(ENGINES)
      .default("auto"),
  )
  .option("--state <folder>", "where state is kept between runs", STATE)
  .option("--fresh", "forget the state of earlier runs first")
  .option("--recover", "first bring the state in line after a run that was killed or lost an answer")
  .option("--once", "end when every probe has been sent; fails if one was not as expected")
  .option("--logs", "show what the services write")
  .option("--json", "print the result as JSON on standard output, the report on standard error")
  .action(async (file: string, options: Options) => {
    process.exitCode = await start(file, options);
  });

void runCommand(command, { document });
