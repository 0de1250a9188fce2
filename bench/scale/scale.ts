/** What a mesh costs on the real engine as it grows, beside a bare program that registers the same resources. */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import * as path from "node:path";
import Table from "cli-table3";
import { openControlPlane, serveProvider } from "../../sandbox/control-plane";
import { findPulumi } from "../../sandbox/engine";
import { temporaryFolder, withoutCredentials } from "../../tests/support/pulumi-cli";
import type { Figures } from "../measure";
import type { ScaleResult, ScaleRun } from "./run";

const SIZES = [3, 30, 300, 3_000];
const PROGRAMS = ["mesh", "bare"] as const;

/** How often each is run: the smaller, the more its time is a matter of luck. */
const roundsOf = (services: number, rounds: number) => (services >= 1000 ? Math.min(rounds, 2) : rounds);

export async function scaleFigures(rounds: number, tell: (line: string) => void): Promise<Figures> {
  const cli = await findPulumi({ obtain: true, onProgress: tell });
  if (!cli.found) return { measured: [], verdicts: [], notRun: [`scale (${cli.reasons.join("; ")})`] };
  const folder = temporaryFolder();
  const controlPlane = openControlPlane({ missing: "assume" });
  const served = await serveProvider(controlPlane);
  try {
    const rows: Row[] = [];
    for (const services of SIZES) {
      const seen = new Map(PROGRAMS.map((program) => [program, [] as ScaleResult[]]));
      for (let round = 0; round < roundsOf(services, rounds); round++) {
        for (const program of PROGRAMS) {
          const stateFolder = path.join(folder, `${program}-${services}`);
          seen.get(program)!.push(await run({ program, services, cli, stateFolder, port: served.port }));
        }
      }
      const row = { services, mesh: middle(seen.get("mesh")!), bare: middle(seen.get("bare")!) };
      tell(`${services} services: ${seconds(row.mesh.ms)}, bare ${seconds(row.bare.ms)}`);
      rows.push(row);
    }
    return { measured: [], verdicts: judge(rows), tables: [tableOf(rows)] };
  } finally {
    await served.close();
    controlPlane.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Row {
  readonly services: number;
  readonly mesh: ScaleResult;
  readonly bare: ScaleResult;
}

function judge(rows: readonly Row[]) {
  const [large, middling] = [rows.at(-1)!, rows.at(-2)!];
  const ratio = large.mesh.ms / large.bare.ms;
  const each = (row: Row) => row.mesh.ms / row.services;
  const growth = each(large) / each(middling);
  const memory = large.mesh.maxRssMib / large.bare.maxRssMib;
  return [
    {
      promise: `${large.services} services take at most 1.1 x a bare program`,
      measured: `${ratio.toFixed(2)} x`,
      kept: ratio <= 1.1,
    },
    {
      promise: `linear: a service among ${large.services} takes at most 1.25 x one among ${middling.services}`,
      measured: `${growth.toFixed(2)} x`,
      kept: growth <= 1.25,
    },
    {
      promise: `${large.services} services take at most 1.1 x the memory of a bare program`,
      measured: `${memory.toFixed(2)} x`,
      kept: memory <= 1.1,
    },
  ];
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ["services", "resources", "mesh", "bare", "ratio", "mesh MiB", "bare MiB"],
    style: { head: [], border: [] },
    colAligns: Array(7).fill("right"),
  });
  for (const { services, mesh, bare } of rows) {
    const ratio = (mesh.ms / bare.ms).toFixed(2);
    const memory = [mesh, bare].map(({ maxRssMib }) => Math.round(maxRssMib));
    table.push([services, mesh.resources, seconds(mesh.ms), seconds(bare.ms), ratio, ...memory]);
  }
  return table.toString();
}

function middle(results: readonly ScaleResult[]): ScaleResult {
  return results.toSorted((a, b) => a.ms - b.ms)[Math.floor((results.length - 1) / 2)]!;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function run(task: ScaleRun): Promise<ScaleResult> {
  const args = ["-r", path.join(__dirname, "../../tools/typescript.cjs"), path.join(__dirname, "run.ts")];
  const env = withoutCredentials(process.env);
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      [...args, JSON.stringify(task)],
      { env, maxBuffer: 64 << 20 },
      (error, stdout, stderr) =>
        error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(JSON.parse(stdout) as ScaleResult),
    ),
  );
}
