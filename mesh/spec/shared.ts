import { z } from "zod";
import { ACCOUNT_ID_PATTERN } from "../../google/accounts";
import { KEY_PATTERN, LABEL_VALUE_PATTERN } from "../names";
import { UNTIL_PATTERN } from "../until";
import { serviceNetwork } from "./network";

/** What services, functions, jobs and worker pools say in the same words, as written in stack config. */

/** @param after what happens once the day is over */
const lastDay = (after: string) =>
  z
    .string()
    .meta({ pattern: UNTIL_PATTERN, examples: ["2027-03-31"] })
    .describe(`Last day of the grant, UTC, \`YYYY-MM-DD\`, the day included; ${after}; default: no end`);

export const until = lastDay("IAM ends it");

export const key = z
  .string()
  .regex(KEY_PATTERN, "must be lower-case letters, digits and hyphens, starting with a letter");

export const labels = z.record(
  z.string(),
  z.string().regex(LABEL_VALUE_PATTERN, "must be at most 63 lower-case letters, digits, hyphens and underscores"),
);

const call = z.union([
  z.string(),
  z.strictObject({
    service: z.string().describe("Key of the service that is called"),
    until: lastDay("the first deployment after it takes grant and URL away").optional(),
  }),
]);

const email = z
  .string()
  .regex(
    /^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/,
    'must be the e-mail address of a service account, e.g. "NAME@PROJECT.iam.gserviceaccount.com"',
  );

export const role = z
  .string()
  .regex(
    /^(roles|projects\/[^/\s]+\/roles|organizations\/\d+\/roles)\/[A-Za-z0-9_.]+$/,
    'must be a role, e.g. "roles/cloudsql.client"',
  );

const outsideHost = z
  .string()
  .regex(
    /^(\*\.[a-z0-9-]+\.|[a-z0-9-]+\.)([a-z0-9-]+\.)*[a-z][a-z0-9-]*$/,
    'must be a host name in lower case without scheme, port and path, e.g. "api.stripe.com", or "*.stripe.com" for all below it',
  );

/** The key under which a stack holds what has another one in the config. */
export const formerly = key
  .optional()
  .describe("Old key of what is renamed: it keeps that key's name, URL, account and variables; default: none");

/** Who it runs as, whom it calls, and the network that it calls through. */
export const callerKeys = {
  formerly,
  calls: z
    .array(call)
    .optional()
    .describe("Services that this one calls: a key, or `{ service, until }`; default: none"),
  accountId: z
    .string()
    .regex(ACCOUNT_ID_PATTERN, "must be 6 to 30 lower-case letters, digits and hyphens, starting with a letter")
    .optional()
    .describe("Id of its own account; default: NAME-sa, shortened with a hash beyond 30 characters"),
  serviceAccount: email
    .optional()
    .describe("E-mail address of an account that exists already and is its alone; default: one is created"),
  roles: z.array(role).optional().describe("Roles that the account holds on the project; default: none"),
  egress: z
    .array(outsideHost)
    .optional()
    .describe(
      "Hosts on the internet that the sandbox lets it reach, e.g. `api.stripe.com`, or `*.stripe.com` for all below it; nothing of it is deployed, where it may reach any; which traffic takes the VPC network is `network.egress`; default: none",
    ),
  network: z
    .union([serviceNetwork, z.enum(["mesh", "none"])])
    .optional()
    .describe("VPC network of its own, `mesh` for the mesh's, or `none`; default: the mesh's, where a call needs it"),
};

const ingress = z.union(
  [
    z.enum(["internal", "load-balancer"]),
    z.strictObject({
      all: z
        .string()
        .refine((reason) => [...reason.trim()].length >= 10, "needs a reason of at least 10 characters")
        .describe("Reason why the internet may reach the service; IAM still asks for an invoker"),
    }),
  ],
  { error: 'internal, load-balancer, or { all: "the reason why the internet may reach it" }' },
);

const access = z.strictObject({
  member: z.string().describe("Principal from outside the mesh, e.g. `group:support@acme.com`"),
  until: lastDay(
    "one person needs an end, as the policy pack refuses a person without; people then call as an account of the mesh's, whose ID tokens they mint until IAM ends that; of a service account or another workload, the first deployment after the day takes the grant away",
  ).optional(),
  through: z
    .enum(["vpc", "google"])
    .optional()
    .describe(
      "How the member reaches a service that the internet does not: `vpc` through the VPC network, which a person has to say; `google` where one of Google's own callers (Scheduler, Tasks, Pub/Sub, Eventarc, Workflows, BigQuery) in this project calls in the name of the account; default: `vpc`",
    ),
});

/** How it can be reached, and by whom from outside the mesh. */
export const receiverKeys = {
  ingress: ingress
    .optional()
    .describe(
      'Who can reach it over the network: `internal`, `load-balancer`, or `{ all: "reason" }`; default: internal',
    ),
  access: z.array(access).optional().describe("Callers that are not of this mesh; default: none"),
};
