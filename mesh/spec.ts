import { z } from "zod";
import { ACCOUNT_ID_PATTERN, KEY_PATTERN, LABEL_VALUE_PATTERN } from "./names";
import type { NetworkSpec } from "./network";
import { containerKeys, image } from "./spec-container";
import { meshNetwork, serviceNetwork } from "./spec-network";
import { UNTIL_PATTERN } from "./until";

/**
 * The config as written: one schema gives the types, the checks, the JSON Schema for editors and the reference table.
 * The config as filled in is {@link MeshSpec}; `parse` makes the one from the other.
 */

const until = z
  .string()
  .meta({ pattern: UNTIL_PATTERN, examples: ["2027-03-31"] })
  .describe("Last day of the grant, UTC, `YYYY-MM-DD`, the day included; default: no end");

const serviceKey = z
  .string()
  .regex(KEY_PATTERN, "must be lower-case letters, digits and hyphens, starting with a letter");

const call = z.union([
  z.string(),
  z.strictObject({ service: z.string().describe("Key of the service that is called"), until: until.optional() }),
]);

const ingress = z.union(
  [
    z.enum(["internal", "load-balancer"]),
    z.strictObject({
      all: z
        .string()
        .refine((reason) => reason.trim().length >= 10, "needs a reason of at least 10 characters")
        .describe("Reason why the internet may reach the service; IAM still asks for an invoker"),
    }),
  ],
  { error: 'internal, load-balancer, or { all: "the reason why the internet may reach it" }' },
);

const access = z.strictObject({
  member: z.string().describe("Principal from outside the mesh, e.g. `group:support@acme.com`"),
  until: until.optional(),
  through: z
    .enum(["vpc"])
    .optional()
    .describe("How the member reaches an internal service: `vpc` says that the person comes through the VPC network"),
});

const iap = z
  .strictObject({
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

const labels = z.record(
  z.string(),
  z.string().regex(LABEL_VALUE_PATTERN, "must be at most 63 lower-case letters, digits, hyphens and underscores"),
);

const traffic = z.strictObject({
  percent: z.int().min(0).max(100).optional().describe("Share of requests; default: 0"),
  revision: z.string().optional().describe("Revision name; default: the latest"),
  tag: z
    .string()
    .regex(KEY_PATTERN, "must be lower-case letters, digits and hyphens")
    .optional()
    .describe("Tag: gives the revision a URL of its own"),
});

const email = z.string().regex(/^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/, "must be the e-mail address of a service account");

export const service = z.strictObject({
  image,
  source: z
    .string()
    .regex(/^(?!\/)(?!.*\.\.)\S+$/, "must be a folder of this repository")
    .optional()
    .describe("Folder with the service's code, from which the sandbox runs it; what Google Cloud runs is `image`"),
  imageManagedElsewhere: z
    .boolean()
    .optional()
    .describe(
      "Whether another pipeline deploys new images: what runs is then left as it is, and `image` is for the first deployment alone; default: false",
    ),
  sandbox: z
    .strictObject({
      command: z.array(z.string().min(1)).min(1).describe("Program and arguments, run in `source`"),
    })
    .optional()
    .describe("How the sandbox starts the service; default: the `start` script of the package.json in `source`"),
  calls: z
    .array(call)
    .optional()
    .describe("Services that this one calls: a key, or `{ service, until }`; default: none"),
  ingress: ingress
    .optional()
    .describe(
      'Who can reach it over the network: `internal`, `load-balancer`, or `{ all: "reason" }`; default: internal',
    ),
  access: z.array(access).optional().describe("Callers that are not services of this mesh; default: none"),
  iap: iap
    .optional()
    .describe("Identity-Aware Proxy on the service, without a load balancer, for people with a browser; default: none"),
  ...containerKeys,
  name: z.string().optional().describe("Name of the Cloud Run service, also of one that exists; default: the key"),
  accountId: z
    .string()
    .regex(ACCOUNT_ID_PATTERN, "must be 6 to 30 lower-case letters, digits and hyphens, starting with a letter")
    .optional()
    .describe("Id of the service's own account; default: NAME-sa, shortened with a hash beyond 30 characters"),
  serviceAccount: email
    .optional()
    .describe("E-mail address of an account that exists already and is this service's alone; default: one is created"),
  roles: z
    .array(
      z
        .string()
        .regex(
          /^(roles|projects\/[^/\s]+\/roles|organizations\/\d+\/roles)\/[A-Za-z0-9_.]+$/,
          'must be a role, e.g. "roles/cloudsql.client"',
        ),
    )
    .optional()
    .describe("Roles that the account holds on the project; default: none"),
  network: z
    .union([serviceNetwork, z.enum(["mesh", "none"])])
    .optional()
    .describe(
      "VPC network of this service, `mesh` for the mesh's, or `none`; default: the mesh's, where a call needs it",
    ),
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
    .record(serviceKey, service)
    .describe("The services by key; the key names the service, its account and its variables"),
  network: meshNetwork.optional(),
  projectServices: z
    .union([z.boolean(), z.enum(["true", "false"])])
    .optional()
    .describe("Whether the APIs that the mesh needs are switched on, and left on; default: false"),
  projectNumber: z
    .union([z.string().regex(/^\d{6,19}$/, "must be the project's number, digits only"), z.int().positive()])
    .optional()
    .describe("Number of the project, for URLs; default: looked up once"),
  labels: labels.optional().describe("Labels of every service"),
  deletionProtection: z
    .union([z.boolean(), z.enum(["true", "false"])])
    .optional()
    .describe("Whether destroying and replacing a service is refused; default: true"),
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

/** A service as filled in: every default is decided, every name derived. */
export interface ServiceSpec
  extends Omit<ServiceConfig, "image" | "calls" | "ingress" | "access" | "iap" | "network" | "labels"> {
  readonly key: string;
  readonly image: string;
  readonly name: string;
  readonly accountId: string;
  readonly url: string;
  readonly calls: readonly { readonly service: string; readonly until?: string }[];
  readonly access: readonly { readonly member: string; readonly until?: string; readonly through?: "vpc" }[];
  readonly ingress: Ingress;
  /** Who comes through the Identity-Aware Proxy on it; absent where there is none. */
  readonly iap?: { readonly access: readonly { readonly member: string; readonly until?: string }[] };
  /** The route it takes into the VPC network; absent where no call needs one. */
  readonly vpc?: VpcRoute;
  readonly labels: Readonly<Record<string, string>>;
  readonly deletionProtection: boolean;
}

/** The whole mesh as filled in. */
export interface MeshSpec extends Place {
  /** The network that it makes; absent where it makes none. */
  readonly network?: NetworkSpec;
  /** That it switches on the APIs that it needs. */
  readonly projectServices?: true;
  readonly services: Readonly<Record<string, ServiceSpec>>;
}
