import { BARE, type Contender, FASTIFY, GO, OURS, OURS_LOGGING, type Servers, type Started, start } from "./contenders";
import { type Load, median, spread, wrk } from "./load";

export interface Speed {
  readonly name: string;
  /** One per round. */
  readonly loads: readonly Load[];
}

export interface Verdict {
  readonly promise: string;
  readonly measured: string;
  readonly kept: boolean;
}

/** All contenders at once, each loaded in turn, round after round: a busy machine is busy for all of them. */
export async function speed(
  list: readonly Contender[],
  servers: Servers,
  { connections, seconds, rounds }: { connections: number; seconds: number; rounds: number },
  tell: (line: string) => void,
): Promise<Speed[]> {
  const running: [Contender, Started][] = [];
  try {
    for (const contender of list) running.push([contender, await start(contender, servers)]);
    const load = ({ url, process }: Started, time: number) => wrk(`${url}/`, process.pid!, connections, time);
    for (const [, started] of running) await load(started, Math.max(2, Math.ceil(seconds / 2)));
    const loads = new Map(running.map(([{ name }]) => [name, [] as Load[]]));
    for (let round = 1; round <= rounds; round++) {
      const turn = round % 2 === 0 ? running.toReversed() : running;
      for (const [{ name }, started] of turn) loads.get(name)!.push(await load(started, seconds));
      tell(`round ${round} of ${rounds}`);
    }
    return [...loads].map(([name, all]) => ({ name, loads: all }));
  } finally {
    for (const [, started] of running) await started.stop();
  }
}

/** The promises about speed; each against the peer's figures of the same rounds. */
export function judgeSpeed(speeds: readonly Speed[]): Verdict[] {
  const of = (name: string) => speeds.find((speed) => speed.name === name);
  const ours = of(OURS)!;
  const verdicts: Verdict[] = [];
  const ratio = (promise: string, mine: Speed, peer: string, least: number) => {
    const other = of(peer);
    if (!other) return;
    const ratios = mine.loads.map((load, at) => load.requestsPerSecond / other.loads[at]!.requestsPerSecond);
    verdicts.push({ promise, measured: spread(ratios, "x", 2), kept: median(ratios) >= least });
  };
  ratio("at least 0.85 of the bare pipe's requests per second", ours, BARE, 0.85);
  ratio("at least 0.75 of them with a log line a request", of(OURS_LOGGING)!, BARE, 0.75);
  ratio("at least 1.5 x @fastify/http-proxy's", ours, FASTIFY, 1.5);
  ratio("at least 1.0 x the Go proxy's", ours, GO, 1);
  const bare = of(BARE);
  if (bare) {
    const ratios = ours.loads.map((load, at) => load.p99Ms / bare.loads[at]!.p99Ms);
    const kept = median(ratios) <= 1.25;
    verdicts.push({ promise: "p99 at most 1.25 x the bare pipe's", measured: spread(ratios, "x", 2), kept });
  }
  const errors = ours.loads.reduce((sum, load) => sum + load.errors, 0);
  verdicts.push({ promise: "no request fails under load", measured: `${errors} failed`, kept: errors === 0 });
  return verdicts;
}
