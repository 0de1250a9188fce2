import type { WrongConfig } from "./wrong-config";

/** Wrong accounts and roles. */

export const wrongIdentities: readonly WrongConfig[] = [
  {
    fact: "the same account id twice",
    web: { accountId: "runner" },
    api: { accountId: "runner" },
    problems: ['services.api.accountId: "runner" is also that of services.web; give each service its own'],
  },
  {
    fact: "an account shared by two services",
    web: { serviceAccount: "run@acme-dev.iam.gserviceaccount.com" },
    api: { serviceAccount: "run@acme-dev.iam.gserviceaccount.com" },
    problems: [
      'services.api.serviceAccount: "run@acme-dev.iam.gserviceaccount.com" is also that of services.web; each service needs an account of its own',
    ],
  },
  {
    fact: "an account shared by two services, in capitals once",
    web: { serviceAccount: "Run@acme-dev.iam.gserviceaccount.com" },
    api: { serviceAccount: "run@acme-dev.iam.gserviceaccount.com" },
    problems: [
      'services.api.serviceAccount: "run@acme-dev.iam.gserviceaccount.com" is also that of services.web; each service needs an account of its own',
    ],
  },
  {
    fact: "the account that another service makes",
    web: { serviceAccount: "api-sa@acme-dev.iam.gserviceaccount.com" },
    problems: ['services.api.accountId: "api-sa" is also that of services.web; give each service its own'],
  },
  {
    fact: "the compute default account",
    web: { serviceAccount: "123456789012-compute@developer.gserviceaccount.com" },
    problems: [
      'services.web.serviceAccount: "123456789012-compute@developer.gserviceaccount.com" is a default service account, whose roles nobody declared; remove the key to get an account of its own',
    ],
  },
  {
    fact: "the App Engine default account",
    web: { serviceAccount: "acme-dev@appspot.gserviceaccount.com" },
    problems: [
      'services.web.serviceAccount: "acme-dev@appspot.gserviceaccount.com" is a default service account, whose roles nobody declared; remove the key to get an account of its own',
    ],
  },
  {
    fact: "an account that is no e-mail address",
    web: { serviceAccount: "runner" },
    problems: [
      'services.web.serviceAccount: got "runner", must be the e-mail address of a service account, e.g. "NAME@PROJECT.iam.gserviceaccount.com"',
    ],
  },
  {
    fact: "an account id that is too short",
    web: { accountId: "run" },
    problems: [
      'services.web.accountId: got "run", must be 6 to 30 lower-case letters, digits and hyphens, starting with a letter',
    ],
  },
  {
    fact: "invoker on the whole project",
    web: { roles: ["roles/run.invoker"] },
    problems: [
      'services.web.roles[0]: "roles/run.invoker" on the project reaches beyond this service; declare the call in "calls"',
    ],
  },
  {
    fact: "a basic role",
    web: { roles: ["roles/editor"] },
    problems: [
      'services.web.roles[0]: "roles/editor" on the project reaches beyond this service; grant a narrower role',
    ],
  },
  {
    fact: "a role without its prefix",
    web: { roles: ["cloudsql.client"] },
    problems: ['services.web.roles[0]: got "cloudsql.client", must be a role, e.g. "roles/cloudsql.client"'],
  },
  {
    fact: "a role listed twice",
    web: { roles: ["roles/cloudsql.client", "roles/cloudsql.client"] },
    problems: ['services.web.roles[1]: "roles/cloudsql.client" is listed twice; remove one entry'],
  },
];
