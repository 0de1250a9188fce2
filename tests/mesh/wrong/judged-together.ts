import { IMAGE as image } from "../support";
import type { WrongConfig } from "./wrong-config";

/** A value that was not understood, and what is judged by it: told once, and nothing is concluded from its absence. */

const open = { ingress: { all: "a laptop calls it with a token" } };
const laptop = { member: "user:ada@acme.com", calls: ["api"], until: "2027-03-31" };
const score = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };

export const wrongTogether: readonly WrongConfig[] = [
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
    fact: "a source outside of the repository, and the sandbox's command that runs in it",
    web: { source: "../web", sandbox: { command: ["node", "main.js"] } },
    problems: ['services.web.source: got "../web", must be a folder of this repository, e.g. "services/web"'],
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
