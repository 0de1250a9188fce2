/** Preview of the dev stack with the policy pack, as people run it, beside the same resources written the usual way. */

import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { openControlPlane, serveProvider } from "../sandbox/control-plane";
import { findPulumi, type PulumiFound } from "../sandbox/engine";
import { plainPulumi } from "../tests/support/plain-pulumi";
import { temporaryFolder } from "../tests/support/pulumi-cli";
import { type Contender, type Figures, measure, type Verdict } from "./measure";

const ROOT = path.join(__dirname, "..");

export async function previewFigures(rounds: number, tell: (line: string) => void): Promise<Figures> {
  const cli = await findPulumi({ obtain: true, onProgress: tell });
  if (!cli.found) return { measured: [], verdicts: [], notRun: [`previews (${cli.reasons.join("; ")})`] };
  tell(`previews with Pulumi ${cli.version}`);
  const { contenders, peakMib, close } = await previewBench(cli);
  try {
    const measured = await measure(contenders, rounds, tell);
    const verdicts = judge(measured.map(({ median }) => median));
    return { measured, verdicts: [...verdicts, judgeMemory(peakMib(BARE), peakMib(WRONG))] };
  } finally {
    await close();
  }
}

function judge([ours, usual, empty, bare, wrong]: readonly number[]): Verdict[] {
  const ratio = ours! / usual!;
  const added = (ours! - bare!) / (empty! - bare!);
  return [
    {
      promise: "preview with the pack takes at most a fifth of the usual way",
      measured: `${ratio.toFixed(2)} of it`,
      kept: ratio <= 0.2,
    },
    {
      promise: "the pack adds at most 1.2 x what an empty JavaScript pack adds",
      measured: `${added.toFixed(2)} x`,
      kept: added <= 1.2,
    },
    {
      promise: "a wrong config is told in the time of a preview",
      measured: `${(wrong! / bare!).toFixed(2)} of it`,
      kept: wrong! <= bare! * 1.1,
    },
  ];
}

function judgeMemory(bare: number, wrong: number): Verdict {
  return {
    promise: "a wrong config is told in the memory of a preview",
    measured: `${Math.round(wrong)} MiB, ${(wrong / bare).toFixed(2)} of it`,
    kept: wrong <= bare * 1.1,
  };
}

const BARE = "ours, without a pack";
const WRONG = "ours, with a wrong config";

interface PreviewBench {
  readonly contenders: readonly Contender[];
  /** Most memory of any node process in any run of a contender. */
  peakMib(contender: string): number;
  close(): Promise<void>;
}

async function previewBench(cli: PulumiFound): Promise<PreviewBench> {
  const folder = temporaryFolder();
  const controlPlane = openControlPlane({ missing: "assume" });
  const served = await serveProvider(controlPlane);
  const ours = makeOurs(path.join(folder, "ours"));
  const [bare, wrong] = [makeOurs(path.join(folder, "bare")), makeOurs(path.join(folder, "wrong"))];
  appendFileSync(path.join(wrong, "Pulumi.dev.yaml"), "  cloud-run-mesh:ingres: all\n");
  const usual = path.join(folder, "usual");
  cpSync(path.join(ROOT, "bench/conventional"), usual, { recursive: true });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));

  const peaksOf = (project: string) => `${project}-peaks`;
  const preview = async (project: string, policyPack?: string) => {
    const env = {
      ...plainPulumi({ cli, stateFolder: `${project}-state`, providers: { gcp: served.port } }),
      NODE_OPTIONS: `--require ${path.join(__dirname, "peak-memory.cjs")}`,
      PEAK_MEMORY_FILE: peaksOf(project),
    };
    const run = (...args: string[]) =>
      new Promise<void>((resolve, reject) =>
        execFile(cli.command, [...args, "--non-interactive"], { cwd: project, env }, (error, stdout, stderr) =>
          error ? reject(new Error(`${error.message}\n${stdout}${stderr}`)) : resolve(),
        ).stdin?.end(),
      );
    await run("stack", "select", "--create", "dev");
    return () => run("preview", ...(policyPack ? ["--policy-pack", policyPack] : []));
  };
  const refused = async (project: string) => {
    const run = await preview(project);
    return () =>
      run().then(
        () => assert.fail("a wrong config was previewed"),
        (error: Error) => assert.match(error.message, /problem in the stack config/),
      );
  };
  const runs = {
    "ours, with the pack": await preview(ours, path.join(ROOT, "policy")),
    "the usual way, with its pack": await preview(usual, path.join(usual, "policy")),
    "ours, with an empty JavaScript pack": await preview(ours, path.join(ROOT, "bench/empty-pack")),
    [BARE]: await preview(bare),
    [WRONG]: await refused(wrong),
  };
  const projects: Readonly<Record<string, string>> = { [BARE]: bare, [WRONG]: wrong };
  const peaks = (project: string) => readFileSync(peaksOf(project), "utf8").trim().split("\n").map(Number);
  return {
    contenders: Object.entries(runs).map(([name, run]) => ({ name, run })),
    peakMib: (contender) => Math.max(...peaks(projects[contender]!)) / 1024,
    close: async () => {
      await served.close();
      controlPlane.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeOurs(folder: string): string {
  mkdirSync(folder);
  for (const name of ["index.cjs", "index.ts", "package.json", "Pulumi.yaml", "Pulumi.dev.yaml"]) {
    copyFileSync(path.join(ROOT, name), path.join(folder, name));
  }
  for (const name of ["node_modules", "components", "mesh", "services", "tools"])
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  writeFileSync(path.join(folder, ".gitignore"), "*\n");
  return folder;
}
