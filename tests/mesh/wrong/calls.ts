import type { WrongConfig } from "./wrong-config";

/** Wrong calls and ends of grants. */

export const wrongCalls: readonly WrongConfig[] = [
  {
    fact: "a call to an unknown service",
    web: { calls: ["apo"] },
    problems: ['services.web.calls[0]: unknown service "apo"; did you mean "api"?'],
  },
  {
    fact: "a call to itself",
    web: { calls: ["web"] },
    problems: ['services.web.calls[0]: "web" calls itself; remove the entry'],
  },
  {
    fact: "a call listed twice",
    web: { calls: ["api", { service: "api" }] },
    problems: ['services.web.calls[1]: "api" is listed twice; remove one entry'],
  },
  {
    fact: "calls that are not a list",
    web: { calls: "api" },
    problems: ['services.web.calls: got "api", expected a list'],
  },
  {
    fact: "a call that is a number",
    web: { calls: [7] },
    problems: ["services.web.calls[0]: got 7, expected text or { service, until }"],
  },
  {
    fact: "a call with a misspelt key",
    web: { calls: [{ servce: "api" }] },
    problems: [
      "services.web.calls[0].service: is missing; text is needed",
      'services.web.calls[0].servce: unknown key "servce"; did you mean "service"?',
    ],
  },
  {
    fact: "a person's end in the past",
    web: { access: [{ member: "group:a@acme.com", until: "2026-11-22", through: "vpc" }] },
    problems: [
      'services.web.access[0].until: "2026-11-22" is in the past (today is 2026-11-23, UTC); set a later day or remove the grant',
    ],
  },
  {
    fact: "an end in Pulumi's spelling in the past",
    web: { access: [{ member: "user:a@acme.com", until: "2020-01-31 00:00:00 +0000 UTC", through: "vpc" }] },
    problems: [
      'services.web.access[0].until: "2020-01-31" is in the past (today is 2026-11-23, UTC); set a later day or remove the grant',
    ],
  },
  {
    fact: "an end that is not a day",
    web: { calls: [{ service: "api", until: "2027-02-30" }] },
    problems: ['services.web.calls[0].until: "2027-02-30" is not a day of the calendar'],
  },
  {
    fact: "an end in words",
    web: { calls: [{ service: "api", until: "next year" }] },
    problems: [
      'services.web.calls[0].until: "next year" is not a date; write the last day as YYYY-MM-DD, e.g. "2027-03-31"',
    ],
  },
  {
    fact: "a call to a service that people sign in to",
    api: { ingress: { all: "people open it" }, iap: { access: [{ member: "group:staff@acme.com" }] } },
    problems: [
      'services.web.calls[0]: "api" is behind Identity-Aware Proxy, which lets no service through; call what it calls, or take "iap" away',
    ],
  },
];
