import { IMAGE } from "./support";
import type { WrongConfig } from "./wrong-configs";

/** Wrong functions and developers, and every problem that has to be told. */

const sound = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };
const open = { ingress: { all: "a laptop calls it with a token" } };
const ada = { member: "user:ada@acme.com", calls: ["api"], until: "2027-03-31" };

function scored(
  fact: string,
  change: Record<string, unknown>,
  problem: string,
  more: Partial<WrongConfig> = {},
): WrongConfig {
  const config = { ...more.config, functions: { score: { ...sound, ...change } } };
  return { fact: `a function with ${fact}`, ...more, config, problems: [`functions.score${problem}`] };
}

function person(
  fact: string,
  change: Record<string, unknown>,
  problem: string,
  more: Partial<WrongConfig> = {},
): WrongConfig {
  const config = { ...more.config, developers: { laptop: { ...ada, ...change } } };
  return { fact: `a developer ${fact}`, api: open, ...more, config, problems: [`developers.laptop${problem}`] };
}

/** Three values that a key cannot have. */
const wrongValues = (key: string, three: readonly (readonly [unknown, string])[]) =>
  three.map(([value, problem]) =>
    scored(`${JSON.stringify(value)} for ${key}`, { [key]: value }, `.${key}: ${problem}`),
  );

export const wrongFunctions: readonly WrongConfig[] = [
  { fact: "a list of functions", config: { functions: [sound] }, problems: ["functions: got a list, expected a map"] },
  {
    fact: "a text for the functions",
    config: { functions: "score" },
    problems: ['functions: got "score", expected a map'],
  },
  {
    fact: "a function's key with capitals",
    config: { functions: { Score: sound } },
    problems: ['functions.Score: key "Score" must be lower-case letters, digits and hyphens, starting with a letter'],
  },
  ...wrongValues("source", [
    [undefined, "is missing; text is needed"],
    ["/srv/score", 'got "/srv/score", must be a folder of this repository'],
    ["../score", 'got "../score", must be a folder of this repository'],
  ]),
  ...wrongValues("bucket", [
    ["My-Bucket", 'got "My-Bucket", must be the name of a bucket'],
    ["gs://code", 'got "gs://code", must be the name of a bucket'],
    [7, "got 7, expected text"],
  ]),
  ...wrongValues("runtime", [
    [undefined, "is missing; text is needed"],
    ["node22", 'got "node22", must be a runtime, e.g. "nodejs22"'],
    ["nodejs", 'got "nodejs", must be a runtime, e.g. "nodejs22"'],
  ]),
  ...wrongValues("entryPoint", [
    [undefined, "is missing; text is needed"],
    ["score account", 'got "score account", must be the name of a function in the code'],
    ["7up", 'got "7up", must be the name of a function in the code'],
  ]),
  ...wrongValues("trigger", [
    ["accounts", 'got "accounts", expected a map'],
    [{}, "got no kind of event, expected exactly one of topic, eventType"],
    [
      { topic: "accounts", eventType: "google.cloud.audit.log.v1.written" },
      "got topic and eventType, expected exactly one of topic, eventType",
    ],
  ]),
  scored(
    "a topic that is none",
    { trigger: { topic: "a b" } },
    '.trigger.topic: got "a b", must be a topic\'s name, or "projects/PROJECT/topics/NAME"',
  ),
  scored(
    "an event that is none",
    { trigger: { eventType: "written" } },
    '.trigger.eventType: got "written", must be a type of Eventarc, e.g. "google.cloud.audit.log.v1.written"',
  ),
  scored(
    "filters on a topic",
    { trigger: { topic: "accounts", filters: { a: "b" } } },
    '.trigger.filters: a topic brings every message; remove it, or use "eventType"',
  ),
  scored(
    "a retry in words",
    { trigger: { topic: "accounts", retry: "yes" } },
    '.trigger.retry: got "yes", expected true or false',
  ),
  scored(
    "too much time for an event",
    { trigger: { topic: "accounts" }, timeoutSeconds: 541 },
    ".timeoutSeconds: got 541, expected at most 540 with a trigger",
  ),
  scored("too much time", { timeoutSeconds: 3601 }, ".timeoutSeconds: got 3601, expected at most 3600"),
  scored(
    "several requests on a share of a CPU",
    { concurrency: 8 },
    '.concurrency: got 8, expected 1 with less than one CPU; set "resources.cpu"',
  ),
  scored(
    "fewer instances than it keeps",
    { scaling: { minInstances: 3, maxInstances: 2 } },
    ".scaling.minInstances: got 3, expected at most maxInstances (2)",
  ),
  scored(
    "a variable that the builder sets",
    { env: { FUNCTION_TARGET: "x" } },
    '.env.FUNCTION_TARGET: "FUNCTION_TARGET" is set by Cloud Run; remove it',
  ),
  scored(
    "ingress all without a reason",
    { ingress: "all" },
    '.ingress: got "all", expected internal, load-balancer, or { all: "the reason why the internet may reach it" }',
  ),
  scored(
    "access for anyone",
    { access: [{ member: "allUsers" }] },
    '.access[0].member: "allUsers" would let anyone in; no config value does; name who may call: write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier',
  ),
  scored(
    "a grant that has ended",
    { access: [{ member: "group:a@acme.com", until: "2026-11-22", through: "vpc" }] },
    '.access[0].until: "2026-11-22" is in the past (today is 2026-11-23, UTC); set a later day or remove the grant',
  ),
  scored(
    "a person who cannot reach it",
    { access: [{ member: "user:a@acme.com" }] },
    '.access[0]: "user:a@acme.com" cannot reach a service with ingress internal; set "through: vpc" if they come through the VPC network, or another ingress',
  ),
  scored("a call to nobody", { calls: ["apo"] }, '.calls[0]: unknown service "apo"; did you mean "api"?'),
  scored("a call to itself", { calls: ["score"] }, '.calls[0]: "score" calls itself; remove the entry'),
  scored(
    "no network on its way inside",
    { calls: ["api"], network: "none" },
    '.calls[0]: "api" has ingress internal, so calls must come through a VPC network: set "network" for the mesh or for the calling service',
  ),
  scored("the name of a service", { name: "web" }, '.name: "web" is also that of services.web; give each its own'),
  {
    fact: "a service that runs as the account that builds a function",
    web: { accountId: "score-build-sa" },
    config: { functions: { score: sound } },
    problems: ['functions.score.accountId: "score-build-sa" is also that of services.web; give each its own'],
  },
  {
    fact: "a service with the key of a function",
    config: { functions: { web: sound } },
    problems: ['functions.web: "web" is also that of services.web; give each a key of its own'],
  },
  {
    fact: "a call from outside any network to an internal function",
    web: { calls: ["score"], network: "none" },
    config: { functions: { score: sound } },
    problems: [
      'services.web.calls[0]: "score" has ingress internal, so calls must come through a VPC network: set "network" for the mesh or for the calling service',
    ],
  },
  { fact: "a list of developers", config: { developers: [ada] }, problems: ["developers: got a list, expected a map"] },
  {
    fact: "a text for the developers",
    config: { developers: "ada" },
    problems: ['developers: got "ada", expected a map'],
  },
  {
    fact: "a developer's key with capitals",
    api: open,
    config: { developers: { Ada: ada } },
    problems: ['developers.Ada: key "Ada" must be lower-case letters, digits and hyphens, starting with a letter'],
  },
  person("who is nobody", { member: undefined }, ".member: is missing; text is needed"),
  person(
    "who is anyone",
    { member: "allUsers" },
    '.member: "allUsers" would let anyone in; no config value does; name who may call: write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier',
  ),
  person(
    "who is a machine",
    { member: "serviceAccount:ci@acme-dev.iam.gserviceaccount.com" },
    '.member: "serviceAccount:ci@acme-dev.iam.gserviceaccount.com" is no person; let it call by itself: list it in the "access" of what it calls',
  ),
  person(
    "who is one person, without an end",
    { until: undefined },
    '.until: is missing; "user:ada@acme.com" is one person, whose way has to end; set the last day, or name a group',
  ),
  person(
    "whose time is over",
    { until: "2026-11-22" },
    '.until: "2026-11-22" is in the past (today is 2026-11-23, UTC); set a later day or remove the grant',
  ),
  person(
    "with an end in words",
    { until: "soon" },
    '.until: "soon" is not a date; write the last day as YYYY-MM-DD, e.g. "2027-03-31"',
  ),
  person("who calls nothing", { calls: [] }, ".calls: is empty; list at least one entry"),
  person("who calls nobody", { calls: ["apo"] }, '.calls[0]: unknown service "apo"; did you mean "api"?'),
  person("who calls twice", { calls: ["api", "api"] }, '.calls[1]: "api" is listed twice; remove one entry'),
  person(
    "who calls what is internal",
    { calls: ["web"] },
    '.calls[0]: "web" has ingress internal, which no laptop gets through; set { all: "reason" } on it',
  ),
  person(
    "who calls what people sign in to",
    { calls: ["desk"] },
    '.calls[0]: "desk" is behind Identity-Aware Proxy; add the member to its "iap.access"',
    {
      also: { desk: { image: IMAGE, ...open, iap: { access: [{ member: "group:staff@acme.com" }] } } },
    },
  ),
  person('with "yes" for access tokens', { accessTokens: "yes" }, '.accessTokens: got "yes", expected true or false'),
  person("with 1 for access tokens", { accessTokens: 1 }, ".accessTokens: got 1, expected true or false"),
  person(
    "with a list for access tokens",
    { accessTokens: ["api"] },
    ".accessTokens: got a list, expected true or false",
  ),
  {
    fact: "a developer with the key of a service",
    api: open,
    config: { developers: { web: ada } },
    problems: ['developers.web: "web" is also that of services.web; choose another key'],
  },
  {
    fact: "a developer with the account of a service",
    api: open,
    web: { accountId: "laptop-dev-sa" },
    config: { developers: { laptop: ada } },
    problems: ['developers.laptop: its account "laptop-dev-sa" is also that of services.web; choose another key'],
  },
];
