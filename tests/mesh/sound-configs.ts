import { IMAGE } from "./support";

/** Sound configs that together set every key: what a wrong value at any of them is laid over. */

const until = "2027-03-31";
const secret = { secret: "db-password", version: "3" };
const periods = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 };
const httpGet = { path: "/health", port: 8080 };
const grpc = { port: 8080, service: "shop.Orders" };

const probes = [
  { httpGet, initialDelaySeconds: 5, ...periods },
  { grpc, ...periods },
  { tcpSocket: { port: 8080 }, ...periods },
] as const;

const volumes = {
  password: { mountPath: "/password", secret: { ...secret, path: "password" } },
  cache: { mountPath: "/cache", emptyDir: { sizeLimit: "128Mi" } },
  files: { mountPath: "/files", gcs: { bucket: "acme-files", readOnly: true, mountOptions: ["implicit-dirs"] } },
  share: { mountPath: "/share", nfs: { server: "10.0.0.2", path: "/exports", readOnly: true } },
  cloudsql: { mountPath: "/cloudsql", cloudSql: { instances: ["acme-dev:europe-west9:orders"] } },
};

const network = {
  network: "default",
  subnetwork: "default",
  tags: ["mesh"],
  egress: "all-traffic",
  privateDnsZone: true,
};
const connector = { connector: "link", egress: "all-traffic" };

const caller = {
  roles: ["roles/cloudsql.client"],
  egress: ["api.stripe.com", "*.stripe.com"],
  labels: { team: "shop" },
  deletionProtection: true,
};
const env = { LEVEL: "debug", PASSWORD: secret };
const main = { command: ["/app"], args: ["serve"], workingDir: "/srv", env };
const task = {
  image: IMAGE,
  ...caller,
  ...main,
  volumes,
  resources: { cpu: "4", memory: "16Gi", gpu: 1 },
  gpuType: "nvidia-l4",
  annotations: { owner: "shop" },
  encryptionKey: "projects/acme-dev/locations/europe-west9/keyRings/ring/cryptoKeys/key",
};

const web = {
  ...task,
  formerly: "shop",
  resources: { ...task.resources, cpuIdle: false, startupCpuBoost: true },
  source: "services/web",
  imageManagedElsewhere: false,
  calls: [{ service: "api", until }],
  accountId: "web-runs",
  network,
  ingress: { all: "people open it from anywhere" },
  access: [{ member: "group:staff@acme.com", until, through: "vpc" }],
  port: 8080,
  startupProbe: probes[0],
  livenessProbe: probes[0],
  readinessProbe: { httpGet, ...periods },
  sidecars: {
    proxy: {
      image: IMAGE,
      ...main,
      startupProbe: probes[0],
      livenessProbe: probes[0],
      resources: { cpu: "1", memory: "512Mi", cpuIdle: false, startupCpuBoost: true },
      dependsOn: ["main"],
    },
  },
  name: "shop-web",
  scaling: { minInstances: 0, maxInstances: 2 },
  concurrency: 80,
  timeoutSeconds: 60,
  executionEnvironment: "gen2",
  sessionAffinity: true,
  customAudiences: ["https://shop.acme.com"],
  defaultUrlDisabled: false,
  traffic: [{ percent: 100, revision: "shop-web-00001-abc", tag: "next" }],
  description: "what people open",
  binaryAuthorization: {
    policy: "projects/acme-dev/platforms/cloudRun/policies/shop",
    breakglassJustification: "an incident",
  },
  launchStage: "GA",
};

const score = {
  formerly: "rating",
  source: "functions/score",
  bucket: "acme-code",
  runtime: "nodejs22",
  entryPoint: "score",
  sandbox: { command: ["node", "main.js"] },
  ...caller,
  env,
  calls: [{ service: "api", until }],
  accountId: "score-runs",
  network,
  ingress: { all: "partners call it directly" },
  access: [
    { member: "group:partners@acme.com", until, through: "vpc" },
    { member: "serviceAccount:nightly@acme-dev.iam.gserviceaccount.com", through: "google" },
  ],
  resources: { cpu: "1", memory: "512Mi" },
  scaling: { minInstances: 0, maxInstances: 2 },
  concurrency: 1,
  timeoutSeconds: 60,
  name: "shop-score",
  description: "scores an order",
};
const topic = { topic: "orders", region: "europe-west9", retry: true };
const event = { eventType: "google.cloud.audit.log.v1.written", filters: { serviceName: "storage.googleapis.com" } };

const nightly = {
  ...task,
  formerly: "daily",
  calls: [{ service: "api", until }],
  accountId: "nightly-runs",
  network,
  name: "shop-nightly",
};
const taker = { ...nightly, formerly: "worker", accountId: "taker-runs", name: "shop-taker", instances: 1 };

const group = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme-staff/group/";
const staff = `${group}6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10`;
const admins = `${group}0d9a5c8e-41d7-4c35-8a37-55d0a3a0be11`;

const loadBalancer = {
  domains: ["ailab.example", "www.ailab.example"],
  dnsZone: "projects/acme-dns/managedZones/ailab-example",
  routes: { "/": "portal", "/desk": "desk" },
  iap: {
    workforcePool: "acme-staff",
    access: [{ member: staff, until }],
    routes: { "/desk": [{ member: admins, until }] },
    reauth: { method: "LOGIN", maxAgeSeconds: 3600 },
    oauthClient: "ailab-gateway",
  },
  protection: { rateLimit: { requests: 300, perSeconds: 60 }, rules: "preview" },
  order: "services-first",
};

const email = (id: string) => `${id}@acme-dev.iam.gserviceaccount.com`;

/** What is judged together stands apart, so that a wrong value is told once: a sandbox's command needs a source. */
export const soundConfigs: readonly Readonly<Record<string, unknown>>[] = [
  {
    services: {
      portal: { image: IMAGE, cloudSql: "acme-dev:europe-west9:main" },
      desk: {
        image: IMAGE,
        cloudSql: { instance: "acme-dev:europe-west9:main", database: "desk" },
        sandbox: { env: { DATABASE_URL: "postgresql://localhost/desk" } },
      },
      wiki: {
        image: IMAGE,
        ingress: { all: "people open it from anywhere" },
        iap: { workforcePool: "locations/global/workforcePools/acme-staff", access: [{ member: staff, until }] },
      },
    },
    loadBalancer,
    operators: {
      analysts: {
        member: admins,
        until,
        roles: [
          { role: "roles/storage.objectViewer", bucket: "acme-reports" },
          { role: "roles/secretmanager.secretVersionAdder", secret: "projects/acme-vault/secrets/key" },
          { role: "roles/logging.viewer", project: "acme-dev" },
        ],
      },
    },
    sandbox: {
      people: {
        ada: {
          name: "Ada",
          email: "ada@acme.example",
          id: "3b0f8a52-6a1e-4a53-9a44-7a51f1c5a001",
          groups: ["6f1c0d0a-6f0e-4f6e-9d3e-0c6a3a1c2b10"],
        },
      },
    },
  },
  {
    services: { portal: { image: IMAGE } },
    loadBalancer: {
      domains: ["ailab.example"],
      routes: { "/": "portal" },
      iap: { access: [{ member: "group:staff@acme.example" }] },
      protection: { off: "the network before it filters already" },
    },
  },
  {
    services: { web, api: { image: IMAGE } },
    network,
    projectServices: true,
    projectNumber: 123456789012,
    labels: { system: "shop" },
    deletionProtection: true,
  },
  {
    services: { api: { image: IMAGE, ingress: { all: "a laptop calls it with a token" } } },
    functions: { score: { ...score, trigger: topic } },
    jobs: { nightly: { ...nightly, taskCount: 4, maxRetries: 3, timeoutSeconds: 600 } },
    workerPools: { taker },
    developers: {
      laptop: { formerly: "desk", member: "user:ada@acme.com", calls: ["api"], until, accessTokens: false },
    },
  },
  {
    services: {
      web: {
        image: IMAGE,
        source: "services/web",
        sandbox: { command: ["node", "main.js"] },
        calls: ["api"],
        serviceAccount: email("web"),
        network: connector,
        ingress: { all: "people open it from anywhere" },
        iap: { access: [{ member: "group:staff@acme.com", until }] },
        startupProbe: probes[1],
        livenessProbe: probes[1],
        readinessProbe: { grpc, ...periods },
        volumes,
        sidecars: {
          proxy: {
            image: IMAGE,
            startupProbe: probes[1],
            livenessProbe: probes[1],
            mounts: { cache: "/cache" },
            resources: { cpu: "4", memory: "16Gi", gpu: 1, cpuIdle: false },
          },
        },
        gpuType: "nvidia-l4",
        scaling: { manualInstances: 1 },
      },
      api: { image: IMAGE },
    },
    functions: { score: { ...score, accountId: undefined, serviceAccount: email("score"), trigger: event } },
    jobs: { nightly: { image: IMAGE, serviceAccount: email("nightly"), taskCount: 4, parallelism: 2 } },
    workerPools: { taker: { image: IMAGE, serviceAccount: email("taker") } },
    network: connector,
  },
  {
    services: {
      web: {
        image: IMAGE,
        network: connector,
        startupProbe: probes[2],
        livenessProbe: probes[2],
        sidecars: { proxy: { image: IMAGE, startupProbe: probes[2], livenessProbe: probes[2] } },
      },
    },
    functions: { score: { ...score, calls: [], network: connector } },
    jobs: { nightly: { image: IMAGE, network: connector } },
    workerPools: { taker: { image: IMAGE, network: connector } },
    network: { create: { name: "mesh", cidr: "10.0.0.0/20", connector: false, nat: true, retainOnDelete: true } },
  },
];
