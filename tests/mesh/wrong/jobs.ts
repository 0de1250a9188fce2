import { IMAGE } from "../support";
import type { WrongConfig } from "./wrong-config";

/** Wrong jobs and worker pools, and every problem that has to be told. */

const sound = { image: IMAGE, calls: ["api"] };

/** A job and a worker pool that are wrong in the same way, each told by its own path. */
function both(
  fact: string,
  change: Record<string, unknown>,
  problems: readonly string[],
  more: Partial<WrongConfig> = {},
): WrongConfig[] {
  return (["jobs", "workerPools"] as const).map((kind) => ({
    fact: `${kind === "jobs" ? "a job" : "a worker pool"} with ${fact}`,
    ...more,
    config: { ...more.config, [kind]: { nightly: { ...sound, ...change } } },
    problems: problems.map((problem) => `${kind}.nightly${problem}`),
  }));
}

/** A number that is too small, and one that is too large. */
function number(kind: "jobs" | "workerPools", key: string, least: number, most?: number): WrongConfig[] {
  const wrong = (value: unknown, problem: string): WrongConfig => ({
    fact: `${JSON.stringify(value)} for ${kind}.NAME.${key}`,
    config: { [kind]: { nightly: { ...sound, [key]: value } } },
    problems: [`${kind}.nightly.${key}: ${problem}`],
  });
  return [
    wrong(least - 1, `got ${least - 1}, expected at least ${least}`),
    ...(most === undefined ? [] : [wrong(most + 1, `got ${most + 1}, expected at most ${most}`)]),
  ];
}

const TASK_KEYS =
  "image, formerly, calls, accountId, serviceAccount, roles, egress, network, command, args, workingDir, env, volumes, resources, gpuType, labels, annotations, encryptionKey, deletionProtection, name";
const JOB_KEYS = "taskCount, parallelism, maxRetries, timeoutSeconds";

export const wrongJobs: readonly WrongConfig[] = [
  {
    fact: "a job's key with capitals",
    config: { jobs: { Nightly: sound } },
    problems: ['jobs.Nightly: key "Nightly" must be lower-case letters, digits and hyphens, starting with a letter'],
  },
  {
    fact: "a worker pool's key with an underscore",
    config: { workerPools: { take_orders: sound } },
    problems: [
      'workerPools.take_orders: key "take_orders" must be lower-case letters, digits and hyphens, starting with a letter',
    ],
  },
  ...number("jobs", "taskCount", 1, 10_000),
  ...number("jobs", "parallelism", 0, 10_000),
  ...number("jobs", "maxRetries", 0, 10),
  ...number("jobs", "timeoutSeconds", 1, 604_800),
  ...number("workerPools", "instances", 0),
  {
    fact: "more tasks of a job at once than it has",
    config: { jobs: { nightly: { ...sound, taskCount: 2, parallelism: 3 } } },
    problems: ["jobs.nightly.parallelism: got 3, expected at most taskCount (2)"],
  },
  ...both("no image", { image: undefined }, [
    ".image: is missing; set it to what you built and pushed, best pinned by digest (@sha256:…)",
  ]),
  ...both("a call to an unknown service", { calls: ["apo"] }, [
    '.calls[0]: unknown service "apo"; did you mean "api"?',
  ]),
  ...both("a call listed twice", { calls: ["api", "api"] }, ['.calls[1]: "api" is listed twice; remove one entry']),
  ...both("a call that has ended, to an unknown service", { calls: [{ service: "apo", until: "2026-11-22" }] }, [
    '.calls[0]: unknown service "apo"; did you mean "api"?',
  ]),
  ...["access", "ingress", "iap"].flatMap((key) => [
    {
      fact: `a job with ${key}, as services have it`,
      config: { jobs: { nightly: { ...sound, [key]: [{ member: "user:dev@acme.com", until: "2027-03-31" }] } } },
      problems: [`jobs.nightly.${key}: unknown key "${key}"; allowed are ${TASK_KEYS}, ${JOB_KEYS}`],
    },
    {
      fact: `a worker pool with ${key}, as services have it`,
      config: { workerPools: { taker: { ...sound, [key]: [{ member: "user:dev@acme.com", until: "2027-03-31" }] } } },
      problems: [`workerPools.taker.${key}: unknown key "${key}"; allowed are ${TASK_KEYS}, instances`],
    },
  ]),
  ...both("no network on the way to an internal service", { network: "none" }, [
    '.calls[0]: "api" has ingress internal, so calls must come through a VPC network: set "network" for the mesh or for the calling service',
  ]),
  ...both("a network that leads nowhere", { network: { egress: "all-traffic" } }, [
    '.network: names no way into a VPC network; set "network" and "subnetwork", or "connector"',
  ]),
  ...both(
    "the word for a network that the mesh lacks",
    { network: "mesh", calls: [] },
    ['.network: got "mesh", but the mesh has no network; set "network" for the mesh, or name one here'],
    { config: { network: undefined }, web: { calls: [] } },
  ),
  ...both("the URL of a service among its own variables", { env: { API_URL: "https://api.example" } }, [
    '.env.API_URL: "API_URL" is set by the call to "api"; remove one of the two',
  ]),
  ...both("a default service account", { serviceAccount: "123456789012-compute@developer.gserviceaccount.com" }, [
    '.serviceAccount: "123456789012-compute@developer.gserviceaccount.com" is a default service account, whose roles nobody declared; remove the key to get an account of its own',
  ]),
  ...both("a role that reaches every service", { roles: ["roles/run.invoker"] }, [
    '.roles[0]: "roles/run.invoker" on the project reaches beyond this service; declare the call in "calls"',
  ]),
  ...both("a GPU of no type", { resources: { gpu: 1 } }, [
    '.gpuType: is missing; "resources.gpu" needs the accelerator\'s type, e.g. nvidia-l4',
  ]),
  ...both("CPU during requests only", { resources: { cpuIdle: true } }, [
    '.resources.cpuIdle: unknown key "cpuIdle"; allowed are cpu, memory, gpu',
  ]),
  ...both("a label that Cloud Run keeps", { labels: { "run.googleapis.com/x": "y" } }, [
    '.labels.run.googleapis.com/x: the prefix "run.googleapis.com" is reserved by Cloud Run; choose another key',
  ]),
  ...both("a name with capitals", { name: "Nightly" }, [
    '.name: "Nightly" is not a name; use lower-case letters, digits and hyphens, starting with a letter',
  ]),
  ...both("a name that is too long", { name: "n".repeat(50) }, [
    `.name: "${"n".repeat(50)}" has 50 characters, at most 49 are allowed; set a shorter "name"`,
  ]),
  {
    fact: "a job with the key of a service",
    config: { jobs: { web: sound } },
    problems: ['jobs.web: "web" is also that of services.web; give each a key of its own'],
  },
  {
    fact: "a worker pool with the key of a job",
    config: { jobs: { nightly: sound }, workerPools: { nightly: sound } },
    problems: ['workerPools.nightly: "nightly" is also that of jobs.nightly; give each a key of its own'],
  },
  {
    fact: "a job that runs as a service",
    config: { jobs: { nightly: { ...sound, accountId: "web-sa" } } },
    problems: ['jobs.nightly.accountId: "web-sa" is also that of services.web; give each its own'],
  },
  {
    fact: "two jobs of one name",
    config: { jobs: { nightly: sound, hourly: { ...sound, name: "nightly" } } },
    problems: ['jobs.hourly.name: "nightly" is also that of jobs.nightly; give each its own'],
  },
  {
    fact: "a service that calls a job",
    web: { calls: ["nightly"] },
    config: { jobs: { nightly: sound } },
    problems: ['services.web.calls[0]: "nightly" is jobs.nightly, which nobody calls by a URL; call a service'],
  },
  {
    fact: "a job that calls a worker pool",
    config: { jobs: { nightly: { ...sound, calls: ["taker"] } }, workerPools: { taker: sound } },
    problems: ['jobs.nightly.calls[0]: "taker" is workerPools.taker, which nobody calls by a URL; call a service'],
  },
  {
    fact: "a job with a variable that Cloud Run sets",
    config: { jobs: { nightly: { ...sound, env: { CLOUD_RUN_TASK_INDEX: "0" } } } },
    problems: ['jobs.nightly.env.CLOUD_RUN_TASK_INDEX: "CLOUD_RUN_TASK_INDEX" is set by Cloud Run; remove it'],
  },
  {
    fact: "a worker pool with a variable that Cloud Run sets",
    config: { workerPools: { taker: { ...sound, env: { CLOUD_RUN_WORKER_POOL: "x" } } } },
    problems: ['workerPools.taker.env.CLOUD_RUN_WORKER_POOL: "CLOUD_RUN_WORKER_POOL" is set by Cloud Run; remove it'],
  },
  {
    fact: "a service without a URL that a job calls",
    web: { calls: [] },
    api: { defaultUrlDisabled: true },
    config: { jobs: { nightly: sound } },
    problems: [
      "services.api.defaultUrlDisabled: jobs.nightly calls it by that URL; remove the callers or keep the URL",
    ],
  },
  {
    fact: "a service, a job and a worker pool, each with a problem of its own, in the order of the file",
    web: { calls: ["apo"] },
    config: {
      workerPools: { taker: { ...sound, instances: -1 } },
      jobs: { nightly: { ...sound, calls: ["apo"], maxRetries: 11 } },
    },
    problems: [
      'services.web.calls[0]: unknown service "apo"; did you mean "api"?',
      "jobs.nightly.maxRetries: got 11, expected at most 10",
      'jobs.nightly.calls[0]: unknown service "apo"; did you mean "api"?',
      "workerPools.taker.instances: got -1, expected at least 0",
    ],
  },
  {
    fact: "a range that holds the services and not the tasks of a job",
    api: { scaling: { maxInstances: 1 } },
    web: { scaling: { maxInstances: 1 } },
    config: {
      network: { create: { cidr: "10.0.0.0/26" } },
      jobs: { nightly: { ...sound, taskCount: 60, parallelism: 40 } },
    },
    problems: [
      'network.create.cidr: "10.0.0.0/26" has 64 addresses, and up to 41 instances take 86; choose a range of /25, or set lower "scaling.maxInstances"',
    ],
  },
];
