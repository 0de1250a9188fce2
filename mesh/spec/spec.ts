import { z } from "zod";
import { KEY_PATTERN } from "../names";
import type { NetworkSpec } from "../network";
import { type CloudSqlSpec, cloudSql } from "./cloud-sql";
import { containerKeys, image } from "./container";
import { type DeveloperConfig, developer } from "./developers";
import { type CloudFunctionConfig, cloudFunction } from "./functions";
import { type JobConfig, job, type WorkerPoolConfig, workerPool } from "./jobs";
import { type Accessor, type LoadBalancerSpec, loadBalancer, type Routed } from "./load-balancer";
import { meshNetwork } from "./network";
import { type OperatorSpec, operator } from "./operators";
import { sandbox } from "./sandbox";
import { callerKeys, key, labels, receiverKeys, until } from "./shared";

/**
 * The config as written: one schema gives the types, the checks, the JSON Schema for editors and the reference table.
 * The config as filled in is {@link MeshSpec}; `parse` makes the one from the other.
 */

const iap = z
  .strictObject({
    workforcePool: z
      .string()
      .optional()
      .describe(
        "Workforce pool in which people sign in: `POOL` or `locations/global/workforcePools/POOL`; default: Google identities sign in",
      ),
    access: z
      .array(
        z.strictObject({
          member: z.string().describe("Who may sign in and come through, e.g. `group:staff@acme.com`"),
          until: until.optional(),
        }),
      )
      .min(1)
      .describe("Who comes through; everybody else is turned away after signing in"),
  })
  .describe("Identity-Aware Proxy on the service: people sign in at its URL, and nobody calls it past that");

const traffic = z.strictObject({
  percent: z.int().min(0).max(100).optional().describe("Share of requests; default: 0"),
  revision: z
    .string()
    .regex(KEY_PATTERN, 'must be the name of a revision, e.g. "web-00001-abc"')
    .optional()
    .describe("Name of a revision of this service, which exists already; default: the latest"),
  tag: z
    .string()
    .regex(KEY_PATTERN, "must be lower-case letters, digits and hyphens, starting with a letter")
    .optional()
    .describe("Tag: gives the revision a URL of its own"),
});

export const service = z.strictObject({
  image,
  source: z
    .string()
    .regex(/^\S(.*\S)?$/, 'must be a folder, as seen from this file, e.g. "services/web"')
    .optional()
    .describe(
      "Folder with the service's code, relative to this file, from which the sandbox runs it; what Google Cloud runs is `image`",
    ),
  imageManagedElsewhere: z
    .boolean()
    .optional()
    .describe(
      "Whether another pipeline deploys new images: each update asks Google what runs and leaves the image, and without `traffic` the traffic, as they are; `image` is for the first deployment alone; default: false",
    ),
  sandbox: z
    .strictObject({
      command: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe("Program and arguments, run in `source`; `$PORT` and the process's other variables are put in"),
      env: z
        .record(z.string(), z.string())
        .optional()
        .describe("Variables that it has in the sandbox alone, over its own"),
    })
    .optional()
    .describe("How the sandbox starts the service; default: the `start` script of the package.json in `source`"),
  cloudSql: cloudSql.optional(),
  ...callerKeys,
  ...receiverKeys,
  iap: iap
    .optional()
    .describe("Identity-Aware Proxy on the service, without a load balancer, for people with a browser; default: none"),
  ...containerKeys,
  name: z.string().optional().describe("Name of the Cloud Run service, also of one that exists; default: the key"),
  scaling: z
    .strictObject({
      minInstances: z.int().min(0).optional().describe("Instances kept warm; default: 0"),
      maxInstances: z.int().min(1).optional().describe("Most instances; default: Cloud Run's, 100"),
      manualInstances: z.int().min(0).optional().describe("Fixed number of instances instead of automatic scaling"),
    })
    .optional()
    .describe("Number of instances"),
  concurrency: z.int().min(1).max(1000).optional().describe("Requests an instance handles at once; default: 80"),
  timeoutSeconds: z.int().min(1).max(3600).optional().describe("Seconds until a request is ended; default: 300"),
  executionEnvironment: z.enum(["gen1", "gen2"]).optional().describe("Default: chosen by Cloud Run"),
  sessionAffinity: z.boolean().optional().describe("Whether a client is kept on one instance; default: false"),
  gpuType: z.string().optional().describe("Accelerator, e.g. `nvidia-l4`"),
  customAudiences: z
    .array(z.string().min(1))
    .optional()
    .describe("Further audiences that ID tokens may name; default: only the service's URLs"),
  defaultUrlDisabled: z
    .boolean()
    .optional()
    .describe("Whether the run.app URL is switched off; only for services nobody calls by it; default: false"),
  traffic: z.array(traffic).optional().describe("Split and tags; default: everything to the latest revision"),
  description: z.string().max(512).optional().describe("What the service is for, shown in the console"),
  labels: labels.optional().describe("Labels of the service, added to the mesh's"),
  annotations: z.record(z.string(), z.string()).optional().describe("Annotations of the service"),
  encryptionKey: z
    .string()
    .optional()
    .describe("Customer-managed key: `projects/P/locations/R/keyRings/K/cryptoKeys/N`"),
  binaryAuthorization: z
    .strictObject({
      policy: z.string().optional().describe("Platform policy: `projects/P/platforms/cloudRun/policies/N`"),
      breakglassJustification: z.string().optional().describe("Why this deployment may pass the policy"),
    })
    .optional()
    .describe("Binary Authorization: a platform policy; default with an empty block: the project's policy"),
  launchStage: z.enum(["ALPHA", "BETA", "GA"]).optional().describe("Only where a field needs it; default: GA"),
  deletionProtection: z
    .boolean()
    .optional()
    .describe("Whether destroying and replacing the service is refused; default: the mesh's"),
});

/** Everything under `cloud-run-mesh:` in a stack config. */
export const meshConfig = z.strictObject({
  services: z
    .record(key, service)
    .describe("The services by key; the key names the service, its account and its variables"),
  functions: z.record(key, cloudFunction).optional().describe("Functions (2nd gen) by key; default: none"),
  jobs: z.record(key, job).optional().describe("Cloud Run jobs by key, which call services; default: none"),
  workerPools: z
    .record(key, workerPool)
    .optional()
    .describe("Cloud Run worker pools by key, which call services; default: none"),
  developers: z
    .record(key, developer)
    .optional()
    .describe("Who calls from their own machine, by impersonating an account that can nothing else; default: nobody"),
  operators: z
    .record(key, operator)
    .optional()
    .describe("People with roles on named resources beside the services; default: nobody"),
  loadBalancer: loadBalancer
    .optional()
    .describe("The load balancer in front of services, where people sign in; default: none"),
  network: meshNetwork.optional(),
  projectServices: z
    .union([z.boolean(), z.enum(["true", "false"])])
    .optional()
    .describe("Whether the APIs that the mesh needs are switched on, and left on; default: false"),
  projectNumber: z
    .union([z.string().regex(/^\d{6,19}$/, "must be the project's number, 6 to 19 digits"), z.int().positive()])
    .optional()
    .describe("Number of the project, for URLs; default: looked up once"),
  labels: labels.optional().describe("Labels of every service"),
  deletionProtection: z
    .union([z.boolean(), z.enum(["true", "false"])])
    .optional()
    .describe("Whether destroying and replacing a service is refused; default: true"),
  sandbox: sandbox.optional(),
});

export type MeshConfig = z.input<typeof meshConfig>;
export type ServiceConfig = z.output<typeof service>;

/** Where a mesh runs. */
export interface Place {
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
}

/** How a service can be reached over the network. */
export type Ingress = "internal" | "load-balancer" | { readonly all: string };

/** The way from a service's instances into a VPC network. */
export interface VpcRoute {
  readonly network?: string;
  readonly subnetwork?: string;
  readonly tags?: readonly string[];
  readonly connector?: string;
  readonly egress: "all-traffic" | "private-ranges-only";
  readonly privateDnsZone: boolean;
  /** That the mesh makes what is named here. */
  readonly created?: true;
}

/** What ends with a deployment, and is then as if it were not declared. */
interface Ending {
  /** Last day, UTC, the day included. */
  readonly until?: string;
  /** That the day is over, where no condition of IAM keeps it. */
  readonly isOver?: true;
}

export interface Call extends Ending {
  readonly service: string;
  /** The callee's old key, after which the caller's variable is still named. */
  readonly formerly?: string;
}

/**
 * From where a service is reached that the internet does not reach: the VPC network, or one of Google's own callers, which
 * count as internal on the default URL in their own project. Source: https://cloud.google.com/run/docs/securing/ingress
 */
export type Inside = "vpc" | "google";

export interface Access extends Ending {
  readonly member: string;
  readonly through?: Inside;
}

/** What a service, a job and a worker pool have in common, as filled in. */
export interface CallerSpec {
  readonly key: string;
  /** The key that it had before, under which a stack may hold it. */
  readonly formerly?: string | undefined;
  readonly name: string;
  readonly accountId: string;
  readonly calls: readonly Call[];
  /** The route it takes into the VPC network; absent where no call needs one. */
  readonly vpc?: VpcRoute;
  readonly labels: Readonly<Record<string, string>>;
  readonly deletionProtection: boolean;
}

/** What a service and a function have in common, which is a service underneath: they are called. */
export interface ReceiverSpec extends CallerSpec {
  readonly url: string;
  readonly access: readonly Access[];
  /** Id of the account that people whose `access` has an end call as; absent where there are none. */
  readonly accessAccountId?: string;
  readonly ingress: Ingress;
  /** Who comes through the Identity-Aware Proxy on it; absent where there is none. */
  readonly iap?: {
    readonly access: readonly Accessor[];
    /** Id of the pool, and of the OAuth client that people sign in with; absent where Google identities sign in. */
    readonly workforce?: { readonly pool: string; readonly oauthClient: string };
  };
  /** Its place behind the load balancer; absent where no route leads to it. */
  readonly routed?: Routed;
  /** Whether the run.app URL is switched off. */
  readonly defaultUrlDisabled?: boolean | undefined;
}

/** A service as filled in: every default is decided, every name derived. */
export interface ServiceSpec
  extends Omit<ServiceConfig, keyof ReceiverSpec | "cloudSql" | "image" | "network">,
    ReceiverSpec {
  readonly image: string;
  /** The database that it logs in to; absent where it has none. */
  readonly cloudSql?: CloudSqlSpec;
}

/** A function as filled in. */
export interface FunctionSpec extends Omit<CloudFunctionConfig, keyof ReceiverSpec | "network">, ReceiverSpec {
  /** Id of the account that builds it. */
  readonly buildAccountId: string;
  /** Id of the account that brings its events; absent where none do. */
  readonly triggerAccountId?: string;
}

/** People who call from their own machines, as filled in. */
export interface DeveloperSpec extends DeveloperConfig {
  readonly key: string;
  /** Id of the account that they impersonate, and that nothing runs as. */
  readonly accountId: string;
}

/** A job as filled in. */
export interface JobSpec extends Omit<JobConfig, keyof CallerSpec | "image" | "network">, CallerSpec {
  readonly image: string;
}

/** A worker pool as filled in. */
export interface WorkerPoolSpec extends Omit<WorkerPoolConfig, keyof CallerSpec | "image" | "network">, CallerSpec {
  readonly image: string;
}

/** The whole mesh as filled in. */
export interface MeshSpec extends Place {
  /** The network that it makes; absent where it makes none. */
  readonly network?: NetworkSpec;
  /** Absent where it has none. */
  readonly loadBalancer?: LoadBalancerSpec;
  /** That it switches on the APIs that it needs. */
  readonly projectServices?: true;
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Absent where it has none. */
  readonly functions?: Readonly<Record<string, FunctionSpec>>;
  /** Absent where it has none. */
  readonly developers?: Readonly<Record<string, DeveloperSpec>>;
  /** Absent where it has none. */
  readonly operators?: Readonly<Record<string, OperatorSpec>>;
  /** Absent where it has none. */
  readonly jobs?: Readonly<Record<string, JobSpec>>;
  /** Absent where it has none. */
  readonly workerPools?: Readonly<Record<string, WorkerPoolSpec>>;
}
