import { IMAGE as image } from "../support";
import type { WrongConfig } from "./wrong-config";

/** Wrong in the load balancer, in who comes through it, or in what it leads to. */

const POOL = "principalSet://iam.googleapis.com/locations/global/workforcePools";
const PERSON = "principal://iam.googleapis.com/locations/global/workforcePools";
const STAFF = `${POOL}/acme-staff/group/6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10`;
const ADMINS = `${POOL}/acme-staff/group/0d9a5c8e-41d7-4c35-8a37-55d0a3a0be11`;

interface Block {
  readonly iap?: Readonly<Record<string, unknown>> | undefined;
  readonly [key: string]: unknown;
}

/** A sound load balancer with changes laid over it. */
function behind({ iap, ...change }: Block, services: object = {}): Pick<WrongConfig, "config"> {
  const loadBalancer = {
    domains: ["ailab.example"],
    routes: { "/": "portal", "/desk": "desk" },
    iap: { workforcePool: "acme-staff", access: [{ member: STAFF }], ...iap },
    ...change,
  };
  return { config: { services: { portal: { image }, desk: { image }, ...services }, loadBalancer } };
}

export const wrongLoadBalancers: readonly WrongConfig[] = [
  {
    fact: "a route to an unknown service",
    ...behind({ routes: { "/": "portal", "/desk": "dsk" } }),
    problems: ['loadBalancer.routes./desk: unknown service "dsk"; did you mean "desk"?'],
  },
  {
    fact: "a route to a job",
    config: {
      ...behind({ routes: { "/": "portal", "/desk": "desk", "/n": "nightly" } }).config,
      jobs: { nightly: { image } },
    },
    problems: ['loadBalancer.routes./n: "nightly" is jobs.nightly; a route leads to a service'],
  },
  {
    fact: "two routes that are one without the slash at their end",
    ...behind({ routes: { "/": "portal", "/desk": "desk", "/desk/": "desk" } }),
    problems: ['loadBalancer.routes./desk/: "/desk/" and "/desk" are one route; remove one of them'],
  },
  {
    fact: "no default route",
    ...behind({ routes: { "/desk": "desk" } }),
    problems: ['loadBalancer.routes: has no "/", so nothing answers what no other route takes; add { "/": SERVICE }'],
  },
  ...["desk", "/desk/*", "/a//b", "/a/../b", "/a?b", "/a b", "/%2e", "//"].map((path) => ({
    fact: `a route by ${path}`,
    ...behind({ routes: { "/": "portal", [path]: "desk" } }),
    problems: [
      `loadBalancer.routes.${path}: "${path}" is not a path; write whole segments, e.g. "/service-desk", which takes all below it too`,
    ],
  })),
  {
    fact: "a route that the proxy answers itself",
    ...behind({ routes: { "/": "portal", "/_gcp_iap/x": "desk" } }),
    problems: [
      'loadBalancer.routes./_gcp_iap/x: "/_gcp_iap/x" is answered by Identity-Aware Proxy itself; choose another path',
    ],
  },
  {
    fact: "a service routed and internal",
    ...behind({}, { desk: { image, ingress: "internal" } }),
    problems: [
      'services.desk.ingress: is internal, where the load balancer reaches nothing, and the route "/desk" leads to it; set "load-balancer", or leave it out',
    ],
  },
  {
    fact: "a service routed and open beside the load balancer",
    ...behind({}, { desk: { image, ingress: { all: "partners call it too" } } }),
    problems: [
      'services.desk.ingress: opens its run.app URL beside it, and the route "/desk" leads to it; set "load-balancer", or leave it out',
    ],
  },
  {
    fact: "a service with the proxy on it and in front of it",
    ...behind({}, { desk: { image, iap: { workforcePool: "acme-staff", access: [{ member: STAFF }] } } }),
    problems: [
      'services.desk.iap: stands before the service and on the route "/desk", and Google Cloud allows one of the two; keep "loadBalancer.iap", or take the route away',
    ],
  },
  {
    fact: "a person who would come past the load balancer",
    ...behind({}, { desk: { image, access: [{ member: STAFF }] } }),
    problems: [
      `services.desk.access[0]: "${STAFF}" comes through the load balancer alone; move the entry to "loadBalancer.iap.access" or "loadBalancer.iap.routes"`,
    ],
  },
  {
    fact: "the variable that the load balancer sets",
    ...behind({}, { desk: { image, env: { IAP_AUDIENCE: "/projects/1" } } }),
    problems: ['services.desk.env.IAP_AUDIENCE: "IAP_AUDIENCE" is set by "loadBalancer"; remove it'],
  },
  ...[
    ["ailab", 'write a host name of your own, e.g. "apps.acme.example"'],
    ["192.0.2.1", 'write a host name of your own, e.g. "apps.acme.example"'],
    ["*.ailab.example", 'write a host name of your own, e.g. "apps.acme.example"'],
    ["portal-1.europe-west9.run.app", 'write a host name of your own, e.g. "apps.acme.example"'],
    ["iap.googleapis.com", 'write a host name of your own, e.g. "apps.acme.example"'],
    ["auth.cloud.google", 'write a host name of your own, e.g. "apps.acme.example"'],
    ["https://ailab.example/", 'write "ailab.example"'],
    ["bücher.example", 'write "xn--bcher-kva.example"'],
  ].map(([domain, fix]) => ({
    fact: `the domain ${domain}`,
    ...behind({ domains: [domain] }),
    problems: [`loadBalancer.domains[0]: "${domain}" is not a domain that a certificate can be made for; ${fix}`],
  })),
  {
    fact: "a domain twice",
    ...behind({ domains: ["ailab.example", "AILAB.example"] }),
    problems: ['loadBalancer.domains[1]: "AILAB.example" is listed twice; remove one entry'],
  },
  ...["ailab.example.", "projects/../managedZones/ailab"].map((dnsZone) => ({
    fact: `the zone ${dnsZone}`,
    ...behind({ dnsZone }),
    problems: [
      `loadBalancer.dnsZone: "${dnsZone}" is not a Cloud DNS zone; write its name, e.g. "ailab-example", or "projects/PROJECT/managedZones/ZONE"`,
    ],
  })),
  ...["staff", "gcp-staff", "locations/global/workforcePools/Acme", "Acme-Staff"].map((pool) => ({
    fact: `the workforce pool ${pool}`,
    ...behind({
      iap: { workforcePool: pool, access: [{ member: `${PERSON}/${pool.replace(/^locations.*\//, "")}/subject/x` }] },
    }),
    problems: [
      `loadBalancer.iap.workforcePool: "${pool}" is not a workforce pool; write "POOL" or "locations/global/workforcePools/POOL", where POOL has 6 to 63 lower-case letters, digits and hyphens, starts with a letter and not with "gcp-"`,
    ],
  })),
  {
    fact: "the Entra app where the OAuth client belongs",
    ...behind({ iap: { oauthClient: "d0c3a1f2-6a1e-4a53-9a44-7a51f1c5a001" } }),
    problems: [
      'loadBalancer.iap.oauthClient: "d0c3a1f2-6a1e-4a53-9a44-7a51f1c5a001" is the id of an app in Entra, which the pool\'s provider knows; write a name for the IAM OAuth client that is made, e.g. "iap-gateway", or leave it out',
    ],
  },
  {
    fact: "an OAuth client that is none",
    ...behind({ iap: { oauthClient: "IAP" } }),
    problems: [
      'loadBalancer.iap.oauthClient: "IAP" is not the id of an OAuth client; use 6 to 63 lower-case letters, digits and hyphens, starting with a letter and not with "gcp-"',
    ],
  },
  {
    fact: "an OAuth client for Google identities",
    ...behind({
      iap: { workforcePool: undefined, oauthClient: "iap-gateway", access: [{ member: "group:staff@acme.example" }] },
    }),
    problems: ['loadBalancer.iap.oauthClient: is for people of a workforce pool; set "workforcePool", or remove it'],
  },
  {
    fact: "a group by name instead of object id",
    ...behind({ iap: { access: [{ member: `${POOL}/acme-staff/group/Staff` }] } }),
    problems: [
      'loadBalancer.iap.access[0].member: "Staff" is the name of a group, and Entra tells object ids; write the group\'s object id, as its page in Entra shows it',
    ],
  },
  {
    fact: "a person by address instead of object id",
    ...behind({ iap: { access: [{ member: `${PERSON}/acme-staff/subject/ada@acme.example` }] } }),
    problems: [
      'loadBalancer.iap.access[0].member: "ada@acme.example" is an address, and Entra tells object ids; write the person\'s object id, as their page in Entra shows it',
    ],
  },
  {
    fact: "everybody of a pool",
    ...behind({ iap: { access: [{ member: `${POOL}/acme-staff/*` }] } }),
    problems: [
      `loadBalancer.iap.access[0].member: "${POOL}/acme-staff/*" is everybody of a pool; name a group of it instead, e.g. "${POOL}/acme-staff/group/OBJECT_ID"`,
    ],
  },
  {
    fact: "a Google identity where people sign in to a pool",
    ...behind({ iap: { access: [{ member: "group:staff@acme.example" }] } }),
    problems: [
      `loadBalancer.iap.access[0].member: "group:staff@acme.example" is a Google identity, and people sign in to the pool "acme-staff"; name a person or a group of the pool: "${POOL}/acme-staff/group/OBJECT_ID"`,
    ],
  },
  {
    fact: "somebody of a pool where Google identities sign in",
    ...behind({ iap: { workforcePool: undefined } }),
    problems: [
      `loadBalancer.iap.access[0].member: "${STAFF}" signs in to the pool "acme-staff"; set "workforcePool: acme-staff"`,
    ],
  },
  {
    fact: "somebody of another pool",
    ...behind({ iap: { workforcePool: "other-staff" } }),
    problems: [
      `loadBalancer.iap.access[0].member: "${STAFF}" is of the pool "acme-staff", and people sign in to "other-staff"`,
    ],
  },
  {
    fact: "a workload that would sign in",
    ...behind({ iap: { access: [{ member: "serviceAccount:ci@acme.iam.gserviceaccount.com" }] } }),
    problems: [
      'loadBalancer.iap.access[0].member: "serviceAccount:ci@acme.iam.gserviceaccount.com" is no person, and nobody else can sign in; let it call the service itself: list it in "access" of that',
    ],
  },
  {
    fact: "anyone on a route",
    ...behind({ iap: { routes: { "/desk": [{ member: "allAuthenticatedUsers" }] } } }),
    problems: [
      'loadBalancer.iap.routes./desk[0].member: "allAuthenticatedUsers" would let anyone in; no config value does; name who may call: write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier',
    ],
  },
  {
    fact: "a day in the past on a route",
    ...behind({ iap: { routes: { "/desk": [{ member: ADMINS, until: "2026-11-22" }] } } }),
    problems: [
      'loadBalancer.iap.routes./desk[0].until: "2026-11-22" is in the past (today is 2026-11-23, UTC); set a later day or remove the grant',
    ],
  },
  {
    fact: "somebody twice",
    ...behind({ iap: { access: [{ member: STAFF }, { member: STAFF }] } }),
    problems: [`loadBalancer.iap.access[1].member: "${STAFF}" is listed twice; remove one entry`],
  },
  {
    fact: "somebody on every route and on one",
    ...behind({ iap: { routes: { "/desk": [{ member: STAFF }] } } }),
    problems: [
      `loadBalancer.iap.routes./desk[0]: "${STAFF}" is let in by loadBalancer.iap.access[0] already, and whoever takes one grant away takes both; remove one entry`,
    ],
  },
  {
    fact: "people of a route that is none",
    ...behind({ iap: { routes: { "/dsk": [{ member: ADMINS }] } } }),
    problems: ['loadBalancer.iap.routes./dsk: "/dsk" is no route; did you mean "/desk"?'],
  },
  {
    fact: "people of one of two routes to a service",
    ...behind({
      routes: { "/": "portal", "/desk": "desk", "/help": "desk" },
      iap: { routes: { "/desk": [{ member: ADMINS }] } },
    }),
    problems: [
      'loadBalancer.iap.routes./desk: "/help" leads to "desk" as well, and who comes through is decided for a service; open it for both in "loadBalancer.iap.access", or give the route a service of its own',
    ],
  },
  {
    fact: "a route that nobody comes through to",
    ...behind({ iap: { access: [], routes: { "/desk": [{ member: ADMINS }] } } }),
    problems: [
      'loadBalancer.routes./: nobody comes through to "/"; name who does in "loadBalancer.iap.access" or in "loadBalancer.iap.routes"',
    ],
  },
  {
    fact: "protection that is off and set",
    ...behind({ protection: { off: "the network before it filters", rules: "preview" } }),
    problems: ['loadBalancer.protection.off: excludes "rules"; keep one of the two'],
  },
  {
    fact: "protection that is off for no reason",
    ...behind({ protection: { off: "no" } }),
    problems: ['loadBalancer.protection.off: got "no", needs a reason of at least 10 characters'],
  },
  {
    fact: "seconds over which Cloud Armor does not count",
    ...behind({ protection: { rateLimit: { requests: 100, perSeconds: 45 } } }),
    problems: [
      "loadBalancer.protection.rateLimit.perSeconds: got 45, must be one of 10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600",
    ],
  },
  {
    fact: "limits of numbers and lists passed",
    ...behind({
      domains: [],
      iap: { routes: { "/desk": [] }, reauth: { method: "PASSWORD", maxAgeSeconds: 60 } },
      protection: { rateLimit: { requests: 0 }, rules: "all" },
      order: "any",
    }),
    problems: [
      "loadBalancer.domains: is empty; list at least one entry",
      "loadBalancer.iap.routes./desk: is empty; list at least one entry",
      'loadBalancer.iap.reauth.method: got "PASSWORD", expected "LOGIN", "SECURE_KEY" or "ENROLLED_SECOND_FACTORS"',
      "loadBalancer.iap.reauth.maxAgeSeconds: got 60, expected at least 300",
      "loadBalancer.protection.rateLimit.requests: got 0, expected at least 1",
      'loadBalancer.protection.rules: got "all", expected "preconfigured" or "preview"',
      'loadBalancer.order: got "any", expected "backends-first" or "services-first"',
    ],
  },
  {
    fact: "limits of numbers passed upwards",
    ...behind({ iap: { reauth: { maxAgeSeconds: 90_000 } }, protection: { rateLimit: { requests: 20_000 } } }),
    problems: [
      "loadBalancer.iap.reauth.maxAgeSeconds: got 90000, expected at most 86400",
      "loadBalancer.protection.rateLimit.requests: got 20000, expected at most 10000",
    ],
  },
  {
    fact: "people of the sandbox who are none",
    config: { ...behind({}).config, sandbox: { people: { ada: { name: "", email: "ada", groups: [""] } } } },
    problems: [
      "sandbox.people.ada.name: is empty; write at least one character, or remove it",
      'sandbox.people.ada.email: got "ada", must be an e-mail address, e.g. "ada@acme.example"',
      "sandbox.people.ada.groups[0]: is empty; write at least one character, or remove it",
    ],
  },
  {
    fact: "no proxy before the routes",
    config: {
      services: { portal: { image } },
      loadBalancer: { domains: ["ailab.example"], routes: { "/": "portal" } },
    },
    problems: ["loadBalancer.iap: is missing; a map is needed"],
  },
];
