import { IMAGE as image } from "../support";
import type { WrongConfig } from "./wrong-config";

/** A value that was not understood, and what is judged by it: told once, and nothing is concluded from its absence. */

const open = { ingress: { all: "a laptop calls it with a token" } };
const laptop = { member: "user:ada@acme.com", calls: ["api"], until: "2027-03-31" };
const score = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };

const anyone =
  '"allUsers" would let anyone in; no config value does; name who may call: write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier';

export const wrongTogether: readonly WrongConfig[] = [
  {
    fact: "a misspelt ingress, and anyone in the same service's access",
    web: { ingress: "interal", access: [{ member: "allUsers" }] },
    problems: [
      'services.web.ingress: got "interal", expected internal, load-balancer, or { all: "the reason why the internet may reach it" }; did you mean "internal"?',
      `services.web.access[0].member: ${anyone}`,
    ],
  },
  {
    fact: "anyone, behind an entry that is none and beside a way that is none",
    web: { access: ["group:a@acme.com", { member: "allUsers", through: "vpn" }, { member: "domain:acme.com" }] },
    problems: [
      'services.web.access[0]: got "group:a@acme.com", expected a map',
      'services.web.access[1].through: got "vpn", expected "vpc" or "google"; did you mean "vpc"?',
      `services.web.access[1].member: ${anyone}`,
      'services.web.access[2].member: "domain:acme.com" is a whole domain; name a group of it instead, e.g. "group:callers@acme.com"',
    ],
  },
  {
    fact: "a function without its code, which anyone may call",
    config: { functions: { score: { ...score, source: undefined, access: [{ member: "allUsers" }] } } },
    problems: ["functions.score.source: is missing; text is needed", `functions.score.access[0].member: ${anyone}`],
  },
  {
    fact: "a developer who calls nobody, and is no person",
    config: { developers: { laptop: { member: "serviceAccount:ci@acme.iam.gserviceaccount.com", calls: [] } } },
    problems: [
      "developers.laptop.calls: is empty; list at least one entry",
      'developers.laptop.member: "serviceAccount:ci@acme.iam.gserviceaccount.com" is no person; let it call by itself: list it in the "access" of what it calls',
    ],
  },
  {
    fact: "a sidecar without an image, and a variable in it that Cloud Run sets",
    web: { sidecars: { proxy: { env: { PORT: 1, LEVEL: [] } } } },
    problems: [
      "services.web.sidecars.proxy.env.LEVEL: got a list, expected text, a number, true or false or { secret, version }",
      "services.web.sidecars.proxy.image: is missing; text is needed",
      'services.web.sidecars.proxy.env.PORT: "PORT" is set by Cloud Run; remove it',
    ],
  },
  {
    fact: "a range that is too small, beside a value that has no part in it",
    config: { network: { create: { cidr: "10.0.0.0/26" } }, labels: { system: 1 } },
    also: { cron: { image, calls: ["api"], scaling: { maxInstances: 100 } } },
    problems: [
      "labels.system: got 1, expected text; write it in quotes",
      'network.create.cidr: "10.0.0.0/26" has 64 addresses, and up to 200 instances take 404; choose a range of /23, or set lower "scaling.maxInstances"',
    ],
  },
  {
    fact: "two grants of one name, beside a variable that Cloud Run sets",
    config: {
      services: { trigger: { image, calls: ["score"], env: { PORT: 1 } } },
      functions: { score: { ...score, trigger: { topic: "orders" } } },
    },
    problems: [
      'services.trigger.env.PORT: "PORT" is set by Cloud Run; set "port" instead',
      'functions.score.trigger: its grant would be named "trigger-calls-score", as that of services.trigger.calls[0] is; rename a service',
    ],
  },
  {
    fact: "two services of one name and one account",
    web: { name: "shop", serviceAccount: "shop@acme-dev.iam.gserviceaccount.com" },
    api: { name: "shop", serviceAccount: "shop@acme-dev.iam.gserviceaccount.com" },
    problems: [
      'services.api.name: "shop" is also that of services.web; give each service its own',
      'services.api.serviceAccount: "shop@acme-dev.iam.gserviceaccount.com" is also that of services.web; each service needs an account of its own',
    ],
  },
  {
    fact: "services in a list, which a job calls",
    config: { services: [], jobs: { nightly: { image, calls: ["api"] } } },
    problems: ["services: got a list, expected a map"],
  },
  {
    fact: "a misspelt ingress, a caller without a network and a developer who comes from the internet",
    api: { ingress: { al: open.ingress.all } },
    config: { network: undefined, developers: { laptop } },
    problems: [
      "services.api.ingress.all: is missing; text is needed",
      'services.api.ingress.al: unknown key "al"; did you mean "all"?',
    ],
  },
  {
    fact: "a misspelt ingress, and a person who gets through the one that was meant",
    web: { ingress: "load-balancr", access: [{ member: "user:a@acme.com" }] },
    problems: [
      'services.web.ingress: got "load-balancr", expected internal, load-balancer, or { all: "the reason why the internet may reach it" }; did you mean "load-balancer"?',
    ],
  },
  {
    fact: "a source that names no folder, and the sandbox's command that runs in it",
    web: { source: " ", sandbox: { command: ["node", "main.js"] } },
    problems: ['services.web.source: got " ", must be a folder, as seen from this file, e.g. "services/web"'],
  },
  {
    fact: "a volume without a path, and a sidecar that mounts another",
    web: {
      volumes: { data: { emptyDir: {} }, cache: { mountPath: "/cache", emptyDir: {} } },
      sidecars: { proxy: { image, mounts: { cache: "/cache" } } },
    },
    problems: ["services.web.volumes.data.mountPath: is missing; text is needed"],
  },
  {
    fact: "memory without a unit, and several requests at once on the whole CPU beside it",
    config: { functions: { score: { ...score, resources: { cpu: "1", memory: "512" }, concurrency: 8 } } },
    problems: ['functions.score.resources.memory: got "512", must be an amount with a unit, e.g. "512Mi"'],
  },
  {
    fact: "a number of tasks in quotes, and fewer at once",
    config: { jobs: { nightly: { image, calls: ["api"], taskCount: "4", parallelism: 2 } } },
    problems: ['jobs.nightly.taskCount: got "4", expected a number; write it without quotes'],
  },
];
