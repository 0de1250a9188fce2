/**
 * One temporary Cloud Run job that sends probes as a service, a job or a worker pool, from its network, and is deleted
 * afterwards.
 *
 * Not tried against Google Cloud; what its REST references say is taken at their word:
 * https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs,
 * https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs.executions,
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list. Assumed beyond them: that the metadata of
 * `jobs:run` names the execution, that a line of JSON on stdout becomes `jsonPayload`, that deleting a job ends its
 * executions.
 */
import { randomBytes } from "node:crypto";
import { ApiError, type Purpose } from "../google-api";
import { NotProbed, reasonOf, saying } from "../not-probed";
import { type JobInput, type JobOutput, jobScript } from "../probe-script";
import { deleteJob, JOB_LABEL, JOB_LABEL_VALUE, JOB_PREFIX } from "./cleanup";
import { type JobTools, poll } from "./tools";

/** Its entrypoint is Node, so that arguments alone say what runs. Source: https://github.com/GoogleContainerTools/distroless */
export const JOB_IMAGE = "gcr.io/distroless/nodejs22-debian12:nonroot";

/** Cloud Run's limit on one variable, 32 KiB. Source: https://cloud.google.com/run/quotas */
const LARGEST_VARIABLE = 32_768;

const TASK_TIMEOUT_MS = 300_000;
/** Time to fetch the image and to join the network comes on top of the task's own. */
const EXECUTION_MS = TASK_TIMEOUT_MS + 300_000;
const READY_MS = 120_000;
const LOGGED_MS = 90_000;

export interface JobPlan {
  /** Key of the service, job or worker pool in whose place it runs. */
  readonly service: string;
  readonly kind: keyof typeof SENDERS;
  readonly serviceName: string;
  /** E-mail address of its own account, as the stack tells it. */
  readonly account: string;
  /** By key of the service that is asked. */
  readonly targets: readonly (JobInput["targets"][number] & { readonly key: string })[];
}

/** By collection of the REST API. */
const SENDERS = {
  services: { what: "service", permission: "run.services.get" },
  jobs: { what: "job", permission: "run.jobs.get" },
  workerPools: { what: "worker pool", permission: "run.workerpools.get" },
} as const;

interface Template {
  readonly serviceAccount?: string;
  readonly vpcAccess?: object;
  /** In a job, where the outer one is that of an execution. */
  readonly template?: Template;
}

interface Condition {
  readonly type?: string;
  readonly state?: string;
  readonly message?: string;
}

interface Execution {
  readonly completionTime?: string;
  readonly succeededCount?: number;
  readonly conditions?: readonly Condition[];
}

interface Entries {
  readonly entries?: readonly { readonly jsonPayload?: JobOutput }[];
}

/** @throws NotProbed, and nothing else */
export async function runProbeJob(plan: JobPlan, tools: JobTools): Promise<JobOutput> {
  const { signal, onProgress } = tools;
  const name = jobName(plan.serviceName);
  const marker = randomBytes(16).toString("hex");
  try {
    signal.throwIfAborted();
    const job = await jobOf(plan, marker, tools);
    signal.throwIfAborted();
    onProgress(`${plan.service}: makes the job ${name}, which runs as ${plan.account}`);
    await make(name, job, plan, tools);
    try {
      await ready(name, tools);
      signal.throwIfAborted();
      const execution = await start(name, tools);
      await end(name, execution, plan, tools);
      onProgress(`${plan.service}: the job has ended; waits for its result in Cloud Logging`);
      return await result(name, execution, marker, plan, tools);
    } finally {
      await deleteJob(name, tools);
      onProgress(`${plan.service}: done with the job`);
    }
  } catch (error) {
    if (signal.aborted) throw new NotProbed("interrupted");
    throw error instanceof NotProbed ? error : new NotProbed(`its job failed: ${reasonOf(error)}`);
  }
}

/** At most 49 characters, as names of services are, so that executions have room for their suffix. */
function jobName(serviceName: string): string {
  const head = `${JOB_PREFIX}${serviceName}`.slice(0, 40).replace(/-+$/, "");
  return `${head}-${randomBytes(4).toString("hex")}`;
}

async function jobOf(plan: JobPlan, marker: string, { api, location, image, timeoutMs }: JobTools): Promise<object> {
  const { what, permission } = SENDERS[plan.kind];
  const purpose = { to: `read the ${what} ${plan.serviceName}`, permission };
  const path = `${location}/${plan.kind}/${plan.serviceName}`;
  const { template: outer } = await api.call<{ readonly template?: Template }>("GET", path, purpose);
  const template = outer?.template ?? outer;
  const runsAs = template?.serviceAccount ?? "the default service account";
  if (runsAs !== plan.account) {
    throw new NotProbed(
      `${plan.service} runs as ${runsAs}, but the stack made ${plan.account} for it; run "npm run up"`,
    );
  }
  const targets = plan.targets.map(({ url, tokens }) => ({ url, tokens }));
  const input: JobInput = { marker, timeoutMs, targets };
  const value = JSON.stringify(input);
  if (Buffer.byteLength(value) > LARGEST_VARIABLE) {
    throw new NotProbed(`the probes of ${plan.service} are too many for one job (${value.length} bytes)`);
  }
  return {
    labels: { [JOB_LABEL]: JOB_LABEL_VALUE },
    template: {
      taskCount: 1,
      template: {
        serviceAccount: plan.account,
        maxRetries: 0,
        timeout: `${TASK_TIMEOUT_MS / 1000}s`,
        ...(template?.vpcAccess && { vpcAccess: template.vpcAccess }),
        containers: [{ image, args: ["-e", jobScript()], env: [{ name: "MESH_PROBES", value }] }],
      },
    },
  };
}

async function make(name: string, job: object, { account }: JobPlan, tools: JobTools): Promise<void> {
  const purpose = { to: `make a job that runs as ${account}`, permission: "run.jobs.create" };
  try {
    await tools.api.call("POST", `${tools.location}/jobs?jobId=${name}`, purpose, job);
  } catch (error) {
    // Without a clear answer it may have been made.
    if (error instanceof ApiError && error.passes) await deleteJob(name, tools);
    throw error;
  }
}

function ready(name: string, tools: JobTools): Promise<true> {
  const purpose = { to: "see whether the job is ready", permission: "run.jobs.get" };
  return poll(tools, READY_MS, `its job was not ready within ${READY_MS / 1000} s`, async () => {
    const { terminalCondition } = await tools.api.call<{ terminalCondition?: Condition }>(
      "GET",
      `${tools.location}/jobs/${name}`,
      purpose,
    );
    if (terminalCondition?.state === "CONDITION_FAILED") throw failed(terminalCondition);
    return terminalCondition?.state === "CONDITION_SUCCEEDED" || undefined;
  });
}

async function start(name: string, { api, location }: JobTools): Promise<string> {
  const purpose = { to: "run the job", permission: "run.jobs.run" };
  const operation = await api.call<{ metadata?: { name?: string } }>(
    "POST",
    `${location}/jobs/${name}:run`,
    purpose,
    {},
  );
  const execution = operation.metadata?.name?.split("/").at(-1);
  if (execution === undefined) throw new NotProbed("Cloud Run ran the job without naming its execution");
  return execution;
}

function end(name: string, execution: string, { service }: JobPlan, tools: JobTools): Promise<true> {
  const purpose = { to: "see whether the job has ended", permission: "run.executions.get" };
  const begunMs = tools.clock.now();
  return poll(tools, EXECUTION_MS, `its job did not end within ${EXECUTION_MS / 1000} s`, async () => {
    const path = `${tools.location}/jobs/${name}/executions/${execution}`;
    const { completionTime, succeededCount = 0, conditions } = await tools.api.call<Execution>("GET", path, purpose);
    if (!completionTime) {
      tools.onProgress(`${service}: the job runs (${Math.round((tools.clock.now() - begunMs) / 1000)} s)`);
      return undefined;
    }
    if (succeededCount < 1) throw failed(conditions?.find(({ type }) => type === "Completed"));
    return true;
  });
}

function result(
  name: string,
  execution: string,
  marker: string,
  plan: JobPlan,
  { logging, ...tools }: JobTools,
): Promise<JobOutput> {
  const purpose: Purpose = { to: "read the job's result", permission: "logging.logEntries.list" };
  const filter = [
    'resource.type="cloud_run_job"',
    `resource.labels.job_name="${name}"`,
    `labels."run.googleapis.com/execution_name"="${execution}"`,
    `jsonPayload.meshProbe="${marker}"`,
  ].join(" ");
  const request = { resourceNames: [`projects/${tools.project}`], filter, pageSize: 1 };
  const late = `Cloud Logging did not show its job's result within ${LOGGED_MS / 1000} s`;
  return poll({ logging, ...tools }, LOGGED_MS, late, async () => {
    const { entries } = await tools.api.call<Entries>("POST", `${logging}/entries:list`, purpose, request);
    const output = entries?.[0]?.jsonPayload;
    if (output && !isWhole(output, plan, marker)) throw new NotProbed("its job's result cannot be read");
    return output;
  });
}

/** Whether there is a result for every probe. */
function isWhole({ meshProbe, answers, results }: JobOutput, { targets }: JobPlan, marker: string): boolean {
  return (
    meshProbe === marker &&
    Array.isArray(answers) &&
    results?.length === targets.length &&
    targets.every(({ tokens }, i) => {
      return results[i]?.length === tokens.length && results[i].every((one) => typeof one === "string" || answers[one]);
    })
  );
}

function failed(condition: Condition | undefined): NotProbed {
  return new NotProbed(`its job failed: ${saying(condition?.message ?? "") || "Cloud Run does not say why"}`);
}
