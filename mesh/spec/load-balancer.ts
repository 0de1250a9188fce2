import { z } from "zod";
import { key, until } from "./shared";

/** The load balancer in front of services, with Identity-Aware Proxy on each of them, as written in stack config. */

const reason = z.string().refine((text) => text.trim().length >= 10, "needs a reason of at least 10 characters");

const accessors = z.array(
  z.strictObject({
    member: z
      .string()
      .describe(
        "Who may sign in and come through: a Google identity, or with `workforcePool` a person or a group of that pool by its object id",
      ),
    until: until.optional(),
  }),
);

/** Source: https://cloud.google.com/iap/docs/configuring-reauth */
const reauth = z.strictObject({
  method: z
    .enum(["LOGIN", "SECURE_KEY", "ENROLLED_SECOND_FACTORS"])
    .optional()
    .describe("How people show again that it is them; default: LOGIN"),
  maxAgeSeconds: z.int().min(300).max(86_400).describe("Seconds after which they are asked again"),
});

/** Seconds over which Cloud Armor counts. Source: https://cloud.google.com/armor/docs/rate-limiting-overview */
const INTERVALS: readonly number[] = [10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600];

const protection = z.strictObject({
  rateLimit: z
    .strictObject({
      requests: z.int().min(1).max(10_000).describe("Most requests of one client address"),
      perSeconds: z
        .int()
        .refine((seconds) => INTERVALS.includes(seconds), `must be one of ${INTERVALS.join(", ")}`)
        .optional()
        .describe("Seconds over which they are counted; default: 60"),
    })
    .optional()
    .describe("Requests beyond it are answered with 429; default: 600 in 60 seconds"),
  rules: z
    .enum(["preconfigured", "preview"])
    .optional()
    .describe(
      "Cloud Armor's preconfigured rules against common attacks: refuse what they find, or with `preview` log it alone; default: preconfigured",
    ),
  off: reason.optional().describe("Reason why no Cloud Armor policy stands before the services"),
});

export const loadBalancer = z.strictObject({
  domains: z
    .array(z.string())
    .min(1)
    .describe("Host names that it answers, e.g. `ailab.example`; the others are sent on to the first"),
  dnsZone: z
    .string()
    .optional()
    .describe(
      "Cloud DNS zone that takes the records: `ZONE`, or `projects/PROJECT/managedZones/ZONE` of another project; default: none, the records to make are the output `dnsRecords`",
    ),
  routes: z
    .record(z.string(), key)
    .describe(
      "Which service answers a path and all below it, by whole segments; the longest path wins, and the service sees it whole",
    ),
  iap: z
    .strictObject({
      workforcePool: z
        .string()
        .optional()
        .describe(
          "Workforce pool in which people sign in: `POOL` or `locations/global/workforcePools/POOL`; default: Google identities sign in",
        ),
      access: accessors.optional().describe("Who comes through to every route; default: nobody"),
      routes: z
        .record(z.string(), accessors.min(1))
        .optional()
        .describe("Who comes through to one route alone, by the path in `routes`; default: nobody"),
      reauth: reauth
        .optional()
        .describe("After how long people sign in again; default: as the session of the pool says"),
      oauthClient: z
        .string()
        .optional()
        .describe("Id of the IAM OAuth client that is made for the workforce pool; default: `iap-gateway`"),
    })
    .describe("Identity-Aware Proxy on every route: who may sign in, and where"),
  protection: protection.optional().describe("Cloud Armor before the services; default: on"),
  order: z
    .enum(["backends-first", "services-first"])
    .optional()
    .describe(
      "What is made first: `services-first` where Google refuses a network endpoint group for a service that is not there; services then learn their audience in a second update; default: backends-first",
    ),
});

export type LoadBalancerConfig = z.output<typeof loadBalancer>;

/** Who comes through Identity-Aware Proxy, as filled in. */
export interface Accessor {
  readonly member: string;
  /** Last day, UTC, the day included. */
  readonly until?: string;
}

/** A service's place behind the load balancer, as filled in. */
export interface Routed {
  /** Normalised: `/`, or `/a/b` without a slash at the end; longest first. */
  readonly paths: readonly string[];
  /** Who comes through to it, and where the config says so. */
  readonly access: readonly (Accessor & { readonly reason: string })[];
}

/** The load balancer as filled in. */
export interface LoadBalancerSpec {
  /** Lower-case; the first is the canonical one. */
  readonly domains: readonly string[];
  /** Absent where the records are made elsewhere. */
  readonly dnsZone?: { readonly project: string; readonly name: string };
  /** By path, normalised, longest first; each leads to the service with this key. */
  readonly routes: readonly { readonly path: string; readonly service: string }[];
  readonly iap: {
    /** Id of the pool, and of the OAuth client that people sign in with; absent where Google identities sign in. */
    readonly workforce?: { readonly pool: string; readonly oauthClient: string };
    readonly reauth?: {
      readonly method: NonNullable<z.output<typeof reauth>["method"]>;
      readonly maxAgeSeconds: number;
    };
  };
  /** Absent where it is off. */
  readonly protection?: {
    readonly rateLimit: { readonly requests: number; readonly perSeconds: number };
    /** Whether the preconfigured rules only log. */
    readonly preview: boolean;
  };
  /** Whether the services are made before what leads to them. */
  readonly servicesFirst: boolean;
}
