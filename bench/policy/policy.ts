/** What the policy pack costs: for each resource, to start, and beside OPA and Checkov on the same stack. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { policyPack } from "../../policy/src/pack";
import { type Input, sdkAnalyzer } from "../../tests/policy/sdk-analyzer";
import { type Contender, type Figures, type Measured, measure, type Verdict } from "../measure";
import { peers, run } from "./peers";

const { pulumiStack, terraformPlan, FAULTY_EVERY } = require("./stack.cjs") as {
  pulumiStack: (services: number) => readonly Input[];
  terraformPlan: (services: number) => object;
  FAULTY_EVERY: number;
};

interface InProcess {
  readonly resources: number;
  readonly msPerResource: number;
  readonly maxRssMib: number;
}

const ROOT = path.join(__dirname, "../..");
const SIZES = [100, 1_000, 10_000];
const SERVICES = 1_000;

/** The pack has to be compiled: `npm run build`. */
export async function policyBench(rounds: number, tell: (line: string) => void): Promise<Figures> {
  const measured: Measured[] = [];
  const verdicts: Verdict[] = [];

  const sizes = [];
  for (const services of SIZES) {
    sizes.push(await inProcess(services));
    const { resources, msPerResource, maxRssMib } = sizes.at(-1)!;
    tell(`${resources} resources: ${us(msPerResource)} a resource, ${Math.round(maxRssMib)} MiB`);
  }
  verdicts.push(...judgeSizes(sizes));

  tell("through the policy SDK");
  measured.push(...(await measure(throughSdk(), rounds, () => {})));

  tell(`starts of the pack's host, ${rounds} rounds after one to warm up`);
  const [pack, empty] = await measure(
    [
      { name: "start of the pack's host", run: () => start(path.join(ROOT, "policy")) },
      { name: "start of an empty JavaScript pack's host", run: () => start(path.join(ROOT, "bench/empty-pack")) },
    ],
    rounds,
    () => {},
  );
  measured.push(pack!, empty!);
  const ratio = pack!.median / empty!.median;
  verdicts.push({
    promise: "the pack starts in at most 1.2 x the time of an empty JavaScript pack",
    measured: `${ratio.toFixed(2)} x`,
    kept: ratio <= 1.2,
  });

  const beside = await besidePeers(rounds, tell);
  return {
    measured: [...measured, ...beside.measured],
    verdicts: [...verdicts, ...beside.verdicts],
    notRun: beside.notRun,
  };
}

/** As the engine asks, without the engine: wire format, the SDK's deserialiser and its proxy, once for each rule. */
function throughSdk(): Contender[] {
  const analyzer = sdkAnalyzer(policyPack());
  const stack = pulumiStack(SERVICES);
  const requests = stack.map((resource) => analyzer.prepare(resource));
  return [
    {
      name: `through the policy SDK: ${stack.length} resources one by one`,
      run: async () => {
        for (const request of requests) await request();
      },
    },
    { name: `through the policy SDK: ${stack.length} resources as a stack`, run: () => analyzer.analyzeStack(stack) },
  ];
}

async function inProcess(services: number): Promise<InProcess> {
  const out = await run(process.execPath, [path.join(__dirname, "judge-in-process.cjs"), String(services)]);
  return JSON.parse(out) as InProcess;
}

function judgeSizes([small, middle, large]: readonly InProcess[]): Verdict[] {
  const each = [small!, middle!, large!];
  const growth = large!.msPerResource / small!.msPerResource;
  return [
    {
      promise: "in process, the whole pack takes at most 0.1 ms a resource for 1,000 services",
      measured: us(middle!.msPerResource),
      kept: middle!.msPerResource <= 0.1,
    },
    {
      promise: "linear: a resource of 10,000 services takes at most 1.5 x one of 100",
      measured: `${growth.toFixed(2)} x (${each.map(({ msPerResource }) => us(msPerResource)).join(", ")})`,
      kept: growth <= 1.5,
    },
    {
      promise: "10,000 services take under 512 MiB",
      measured: `${Math.round(large!.maxRssMib)} MiB`,
      kept: large!.maxRssMib < 512,
    },
  ];
}

const us = (ms: number) => `${Math.round(ms * 1000)} us`;

/** Until the host tells the engine its port, which it does once the pack is loaded. */
function start(pack: string): Promise<void> {
  const host = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const child = spawn(process.execPath, [host, "127.0.0.1:1", "."], { cwd: pack, stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the host of ${path.basename(pack)} ended with code ${code}`)));
    child.stdout.once("data", () => {
      child.removeAllListeners("exit");
      child.once("exit", () => resolve());
      child.kill("SIGKILL");
    });
  });
}

async function besidePeers(rounds: number, tell: (line: string) => void): Promise<Figures> {
  const folder = mkdtempSync(path.join(tmpdir(), "policy-bench-"));
  const write = (name: string, content: unknown) => {
    const file = path.join(folder, name);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  try {
    const [stack, none] = [write("stack.json", pulumiStack(SERVICES)), write("none.json", [])];
    const [plan, nothing] = [write("plan.json", terraformPlan(SERVICES)), write("nothing.json", terraformPlan(0))];
    const ours = async (file: string) =>
      Number(await run(process.execPath, [path.join(__dirname, "judge-file.cjs"), file]));
    const [opa, checkov] = peers();
    const notRun = [opa!, checkov!].flatMap(({ name, missing }) => (missing ? [`${name} (missing: ${missing})`] : []));

    const expected = (found: Promise<number>, count: number) => async () => {
      const got = await found;
      if (got !== count) throw new Error(`found ${got} grants to everybody, not ${count}`);
    };
    const faults = SERVICES / FAULTY_EVERY;
    const contenders = [
      { name: `the pack, ${SERVICES} services in a file`, run: () => expected(ours(stack), faults)() },
      { name: "the pack, an empty file", run: () => expected(ours(none), 0)() },
    ];
    if (!opa!.missing) {
      contenders.push(
        { name: `OPA, their Terraform plan, 8 rules`, run: () => expected(opa!.judge(plan), faults)() },
        { name: "OPA, an empty plan", run: () => expected(opa!.judge(nothing), 0)() },
      );
    }
    const measured = await measure(contenders, rounds, (line) => tell(`${line}, beside OPA`));
    const verdicts: Verdict[] = [];
    const [pack, packEmpty, peer, peerEmpty] = measured.map(({ median }) => median);
    if (peer !== undefined && peerEmpty !== undefined) {
      const [us, them] = [pack! - packEmpty!, peer - peerEmpty];
      verdicts.push({
        promise: "start-up apart, not slower than OPA",
        measured: `${Math.round(us)} ms, OPA ${Math.round(them)} ms`,
        kept: us <= them,
      });
    }
    if (!checkov!.missing) {
      tell("Checkov, once");
      const started = performance.now();
      await checkov!.judge(plan);
      const took = performance.now() - started;
      measured.push({ name: "Checkov, their Terraform plan, once", median: took, least: took, most: took });
      verdicts.push({
        promise: "at least 10 x faster than Checkov, start-up included",
        measured: `${(took / pack!).toFixed(0)} x`,
        kept: took / pack! >= 10,
      });
    }
    return { measured, verdicts, notRun };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
