import { execFileSync } from "node:child_process";
import { join } from "node:path";
import Table from "cli-table3";
import { contenders, OURS, startServers } from "./contenders";
import { findWrk, spread } from "./load";
import { memory } from "./memory";
import { judgeSpeed, type Speed, speed, type Verdict } from "./speed";

export interface Settings {
  /** Connections of the load. */
  readonly connections: number;
  /** Length of one round of one proxy. */
  readonly seconds: number;
  readonly rounds: number;
  /** Idle clients of an event stream. */
  readonly clients: number;
  /** @default both */
  readonly only?: "speed" | "memory";
}

export const DEFAULTS: Settings = { connections: 64, seconds: 5, rounds: 5, clients: 5_000 };

export interface Result {
  readonly speeds: readonly Speed[];
  readonly verdicts: readonly Verdict[];
  /** Set where nothing was measured. */
  readonly missing?: string;
}

/** The auth proxy beside its peers, in one run on one machine. About six minutes with the defaults. */
export async function authProxyBench(settings: Settings, tell: (line: string) => void): Promise<Result> {
  if (!(await findWrk())) {
    return {
      speeds: [],
      verdicts: [],
      missing: "wrk (Debian and Ubuntu: apt-get install wrk; macOS: brew install wrk)",
    };
  }
  execFileSync(process.execPath, [join(__dirname, "../../services/runtime/tools/build-if-stale.mjs")]);
  const all = contenders(tell);
  for (const { name, missing } of all) if (missing) tell(`not run: ${name} (missing: ${missing})`);
  const list = all.filter(({ missing }) => !missing);
  const ours = list.find(({ name }) => name === OURS)!;
  const servers = await startServers();
  try {
    const speeds = settings.only === "memory" ? [] : await speed(list, servers, settings, tell);
    const held = settings.only === "speed" ? [] : await memory(ours, servers, settings.clients, tell);
    return { speeds, verdicts: [...(speeds.length > 0 ? judgeSpeed(speeds) : []), ...held] };
  } finally {
    servers.close();
  }
}

/** What each proxy reached: medians of the rounds, with the least and the most. */
export function ratesTable(speeds: readonly Speed[]): string {
  const table = new Table({
    head: ["proxy", "requests/s", "CPU a request", "p50", "p99"],
    style: { head: [], border: [] },
  });
  for (const { name, loads } of speeds) {
    table.push([
      name,
      spread(
        loads.map((load) => load.requestsPerSecond),
        "",
        0,
      ).replace("  ", " "),
      spread(
        loads.map((load) => load.cpuMicrosPerRequest),
        "µs",
        0,
      ),
      spread(
        loads.map((load) => load.p50Ms),
        "ms",
        1,
      ),
      spread(
        loads.map((load) => load.p99Ms),
        "ms",
        1,
      ),
    ]);
  }
  return table.toString();
}
