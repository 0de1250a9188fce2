/** Opens a deployed stack for probing: the one entry to this folder. */
import { EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import type { AccessGraph } from "../../mesh";
import { type Clock, systemClock } from "../../services/runtime/clock";
import { PulumiCli } from "../../tools/deploy/pulumi-cli";
import { type GrantReport, judgeGrants } from "../grants/judge";
import { type Credentials, defaultCredentials } from "./credentials";
import { type Fetch, FromHere } from "./from-here";
import { GoogleApi } from "./google-api";
import { JOB_IMAGE } from "./jobs/probe-job";
import { ProbeJobs } from "./jobs/probe-jobs";
import { DeployedPolicies, type PolicyApis } from "./policies";
import { readStack, type StackCli } from "./stack";
import { DeployedTarget } from "./target";

export interface DeployedOptions {
  /** @default the stack that is selected in the project folder */
  readonly stack?: string | undefined;
  /** Where Pulumi.yaml is. */
  readonly projectFolder: string;
  /** Members who deploy: what lets them change what the mesh made is expected. @default none */
  readonly deployers?: readonly string[];
  /** Whether temporary Cloud Run jobs may be made, to send probes as the services. @default false */
  readonly jobs?: boolean;
  /** Members that the person's credentials belong to, e.g. `group:support@acme.com`. @default none */
  readonly memberOf?: readonly string[];
  /** E-mail address of a service account in whose name probes from the internet are sent. @default nobody's: one's own */
  readonly impersonate?: string | undefined;
  /**
   * Image of the jobs, for organisations that refuse foreign ones; its entrypoint must be Node 20 or later.
   *
   * @default gcr.io/distroless/nodejs22-debian12:nonroot
   */
  readonly jobImage?: string | undefined;
  /** How long a service may take to answer, its start included, in milliseconds. @default 20000 */
  readonly timeoutMs?: number;
  /** Told what goes on where it takes time, and of what needs a person's hand. */
  readonly onProgress?: (line: string) => void;
  /** Ctrl-C: everything not yet probed is given up, and the jobs are deleted; `close` waits for that. */
  readonly signal?: AbortSignal;
  /** What tests answer for. */
  readonly world?: Partial<World>;
}

/** What lies outside: Google, Pulumi, the network and time. */
export interface World {
  readonly cli: StackCli | undefined;
  readonly credentials: Credentials;
  readonly credentialsOf: (account: string) => Credentials;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly runApi: string;
  readonly loggingApi: string;
  /** Beside `runApi`. */
  readonly policyApis: Omit<PolicyApis, "run">;
}

export interface Deployed {
  readonly graph: AccessGraph;
  readonly target: DeployedTarget;
  /** Reads the policies of everything in the mesh, and holds them against the config. */
  grants(): Promise<GrantReport>;
  /** Gives up what is under way and waits until every job is deleted. */
  close(): Promise<void>;
}

/** @throws Error for people, where the stack cannot be read; what cannot be probed is told probe by probe instead */
export async function openDeployed(options: DeployedOptions): Promise<Deployed> {
  const { projectFolder, memberOf = [], onProgress = () => {}, timeoutMs = 20_000, world = {} } = options;
  const clock = world.clock ?? systemClock;
  const cli = "cli" in world ? world.cli : await PulumiCli.find(projectFolder);
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const stack = await readStack(options.stack, cli, today);
  const { name, project, region, graph, urls, serviceAccounts, backends, differences } = stack;
  for (const difference of differences) onProgress(`${difference}; run "npm run up -- ${name}"`);

  const dispatcher = new EnvHttpProxyAgent();
  const fetch: Fetch = world.fetch ?? ((url, init) => undiciFetch(url, { dispatcher, ...init }));
  const credentials = world.credentials ?? defaultCredentials(options.impersonate);
  const giveUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal;
  const api = new GoogleApi(project, credentials, fetch);
  const runApi = world.runApi ?? "https://run.googleapis.com/v2";
  const jobs = options.jobs
    ? new ProbeJobs(graph, urls, serviceAccounts, {
        api,
        location: `${runApi}/projects/${encodeURIComponent(project)}/locations/${region}`,
        logging: world.loggingApi ?? "https://logging.googleapis.com/v2",
        image: options.jobImage ?? JOB_IMAGE,
        project,
        region,
        timeoutMs,
        clock,
        onProgress,
        signal,
      })
    : undefined;
  const apis = { run: runApi, ...POLICY_APIS, ...world.policyApis };
  const policies = new DeployedPolicies(api, apis, { project, region }, clock, signal);
  const mesh = { graph, project, region, serviceAccounts, backends };
  const redeploy = `pulumi refresh --stack ${name} && npm run up -- ${name}`;
  const fromHere = new FromHere({
    credentials,
    credentialsOf: world.credentialsOf ?? ((account) => defaultCredentials(account)),
    memberOf,
    fetch,
    timeoutMs,
  });
  return {
    graph,
    target: new DeployedTarget(name, graph, { fromHere, jobs, urls, signal }),
    grants: () => judgeGrants(mesh, policies, { redeploy, deployers: options.deployers ?? [] }),
    async close() {
      giveUp.abort();
      await jobs?.close();
      await dispatcher.destroy();
    },
  };
}

const POLICY_APIS = {
  iam: "https://iam.googleapis.com/v1",
  iap: "https://iap.googleapis.com/v1",
  resourceManager: "https://cloudresourcemanager.googleapis.com/v3",
};
