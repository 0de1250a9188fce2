/** Probes that have to be sent from a caller's own network: one job for each service, job or worker pool that sends any. */
import { type AccessGraph, callerName } from "../../../mesh";
import { type Probe, probes, type TokenCase } from "../../probes";
import type { Observed } from "../../result";
import { NotProbed, unsendable } from "../not-probed";
import { observedOf } from "../observed";
import type { JobOutput } from "../probe-script";
import { deleteLeftOvers } from "./cleanup";
import { type JobPlan, runProbeJob } from "./probe-job";
import type { JobTools } from "./tools";

/** Jobs at a time: each takes addresses of the subnetwork. */
const AT_ONCE = 4;

export class ProbeJobs {
  #runs: Promise<ReadonlyMap<string, Promise<JobOutput>>> | undefined;
  readonly #plans: ReadonlyMap<string, JobPlan>;

  /**
   * @param urls the stack's output `urls`
   * @param accounts the stack's output `serviceAccounts`
   */
  constructor(
    private readonly graph: AccessGraph,
    urls: Readonly<Record<string, string>>,
    accounts: Readonly<Record<string, string>>,
    private readonly tools: JobTools,
  ) {
    this.#plans = plansOf(graph, urls, accounts);
  }

  /** The first one starts all jobs. @throws NotProbed */
  async send(probe: Probe): Promise<Observed> {
    const sender = senderOf(probe, this.graph);
    if (sender === undefined) throw new NotProbed("no service of the mesh sends its requests through a VPC network");
    const plan = this.#plans.get(sender);
    const target = plan?.targets.findIndex(({ key }) => key === probe.to) ?? -1;
    const token = plan?.targets[target]?.tokens.indexOf(probe.token) ?? -1;
    if (!plan || token < 0) throw new NotProbed(`the stack's outputs lack ${sender} or ${probe.to}; run "npm run up"`);
    this.#runs ??= this.#start();
    const output = await (await this.#runs).get(sender)!;
    const seen = output.results[target]![token]!;
    return typeof seen === "string" ? { notProbed: seen } : observedOf(output.answers[seen]!);
  }

  /** Waits until every job that was made is deleted. */
  async close(): Promise<void> {
    await Promise.allSettled([...((await this.#runs) ?? new Map()).values()]);
  }

  async #start(): Promise<ReadonlyMap<string, Promise<JobOutput>>> {
    await deleteLeftOvers(this.tools);
    const lanes: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
    const runs = new Map<string, Promise<JobOutput>>();
    for (const [i, plan] of [...this.#plans.values()].entries()) {
      const run = lanes[i % AT_ONCE]!.then(() => runProbeJob(plan, this.tools));
      lanes[i % AT_ONCE] = run.catch(() => {});
      runs.set(plan.service, run);
    }
    return runs;
  }
}

/** Who can send a probe. From the VPC network in nobody's name: any service that sends its requests through it. */
function senderOf({ from }: Probe, { services }: AccessGraph): string | undefined {
  if (typeof from === "object") return callerName(from);
  return services.find(({ vpc }) => vpc && (vpc.egress === "all-traffic" || vpc.privateDnsZone))?.key;
}

/** Whether a probe is one that a job can send: from inside, and not in the name of a person or of a foreign workload. */
export function needsJob({ caller, from }: Probe): boolean {
  return typeof from === "object" || (from === "vpc" && caller === undefined);
}

function plansOf(
  graph: AccessGraph,
  urls: Readonly<Record<string, string>>,
  accounts: Readonly<Record<string, string>>,
): Map<string, JobPlan> {
  const wanted = new Map<string, Map<string, Set<TokenCase>>>();
  for (const probe of probes(graph).filter(needsJob)) {
    const sender = unsendable(probe.token) ? undefined : senderOf(probe, graph);
    if (sender === undefined || urls[probe.to] === undefined) continue;
    const targets = wanted.get(sender) ?? new Map<string, Set<TokenCase>>();
    wanted.set(sender, targets.set(probe.to, (targets.get(probe.to) ?? new Set()).add(probe.token)));
  }
  return new Map(
    [...wanted].flatMap(([service, targets]): [string, JobPlan][] => {
      const found = placeOf(service, graph);
      const account = accounts[service];
      if (found === undefined || account === undefined) return [];
      const list = [...targets].map(([key, tokens]) => ({ key, url: urls[key]!, tokens: [...tokens] }));
      return [[service, { service, ...found, account, targets: list }]];
    }),
  );
}

function placeOf(sender: string, { services, jobs, workerPools }: AccessGraph) {
  for (const [kind, nodes] of [
    ["services", services],
    ["jobs", jobs],
    ["workerPools", workerPools],
  ] as const) {
    const node = nodes.find(({ key }) => key === sender);
    if (node) return { kind, serviceName: node.name };
  }
  return undefined;
}
