import { IMAGE } from "../support";
import type { WrongConfig } from "./wrong-config";

/** Wrong people who call from their own machines. */

const open = { ingress: { all: "a laptop calls it with a token" } };
const ada = { member: "user:ada@acme.com", calls: ["api"], until: "2027-03-31" };

function person(
  fact: string,
  change: Record<string, unknown>,
  problem: string,
  more: Partial<WrongConfig> = {},
): WrongConfig {
  const config = { ...more.config, developers: { laptop: { ...ada, ...change } } };
  return { fact: `a developer ${fact}`, api: open, ...more, config, problems: [`developers.laptop${problem}`] };
}

export const wrongDevelopers: readonly WrongConfig[] = [
  {
    fact: "a developer's key with capitals",
    api: open,
    config: { developers: { Ada: ada } },
    problems: ['developers.Ada: key "Ada" must be lower-case letters, digits and hyphens, starting with a letter'],
  },
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
  {
    fact: "a developer with the account that a service is given",
    api: open,
    web: { serviceAccount: "Laptop-dev-sa@acme-dev.iam.gserviceaccount.com" },
    config: { developers: { laptop: ada } },
    problems: ['developers.laptop: its account "laptop-dev-sa" is also that of services.web; choose another key'],
  },
  person(
    "until a day that no condition counts to",
    { until: "9999-12-31" },
    '.until: "9999-12-31" is later than IAM counts; set an earlier day',
  ),
];
