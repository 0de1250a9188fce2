import { type WrongConfig, wrongWebs } from "./wrong-config";

/** Wrong ways in: ingress, members from outside, Identity-Aware Proxy. */

export const wrongAccess: readonly WrongConfig[] = [
  {
    fact: "ingress all without a reason",
    web: { ingress: "all" },
    problems: [
      'services.web.ingress: got "all", expected internal, load-balancer, or { all: "the reason why the internet may reach it" }',
    ],
  },
  {
    fact: "ingress all with a thin reason",
    web: { ingress: { all: "because" } },
    problems: ['services.web.ingress.all: got "because", needs a reason of at least 10 characters'],
  },
  {
    fact: "a misspelt ingress",
    web: { ingress: "interal" },
    problems: [
      'services.web.ingress: got "interal", expected internal, load-balancer, or { all: "the reason why the internet may reach it" }; did you mean "internal"?',
    ],
  },
  {
    fact: "anyone",
    web: { access: [{ member: "allUsers" }] },
    problems: [
      'services.web.access[0].member: "allUsers" would let anyone in; no config value does; name who may call: write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier',
    ],
  },
  {
    fact: "anyone with an account, in another spelling",
    web: { access: [{ member: " AllAuthenticatedUsers" }] },
    problems: [
      'services.web.access[0].member: " AllAuthenticatedUsers" would let anyone in; no config value does; name who may call: write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier',
    ],
  },
  {
    fact: "a whole domain",
    web: { access: [{ member: "domain:acme.com" }] },
    problems: [
      'services.web.access[0].member: "domain:acme.com" is a whole domain; name a group of it instead, e.g. "group:callers@acme.com"',
    ],
  },
  {
    fact: "a deleted member",
    web: { access: [{ member: "deleted:user:a@acme.com?uid=1" }] },
    problems: [
      'services.web.access[0].member: "deleted:user:a@acme.com?uid=1" is deleted and can call nothing; remove the entry',
    ],
  },
  {
    fact: "a bare e-mail address",
    web: { access: [{ member: "a@acme.com" }] },
    problems: [
      'services.web.access[0].member: "a@acme.com" is not a principal; write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier',
    ],
  },
  {
    fact: "a member listed twice",
    web: {
      access: [
        { member: "serviceAccount:a@p.iam.gserviceaccount.com" },
        { member: "serviceAccount:a@p.iam.gserviceaccount.com" },
      ],
    },
    problems: [
      'services.web.access[1].member: "serviceAccount:a@p.iam.gserviceaccount.com" is listed twice; remove one entry',
    ],
  },
  {
    fact: "a member listed twice, in another case",
    web: {
      ingress: { all: "people call it from laptops" },
      access: [{ member: "group:team@acme.com" }, { member: "group:Team@acme.com" }],
    },
    problems: ['services.web.access[1].member: "group:Team@acme.com" is listed twice; remove one entry'],
  },
  {
    fact: "a service's own account, which calls already",
    api: { access: [{ member: "serviceAccount:Web-sa@acme-dev.iam.gserviceaccount.com", until: "2031-12-31" }] },
    problems: [
      'services.api.access[0]: "serviceAccount:Web-sa@acme-dev.iam.gserviceaccount.com" is let in by services.web.calls[0] already, and whoever takes one grant away takes both; remove one entry',
    ],
  },
  {
    fact: "a service's own account, once the day of its call is over",
    web: { calls: [{ service: "api", until: "2026-11-22" }] },
    api: { access: [{ member: "serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com" }] },
    problems: [
      'services.web.calls[0]: "serviceAccount:web-sa@acme-dev.iam.gserviceaccount.com" is let in by services.api.access[0] already, and whoever takes one grant away takes both; remove one entry',
    ],
  },
  {
    fact: "an account that people call as, listed beside them",
    web: {
      ingress: { all: "people call it from laptops" },
      access: [
        { member: "user:ada@acme.com", until: "2031-12-31" },
        { member: "serviceAccount:web-access-sa@acme-dev.iam.gserviceaccount.com" },
      ],
    },
    problems: [
      'services.web.access: "serviceAccount:web-access-sa@acme-dev.iam.gserviceaccount.com" is let in by services.web.access[1] already, and whoever takes one grant away takes both; remove one entry',
    ],
  },
  {
    fact: "a person on an internal service",
    web: { access: [{ member: "user:a@acme.com" }] },
    problems: [
      'services.web.access[0]: "user:a@acme.com" cannot reach a service with ingress internal; set "through: vpc" if they come through the VPC network, or another ingress',
    ],
  },
  {
    fact: "callers past Identity-Aware Proxy, an ingress that keeps people out, one member twice and one that is none",
    web: {
      access: [{ member: "serviceAccount:ci@acme.iam.gserviceaccount.com" }],
      iap: {
        access: [
          { member: "group:staff@acme.com" },
          { member: "group:Staff@acme.com", until: "2020-01-31" },
          { member: "allUsers" },
          { member: "serviceAccount:ci@acme.iam.gserviceaccount.com" },
        ],
      },
      env: { IAP_AUDIENCE: "mine" },
    },
    problems: [
      'services.web.iap.access[1].until: "2020-01-31" is in the past (today is 2026-11-23, UTC); set a later day or remove the grant',
      'services.web.iap.access[2].member: "allUsers" would let anyone in; no config value does; name who may call: write "user:", "group:" or "serviceAccount:" with an e-mail address, or a "principal://" or "principalSet://" identifier',
      'services.web.env.IAP_AUDIENCE: "IAP_AUDIENCE" is set by "iap"; remove it',
      'services.web.access: the proxy lets nobody past it; move the members to "iap.access"',
      'services.web.ingress: is internal, where nobody can sign in from; set { all: "reason" }, or load-balancer with one in front',
      'services.web.iap.access[1].member: "group:Staff@acme.com" is listed twice; remove one entry',
      'services.web.iap.access[3].member: "serviceAccount:ci@acme.iam.gserviceaccount.com" is no person, and nobody else can sign in; let it call a service without "iap"',
    ],
  },
  {
    fact: "Identity-Aware Proxy that lets nobody through",
    web: { ingress: { all: "people open it" }, iap: { access: [] } },
    problems: ["services.web.iap.access: is empty; list at least one entry"],
  },
  {
    fact: "the default URL switched off with callers",
    api: { defaultUrlDisabled: true },
    problems: [
      "services.api.defaultUrlDisabled: services.web calls it by that URL; remove the callers or keep the URL",
    ],
  },
  {
    fact: "Google's own callers in the name of another project's account, of a default one there and of people",
    web: {
      access: [
        { member: "serviceAccount:nightly@elsewhere.iam.gserviceaccount.com", through: "google" },
        { member: "serviceAccount:elsewhere@appspot.gserviceaccount.com", through: "google" },
        { member: "group:a@acme.com", through: "google" },
      ],
    },
    problems: [
      'services.web.access[1].member: "serviceAccount:elsewhere@appspot.gserviceaccount.com" is a default service account, which every workload of a project may run as; give the caller an account of its own and name that',
      'services.web.access[0]: "serviceAccount:nightly@elsewhere.iam.gserviceaccount.com" is no service account of acme-dev, and Google\'s own callers count as internal in the service\'s project alone; name an account of it, or take "through: google" away',
      'services.web.access[2]: "group:a@acme.com" cannot reach a service with ingress internal; set "through: vpc" if they come through the VPC network, or another ingress',
      'services.web.access[2]: "group:a@acme.com" is no service account of acme-dev, and Google\'s own callers count as internal in the service\'s project alone; name an account of it, or take "through: google" away',
    ],
  },
  {
    fact: "Google's own callers on a default URL that is switched off, which is the one that they call",
    web: {
      ingress: "load-balancer",
      access: [{ member: "serviceAccount:nightly@acme-dev.iam.gserviceaccount.com", through: "google" }],
      defaultUrlDisabled: true,
    },
    problems: [
      "services.web.defaultUrlDisabled: services.web.access calls it by that URL; remove the callers or keep the URL",
    ],
  },
  ...wrongWebs([
    [
      { access: [{ member: "group:a@acme.com", through: "vpn" }] },
      'access[0].through: got "vpn", expected "vpc" or "google"; did you mean "vpc"?',
    ],
  ]),
  {
    fact: "the default URL switched off for members from outside",
    web: {
      ingress: { all: "partners call it directly" },
      access: [{ member: "group:partners@acme.com" }],
      defaultUrlDisabled: true,
    },
    problems: [
      "services.web.defaultUrlDisabled: services.web.access calls it by that URL; remove the callers or keep the URL",
    ],
  },
];
