/** Wrong stack configs: what is written, and every problem that has to be told. */
export interface WrongConfig {
  readonly fact: string;
  /** Everything under `cloud-run-mesh:`; `web` and `api` are sound services that a case may change. */
  readonly config?: Record<string, unknown>;
  /** Added to the sound service `web`. */
  readonly web?: Record<string, unknown>;
  /** Added to the sound service `api`. */
  readonly api?: Record<string, unknown>;
  /** Further services. */
  readonly also?: Record<string, unknown>;
  readonly place?: { project?: string; region?: string; projectNumber?: string };
  readonly problems: readonly string[];
}

const image = "europe-docker.pkg.dev/acme/images/api@sha256:0";
const secret = { secret: "db-password", version: "3" };

export const wrongConfigs: readonly WrongConfig[] = [
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
    fact: "no project number",
    place: { projectNumber: "" },
    problems: [
      'projectNumber: is not known; run "pulumi config set projectNumber NUMBER" with the number that "gcloud projects describe PROJECT_ID" prints',
    ],
  },
  {
    fact: "a project number with letters",
    config: { projectNumber: "12a" },
    problems: ['projectNumber: got "12a", must be the project\'s number, digits only'],
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
      'zzz: unknown key "zzz"; allowed are services, functions, jobs, workerPools, developers, network, projectServices, projectNumber, labels, deletionProtection',
    ],
  },
  {
    fact: "a service key with capitals",
    also: { Web: { image } },
    problems: ['services.Web: key "Web" must be lower-case letters, digits and hyphens, starting with a letter'],
  },
  {
    fact: "a misspelt key of a service",
    web: { ingres: "internal" },
    problems: ['services.web.ingres: unknown key "ingres"; did you mean "ingress"?'],
  },
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
    fact: "an end in the past",
    web: { calls: [{ service: "api", until: "2026-11-22" }] },
    problems: [
      'services.web.calls[0].until: "2026-11-22" is in the past (today is 2026-11-23, UTC); set a later day or remove the grant',
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
          { member: "group:staff@acme.com", until: "2020-01-31" },
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
      'services.web.iap.access[1].member: "group:staff@acme.com" is listed twice; remove one entry',
      'services.web.iap.access[3].member: "serviceAccount:ci@acme.iam.gserviceaccount.com" is no person, and nobody else can sign in; let it call a service without "iap"',
    ],
  },
  {
    fact: "a call to a service that people sign in to",
    api: { ingress: { all: "people open it" }, iap: { access: [{ member: "group:staff@acme.com" }] } },
    problems: [
      'services.web.calls[0]: "api" is behind Identity-Aware Proxy, which lets no service through; call what it calls, or take "iap" away',
    ],
  },
  {
    fact: "Identity-Aware Proxy that lets nobody through",
    web: { ingress: { all: "people open it" }, iap: { access: [] } },
    problems: ["services.web.iap.access: is empty; list at least one entry"],
  },
  {
    fact: "a caller without a route to an internal service",
    config: { network: undefined },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: set "network" for the mesh or for the calling service',
    ],
  },
  {
    fact: "a caller that opts out of the network",
    web: { network: "none" },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: set "network" for the mesh or for the calling service',
    ],
  },
  {
    fact: "private ranges without the private zone",
    config: { network: { network: "vpc", subnetwork: "run", egress: "private-ranges-only" } },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: "network.egress: private-ranges-only" sends run.app past the VPC; use "all-traffic", or set "network.privateDnsZone: true" where the network resolves run.app to private.googleapis.com',
    ],
  },
  {
    fact: "a connector beside a network",
    config: { network: { network: "vpc", connector: "c" } },
    problems: ['network: "connector" excludes "network", "subnetwork" and "tags"; keep one of the two ways'],
  },
  {
    fact: "a network that names nothing",
    config: { network: { egress: "all-traffic" } },
    problems: ['network: names no way into a VPC network; set "network" and "subnetwork", "connector", or "create"'],
  },
  {
    fact: "no image",
    web: { image: undefined },
    problems: [
      "services.web.image: is missing; set it to what you built and pushed, best pinned by digest (@sha256:…)",
    ],
  },
  {
    fact: "a source outside of the repository",
    web: { source: "/home/me/web" },
    api: { source: "../api" },
    problems: [
      'services.web.source: got "/home/me/web", must be a folder of this repository',
      'services.api.source: got "../api", must be a folder of this repository',
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
      'services.web.traffic[0].tag: "tttttttttttttttttttttttttttttttttttttttttttt" and the name "web" have 47 characters together, at most 46 are allowed',
    ],
  },
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
    problems: ['services.web.serviceAccount: got "runner", must be the e-mail address of a service account'],
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
    fact: "a reserved label",
    web: { labels: { "run.googleapis.com/x": "1" } },
    problems: [
      'services.web.labels.run.googleapis.com/x: the prefix "run.googleapis.com" is reserved by Cloud Run; choose another key',
    ],
  },
  {
    fact: "a label with capitals",
    config: { labels: { System: "x" } },
    problems: [
      'labels.System: "System" is not a label key; use at most 63 lower-case letters, digits, hyphens and underscores, starting with a letter',
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
    fact: "a variable that Cloud Run sets",
    web: { env: { PORT: 8080, K_SERVICE: "x" } },
    problems: [
      'services.web.env.PORT: "PORT" is set by Cloud Run; set "port" instead',
      'services.web.env.K_SERVICE: "K_SERVICE" is set by Cloud Run; remove it',
    ],
  },
  {
    fact: "a variable that a call sets",
    web: { env: { API_URL: "https://example.com" } },
    problems: ['services.web.env.API_URL: "API_URL" is set by the call to "api"; remove one of the two'],
  },
  {
    fact: "a variable that is a list, its content unprinted",
    web: { env: { PASSWORD: ["hunter2"] } },
    problems: ["services.web.env.PASSWORD: got a list, expected text, a number, true or false or { secret, version }"],
  },
  {
    fact: "a variable with a hyphen",
    web: { env: { "MY-VAR": "x" } },
    problems: ['services.web.env.MY-VAR: key "MY-VAR" must be a variable name: letters, digits and underscores'],
  },
  {
    fact: "a secret without a version",
    web: { env: { PASSWORD: { secret: "db-password" } } },
    problems: ["services.web.env.PASSWORD.version: is missing; text is needed"],
  },
  {
    fact: "a secret version that is a word",
    web: { env: { PASSWORD: { ...secret, version: "newest" } } },
    problems: [
      'services.web.env.PASSWORD.version: got a string, must be a version number in quotes, e.g. "3", or "latest" on purpose',
    ],
  },
  {
    fact: "the default URL switched off with callers",
    api: { defaultUrlDisabled: true },
    problems: [
      "services.api.defaultUrlDisabled: services.web calls it by that URL; remove the callers or keep the URL",
    ],
  },
  {
    fact: "two kinds of probe",
    web: { startupProbe: { httpGet: { path: "/health" }, tcpSocket: { port: 80 } } },
    problems: [
      "services.web.startupProbe: got httpGet and tcpSocket, expected exactly one of httpGet, tcpSocket, grpc",
    ],
  },
  {
    fact: "no kind of probe",
    web: { livenessProbe: {} },
    problems: ["services.web.livenessProbe: got no kind of probe, expected exactly one of httpGet, tcpSocket, grpc"],
  },
  {
    fact: "a readiness probe by TCP",
    web: { readinessProbe: { tcpSocket: { port: 80 } } },
    problems: [
      'services.web.readinessProbe.tcpSocket: unknown key "tcpSocket"; allowed are httpGet, grpc, successThreshold, periodSeconds, timeoutSeconds, failureThreshold',
    ],
  },
  {
    fact: "a probe whose timeout exceeds its period",
    web: { livenessProbe: { grpc: {}, periodSeconds: 5, timeoutSeconds: 6 } },
    problems: ["services.web.livenessProbe.timeoutSeconds: got 6, expected at most periodSeconds (5)"],
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
    fact: "concurrency on half a CPU",
    web: { resources: { cpu: "0.5" }, concurrency: 80 },
    problems: ["services.web.concurrency: got 80, expected 1 with less than one CPU"],
  },
  {
    fact: "memory without a unit",
    web: { resources: { memory: "512" } },
    problems: ['services.web.resources.memory: got "512", must be an amount with a unit, e.g. "512Mi"'],
  },
  {
    fact: "a GPU of no type",
    web: { resources: { gpu: 1 } },
    problems: ['services.web.gpuType: is missing; "resources.gpu" needs the accelerator\'s type, e.g. nvidia-l4'],
  },
  {
    fact: "a volume of two kinds",
    web: { volumes: { data: { mountPath: "/data", emptyDir: {}, gcs: { bucket: "b" } } } },
    problems: [
      "services.web.volumes.data: got emptyDir and gcs, expected exactly one of secret, emptyDir, gcs, nfs, cloudSql",
    ],
  },
  {
    fact: "a sidecar that mounts an unknown volume and waits for an unknown container",
    web: {
      volumes: { cache: { mountPath: "/cache", emptyDir: {} } },
      sidecars: { proxy: { image, mounts: { cach: "/c" }, dependsOn: ["mian"] } },
    },
    problems: [
      'services.web.sidecars.proxy.mounts.cach: unknown volume "cach"; did you mean "cache"?',
      'services.web.sidecars.proxy.dependsOn[0]: unknown container "mian"; did you mean "main"?',
    ],
  },
  {
    fact: "a sidecar without an image",
    web: { sidecars: { proxy: { dependsOn: ["main"] } } },
    problems: ["services.web.sidecars.proxy.image: is missing; text is needed"],
  },
  {
    fact: "a sidecar that waits for itself",
    web: { sidecars: { proxy: { image, dependsOn: ["proxy"] } } },
    problems: ['services.web.sidecars.proxy.dependsOn[0]: "proxy" waits for itself; remove the entry'],
  },
  {
    fact: "a sidecar called main",
    web: { sidecars: { main: { image } } },
    problems: ['services.web.sidecars.main: "main" is the name of the service\'s own container; choose another'],
  },
  {
    fact: "a service that is a text",
    also: { db: "postgres" },
    problems: ['services.db: got "postgres", expected a map'],
  },
  { fact: "a network in words", config: { network: "default" }, problems: ['network: got "default", expected a map'] },
  {
    fact: "a role listed twice",
    web: { roles: ["roles/cloudsql.client", "roles/cloudsql.client"] },
    problems: ['services.web.roles[1]: "roles/cloudsql.client" is listed twice; remove one entry'],
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
  {
    fact: "a quoted number",
    web: { concurrency: "80" },
    problems: ['services.web.concurrency: got "80", expected a number'],
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
];
