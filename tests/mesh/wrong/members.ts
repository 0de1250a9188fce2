import { IMAGE as image } from "../support";
import type { WrongConfig } from "./wrong-config";

/** People without an end, and people who are named twice, in whatever case of letters. */

const open = { ingress: { all: "a laptop calls it with a token" } };
const until = "2031-12-31";

function balanced(iap: object): Omit<WrongConfig, "fact" | "problems"> {
  const loadBalancer = { domains: ["ailab.example"], routes: { "/": "portal" }, iap };
  return { config: { services: { portal: { image } }, loadBalancer } };
}

const WORKFORCE = "iam.googleapis.com/locations/global/workforcePools/acme-staff";
const ADA = "user:ada@acme.com";
const endless = (member: string, what = "way has") =>
  `until: is missing; "${member}" is one person, whose ${what} to end; set the last day, or name a group`;
const SUBJECT = `principal://${WORKFORCE}/subject/1`;

export const wrongMembers: readonly WrongConfig[] = [
  {
    fact: "one person of a workforce pool without an end",
    api: open,
    config: { developers: { one: { member: SUBJECT, calls: ["api"] } } },
    problems: [`developers.one.${endless(SUBJECT)}`],
  },
  {
    fact: "two developers who are one person, in another case of letters",
    api: open,
    config: {
      developers: {
        one: { member: ADA, calls: ["api"], until },
        other: { member: "user:Ada@ACME.com", calls: ["api"], until: "2032-12-31" },
      },
    },
    problems: [
      'developers.other.calls[0]: "user:Ada@ACME.com" calls "api" by developers.one.calls[0] already, and whoever takes one way away leaves the other; remove one entry',
    ],
  },
  {
    fact: "a developer who calls by the access of the service too, in another case of letters",
    api: { ...open, access: [{ member: "user:ADA@acme.com", until }] },
    config: { developers: { one: { member: ADA, calls: ["api"], until } } },
    problems: [
      'developers.one.calls[0]: "user:ada@acme.com" calls "api" by services.api.access[0] already, and whoever takes one way away leaves the other; remove one entry',
    ],
  },
  {
    fact: "people with one role on one secret twice, in another case of letters and with the project's name",
    config: {
      operators: {
        one: { member: "group:staff@acme.com", roles: [{ role: "roles/secretmanager.viewer", secret: "key" }] },
        other: {
          member: "group:Staff@acme.com",
          roles: [{ role: "roles/secretmanager.viewer", secret: "projects/acme-dev/secrets/key" }],
        },
      },
    },
    problems: [
      'operators.other.roles[0]: "group:Staff@acme.com" has "roles/secretmanager.viewer" on it by operators.one.roles[0] already, and whoever takes one grant away takes both; remove one entry',
    ],
  },
  {
    fact: "a member listed twice on a route, in another case of letters",
    ...balanced({ routes: { "/": [{ member: "group:staff@acme.com" }, { member: "group:STAFF@acme.com" }] } }),
    problems: ['loadBalancer.iap.routes./[1].member: "group:STAFF@acme.com" is listed twice; remove one entry'],
  },
];
