import { type WrongConfig, wrongWebs } from "./wrong-config";

/** Wrong services: their names, code, scaling, traffic, labels. */

export const wrongServices: readonly WrongConfig[] = [
  {
    fact: "a misspelt key of a service",
    web: { ingres: "internal" },
    problems: ['services.web.ingres: unknown key "ingres"; did you mean "ingress"?'],
  },
  {
    fact: "a misspelt key, without what would follow from its absence",
    web: { ingres: { all: "people call it" }, access: [{ member: "group:support@acme.com" }] },
    problems: ['services.web.ingres: unknown key "ingres"; did you mean "ingress"?'],
  },
  {
    fact: "no image",
    web: { image: undefined },
    problems: [
      "services.web.image: is missing; set it to what you built and pushed, best pinned by digest (@sha256:…)",
    ],
  },
  {
    fact: "a source that names no folder",
    web: { source: " " },
    api: { source: "../api " },
    problems: [
      'services.web.source: got " ", must be a folder, as seen from this file, e.g. "services/web"',
      'services.api.source: got "../api ", must be a folder, as seen from this file, e.g. "services/web"',
    ],
  },
  {
    fact: "a command for the sandbox without a folder to run it in",
    web: { sandbox: { command: ["node", "main.js"] } },
    problems: ['services.web.sandbox: needs "source", the folder in which its command runs'],
  },
  {
    fact: "an empty command for the sandbox",
    web: { source: "web", sandbox: { command: [] } },
    problems: ["services.web.sandbox.command: is empty; list at least one entry"],
  },
  {
    fact: "an image with a space",
    web: { image: "my image" },
    problems: ['services.web.image: got "my image", must be a container image reference without spaces'],
  },
  {
    fact: "the same name twice",
    web: { name: "shop" },
    api: { name: "shop" },
    problems: ['services.api.name: "shop" is also that of services.web; give each service its own'],
  },
  {
    fact: "a name with capitals",
    web: { name: "Web" },
    problems: [
      'services.web.name: "Web" is not a service name; use lower-case letters, digits and hyphens, starting with a letter',
    ],
  },
  {
    fact: "a name that is too long",
    web: { name: "a".repeat(50) },
    problems: [
      'services.web.name: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" has 50 characters, at most 49 are allowed; set a shorter "name"',
    ],
  },
  {
    fact: "a DNS label that is too long",
    place: { projectNumber: "1234567890123456789" },
    web: { name: "a".repeat(45) },
    problems: [
      'services.web.name: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1234567890123456789" would be a DNS label of 65 characters, at most 63 are allowed; set a shorter "name"',
    ],
  },
  {
    fact: "a tag that is too long with the name",
    web: { traffic: [{ percent: 100, tag: "t".repeat(44) }] },
    problems: [
      'services.web.traffic[0].tag: "tttttttttttttttttttttttttttttttttttttttttttt" and the name "web" have 47 characters together, at most 46 are allowed; choose a shorter tag',
    ],
  },
  {
    fact: "a reserved label",
    web: { labels: { "run.googleapis.com/x": "1" } },
    problems: [
      'services.web.labels.run.googleapis.com/x: the prefix "run.googleapis.com" is reserved by Cloud Run; choose another key',
    ],
  },
  {
    fact: "a label value with capitals",
    web: { labels: { system: "Orders" } },
    problems: [
      'services.web.labels.system: got "Orders", must be at most 63 lower-case letters, digits, hyphens and underscores',
    ],
  },
  {
    fact: "a reserved annotation",
    web: { annotations: { "autoscaling.knative.dev/maxScale": "5" } },
    problems: [
      'services.web.annotations.autoscaling.knative.dev/maxScale: the prefix "autoscaling.knative.dev" is reserved by Cloud Run; choose another key',
    ],
  },
  {
    fact: "an annotation of the program itself",
    web: { annotations: { "cloud-run-mesh/ingress-all-reason": "x" } },
    problems: [
      'services.web.annotations.cloud-run-mesh/ingress-all-reason: "cloud-run-mesh/" is written by this program; choose another key',
    ],
  },
  {
    fact: "more least than most instances",
    web: { scaling: { minInstances: 3, maxInstances: 2 } },
    problems: ["services.web.scaling.minInstances: got 3, expected at most maxInstances (2)"],
  },
  {
    fact: "manual and automatic scaling",
    web: { scaling: { manualInstances: 3, maxInstances: 4 } },
    problems: [
      "services.web.scaling.manualInstances: excludes minInstances and maxInstances; keep one of the two ways",
    ],
  },
  {
    fact: "negative instances",
    web: { scaling: { minInstances: -1 } },
    problems: ["services.web.scaling.minInstances: got -1, expected at least 0"],
  },
  {
    fact: "traffic that is not all of it",
    web: { traffic: [{ percent: 60 }, { revision: "web-00001-abc", percent: 30 }] },
    problems: ["services.web.traffic: got 90 percent in all, expected 100"],
  },
  {
    fact: "a tag given twice",
    web: {
      traffic: [
        { percent: 100, tag: "next" },
        { revision: "web-00001-abc", tag: "next" },
      ],
    },
    problems: ['services.web.traffic[1].tag: "next" is given twice; a tag names one revision'],
  },
  {
    fact: "a timeout that is too long",
    web: { timeoutSeconds: 3601 },
    problems: ["services.web.timeoutSeconds: got 3601, expected at most 3600"],
  },
  ...wrongWebs([
    [
      { source: "web", sandbox: { command: [""] } },
      "sandbox.command[0]: is empty; write at least one character, or remove it",
    ],
    [{ imageManagedElsewhere: "yes" }, 'imageManagedElsewhere: got "yes", expected true or false'],
    [{ scaling: { maxInstances: 0 } }, "scaling.maxInstances: got 0, expected at least 1"],
    [{ scaling: { manualInstances: -1 } }, "scaling.manualInstances: got -1, expected at least 0"],
    [{ concurrency: 0 }, "concurrency: got 0, expected at least 1"],
    [{ concurrency: 1001 }, "concurrency: got 1001, expected at most 1000"],
    [{ timeoutSeconds: 0 }, "timeoutSeconds: got 0, expected at least 1"],
    [
      { executionEnvironment: "gen3" },
      'executionEnvironment: got "gen3", expected "gen1" or "gen2"; did you mean "gen1"?',
    ],
    [{ customAudiences: [""] }, "customAudiences[0]: is empty; write at least one character, or remove it"],
    [{ traffic: [{ percent: -1 }] }, "traffic[0].percent: got -1, expected at least 0"],
    [{ traffic: [{ percent: 101 }] }, "traffic[0].percent: got 101, expected at most 100"],
    [
      { traffic: [{ percent: 100, tag: "Next" }] },
      'traffic[0].tag: got "Next", must be lower-case letters, digits and hyphens, starting with a letter',
    ],
    [{ description: "d".repeat(513) }, `description: got "${"d".repeat(77)}…", expected at most 512 characters`],
    [{ launchStage: "PREVIEW" }, 'launchStage: got "PREVIEW", expected "ALPHA", "BETA" or "GA"'],
    [{ deletionProtection: "off" }, 'deletionProtection: got "off", expected true or false'],
  ]),
  {
    fact: "a tag whose URL is too long with a long project number",
    place: { projectNumber: "1234567890123456789" },
    web: { traffic: [{ percent: 100, tag: "t".repeat(40) }] },
    problems: [
      `services.web.traffic[0].tag: "${"t".repeat(40)}---web-1234567890123456789" would be a DNS label of 66 characters, at most 63 are allowed; choose a shorter tag`,
    ],
  },
  {
    fact: "more labels than Google takes, those of the mesh included",
    config: { labels: { system: "shop" } },
    web: { labels: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`label-${i}`, "x"])) },
    problems: ["services.web.labels: got 65 labels, those of the mesh included; at most 64 are allowed"],
  },
];
