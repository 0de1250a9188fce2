/**
 * Sends probes to a stack on Google Cloud: what comes from the internet from this machine, what comes from a service's
 * own network from a temporary job, if the person wants jobs. Whatever could not be sent, or whose answer proves nothing,
 * is `not probed`, with the reason.
 *
 * Not tried against Google Cloud. Its front end's pages and codes are those that sandbox/README.md marks as seen or
 * assumed.
 */
import type { AccessGraph } from "../../mesh";
import type { Probe } from "../probes";
import type { Observed, Target } from "../result";
import type { FromHere } from "./from-here";
import { needsJob, type ProbeJobs } from "./jobs/probe-jobs";
import { reasonOf, unsendable } from "./not-probed";

export interface Ways {
  readonly fromHere: FromHere;
  /** Absent where the person did not ask for jobs. */
  readonly jobs: ProbeJobs | undefined;
  readonly urls: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export class DeployedTarget implements Target {
  constructor(
    readonly name: string,
    readonly graph: AccessGraph,
    private readonly ways: Ways,
  ) {}

  async send(probe: Probe): Promise<Observed> {
    if (this.ways.signal.aborted) return { notProbed: "interrupted" };
    try {
      return await this.#send(probe);
    } catch (error) {
      return { notProbed: reasonOf(error) };
    }
  }

  async #send(probe: Probe): Promise<Observed> {
    const { fromHere, jobs, urls, signal } = this.ways;
    const { caller, from, to, at, token } = probe;
    const unsent = unsendable(token);
    if (unsent !== undefined) return { notProbed: unsent };
    if (from === "google") {
      return { notProbed: `comes from one of Google's own callers, which calls in the name of ${caller} when it does` };
    }
    if (from === "vpc" && caller !== undefined) {
      return { notProbed: `comes from a VPC network in the name of ${caller}, whose credentials no job has` };
    }
    if (needsJob(probe)) {
      return jobs ? jobs.send(probe) : { notProbed: "needs a job; run with --jobs (or MESH_PROBE_JOBS=1)" };
    }
    const url = at ?? urls[to];
    if (url === undefined) return { notProbed: `the stack's outputs hold no URL of ${to}; run "npm run up"` };
    return fromHere.send(probe, url, signal);
  }
}
