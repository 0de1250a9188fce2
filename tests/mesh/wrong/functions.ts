import { IMAGE as image } from "../support";
import type { WrongConfig } from "./wrong-config";

/** Wrong functions, and every problem that has to be told. */

const sound = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };

function scored(
  fact: string,
  change: Record<string, unknown>,
  problem: string,
  more: Partial<WrongConfig> = {},
): WrongConfig {
  const config = { ...more.config, functions: { score: { ...sound, ...change } } };
  return { fact: `a function with ${fact}`, ...more, config, problems: [`functions.score${problem}`] };
}

/** Values that a key cannot have. */
const wrongValues = (key: string, values: readonly (readonly [unknown, string])[]) =>
  values.map(([value, problem]) =>
    scored(`${JSON.stringify(value)} for ${key}`, { [key]: value }, `.${key}: ${problem}`),
  );

export const wrongFunctions: readonly WrongConfig[] = [
  {
    fact: "a function's key with capitals",
    config: { functions: { Score: sound } },
    problems: ['functions.Score: key "Score" must be lower-case letters, digits and hyphens, starting with a letter'],
  },
  ...wrongValues("source", [
    [" ", 'got " ", must be a folder, as seen from this file, e.g. "functions/score"'],
    ["score ", 'got "score ", must be a folder, as seen from this file, e.g. "functions/score"'],
  ]),
  ...wrongValues("bucket", [
    [
      "My-Bucket",
      'got "My-Bucket", must be the name of a bucket without "gs://": 3 to 63 lower-case letters, digits, dots, hyphens and underscores',
    ],
    [
      "gs://code",
      'got "gs://code", must be the name of a bucket without "gs://": 3 to 63 lower-case letters, digits, dots, hyphens and underscores',
    ],
  ]),
  ...wrongValues("runtime", [
    ["node22", 'got "node22", must be a runtime, e.g. "nodejs22"'],
    ["nodejs", 'got "nodejs", must be a runtime, e.g. "nodejs22"'],
  ]),
  ...wrongValues("entryPoint", [
    ["score account", 'got "score account", must be the name of a function in the code, e.g. "scoreOrder"'],
    ["7up", 'got "7up", must be the name of a function in the code, e.g. "scoreOrder"'],
  ]),
  ...wrongValues("trigger", [
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
  scored(
    "a reason that its label cannot hold",
    { ingress: { all: "社内の開発者が使うため公開しています" } },
    '.ingress.all: would be the label "-" on a function; write a reason with at least 10 letters a to z or digits',
  ),
  scored("the name of a service", { name: "web" }, '.name: "web" is also that of services.web; give each its own'),
  {
    fact: "a service that runs as the account that builds a function",
    web: { accountId: "score-build-sa" },
    config: { functions: { score: sound } },
    problems: ['functions.score.accountId: "score-build-sa" is also that of services.web; give each its own'],
  },
  {
    fact: "a service that calls it by a grant of the same name as its trigger's",
    web: { calls: [] },
    config: {
      services: { trigger: { image, calls: ["score"] } },
      functions: { score: { ...sound, trigger: { topic: "orders" } } },
    },
    problems: [
      'functions.score.trigger: its grant would be named "trigger-calls-score", as that of services.trigger.calls[0] is; rename a service',
    ],
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
  ...(
    [
      [{ scaling: { maxInstances: 0 } }, ".scaling.maxInstances: got 0, expected at least 1"],
      [{ scaling: { minInstances: -1 } }, ".scaling.minInstances: got -1, expected at least 0"],
      [{ concurrency: 0 }, ".concurrency: got 0, expected at least 1"],
      [{ concurrency: 1001 }, ".concurrency: got 1001, expected at most 1000"],
      [{ timeoutSeconds: 0 }, ".timeoutSeconds: got 0, expected at least 1"],
      [{ description: "d".repeat(513) }, `.description: got "${"d".repeat(77)}…", expected at most 512 characters`],
      [{ sandbox: { command: [] } }, ".sandbox.command: is empty; list at least one entry"],
      [{ sandbox: { command: [""] } }, ".sandbox.command[0]: is empty; write at least one character, or remove it"],
      [
        { sandbox: { comand: ["node"], command: ["node"] } },
        '.sandbox.comand: unknown key "comand"; did you mean "command"?',
      ],
    ] as const
  ).map(([change, problem]) => scored(JSON.stringify(change).slice(0, 80), change, problem)),
];
