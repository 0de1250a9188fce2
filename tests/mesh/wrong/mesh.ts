import { IMAGE as image } from "../support";
import type { WrongConfig } from "./wrong-config";

/** Wrong in the mesh as a whole: where it runs, its maps and their keys. */

export const wrongMeshes: readonly WrongConfig[] = [
  {
    fact: "no project",
    place: { project: "" },
    problems: ['gcp:project: is missing; run "pulumi config set gcp:project PROJECT_ID"'],
  },
  {
    fact: "no region",
    place: { region: "" },
    problems: ['gcp:region: is missing; run "pulumi config set gcp:region europe-west9", or another region'],
  },
  {
    fact: "a zone for a region",
    place: { region: "europe-west9-a" },
    problems: ['gcp:region: "europe-west9-a" is not a region; write one like "europe-west9"'],
  },
  {
    fact: "no project number, and none that could be looked up",
    place: { projectNumber: undefined },
    problems: [
      'projectNumber: is not known; run "pulumi config set projectNumber NUMBER" with the number that "gcloud projects describe PROJECT_ID" prints',
    ],
  },
  {
    fact: "a project number with letters",
    config: { projectNumber: "12a" },
    problems: ['projectNumber: got "12a", must be the project\'s number, 6 to 19 digits'],
  },
  {
    fact: "a project number of too few digits",
    config: { projectNumber: "123" },
    problems: ['projectNumber: got "123", must be the project\'s number, 6 to 19 digits'],
  },
  { fact: "no services", config: { services: undefined }, problems: ["services: is missing; a map is needed"] },
  {
    fact: "an empty map of services",
    config: { services: {} },
    problems: ["services: is empty; declare at least one service"],
  },
  {
    fact: "a list of services",
    config: { services: [{ name: "web" }] },
    problems: ["services: got a list, expected a map"],
  },
  {
    fact: "a misspelt key of the mesh",
    config: { netwrok: {} },
    problems: ['netwrok: unknown key "netwrok"; did you mean "network"?'],
  },
  {
    fact: "a key that is like no other",
    config: { zzz: 1 },
    problems: [
      'zzz: unknown key "zzz"; allowed are services, functions, jobs, workerPools, developers, operators, loadBalancer, network, projectServices, projectNumber, labels, deletionProtection, sandbox',
    ],
  },
  {
    fact: "a service key with capitals",
    also: { Web: { image } },
    problems: ['services.Web: key "Web" must be lower-case letters, digits and hyphens, starting with a letter'],
  },
  {
    fact: "a label with capitals",
    config: { labels: { System: "x" } },
    problems: [
      'labels.System: "System" is not a label key; use at most 63 lower-case letters, digits, hyphens and underscores, starting with a letter',
    ],
  },
  {
    fact: "a service that is a text",
    also: { db: "postgres" },
    problems: ['services.db: got "postgres", expected a map'],
  },
  {
    fact: "several wrong services at once",
    web: { calls: ["apo"], timeoutSeconds: 0 },
    api: { ingres: "all" },
    also: { db: { calls: ["db"] } },
    problems: [
      "services.web.timeoutSeconds: got 0, expected at least 1",
      'services.web.calls[0]: unknown service "apo"; did you mean "api"?',
      'services.api.ingres: unknown key "ingres"; did you mean "ingress"?',
      "services.db.image: is missing; set it to what you built and pushed, best pinned by digest (@sha256:…)",
      'services.db.calls[0]: "db" calls itself; remove the entry',
    ],
  },
  {
    fact: "a project number that is none",
    config: { projectNumber: 0 },
    problems: ["projectNumber: got 0, expected more than 0"],
  },
  {
    fact: "a word for whether APIs are switched on",
    config: { projectServices: "yes" },
    problems: ['projectServices: got "yes", expected true or false'],
  },
  {
    fact: "a misspelt word for whether a mesh is protected",
    config: { deletionProtection: "flase" },
    problems: ['deletionProtection: got "flase", expected true or false; did you mean "false"?'],
  },
];
