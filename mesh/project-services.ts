import type { CallerSpec, MeshSpec, ReceiverSpec, ServiceSpec } from "./spec/spec";

/** An API of Google Cloud that a mesh needs, and what for. */
export interface ProjectApi {
  /** As `gcloud services enable` takes it. */
  readonly service: string;
  readonly what: string;
}

interface Row extends ProjectApi {
  /** For people: which meshes need it. */
  readonly where: string;
  readonly needed: (mesh: MeshSpec) => boolean;
}

/** Whatever runs as an account: a service, a function, a job or a worker pool. What a kind has no key for is absent. */
export type Runner = CallerSpec &
  Partial<
    Pick<
      ServiceSpec,
      | "binaryAuthorization"
      | "cloudSql"
      | "encryptionKey"
      | "env"
      | "iap"
      | "image"
      | "roles"
      | "serviceAccount"
      | "sidecars"
      | "volumes"
    >
  >;

const some = (test: (runner: Runner) => boolean) => (mesh: MeshSpec) => runners(mesh).some(test);
const volume = (kind: "gcs" | "cloudSql") =>
  some(({ volumes = {} }) => Object.values(volumes).some((one) => one[kind] !== undefined));
const hasFunctions = ({ functions }: MeshSpec) => functions !== undefined;

/**
 * Every API that a mesh may need. Service Usage, which switches the others on, is on in a new project.
 * Source: https://cloud.google.com/service-usage/docs/enabled-service; for functions
 * https://cloud.google.com/functions/docs/deploy and https://cloud.google.com/functions/docs/calling/pubsub
 */
export const PROJECT_APIS: readonly Row[] = [
  { service: "run.googleapis.com", what: "run everything", where: "every mesh", needed: () => true },
  {
    service: "cloudresourcemanager.googleapis.com",
    what: "look up the project's number, and grant roles on the project",
    where: "every mesh",
    needed: () => true,
  },
  {
    service: "iam.googleapis.com",
    what: "make accounts, and the OAuth client that a workforce pool signs in with",
    where:
      "wherever an account is created: without `serviceAccount`, with `functions`, `developers` or people with an end in `access`; and with `workforcePool`",
    needed: (mesh) => makesAccounts(mesh) || hasWorkforce(mesh),
  },
  {
    service: "iamcredentials.googleapis.com",
    what: "mint tokens in the name of an account",
    where: "`developers`, and people with an end in `access`",
    needed: hasImpersonations,
  },
  {
    service: "cloudfunctions.googleapis.com",
    what: "deploy the functions",
    where: "`functions`",
    needed: hasFunctions,
  },
  {
    service: "cloudbuild.googleapis.com",
    what: "build the functions",
    where: "`functions`",
    needed: hasFunctions,
  },
  {
    service: "logging.googleapis.com",
    what: "write the logs of the builds",
    where: "`functions`",
    needed: hasFunctions,
  },
  {
    service: "eventarc.googleapis.com",
    what: "bring events to functions",
    where: "functions with `trigger`",
    needed: hasTriggers,
  },
  {
    service: "pubsub.googleapis.com",
    what: "carry the events, of whatever kind",
    where: "functions with `trigger`",
    needed: hasTriggers,
  },
  {
    service: "compute.googleapis.com",
    what: "lead calls through the VPC network, and people through a load balancer",
    where: "Direct VPC egress, a network that is made, or `loadBalancer`",
    needed: (mesh) =>
      mesh.network !== undefined || mesh.loadBalancer !== undefined || some(({ vpc }) => usesDirectVpc(vpc))(mesh),
  },
  {
    service: "vpcaccess.googleapis.com",
    what: "lead calls through a connector",
    where: "Serverless VPC Access connectors",
    needed: (mesh) => mesh.network?.connector === true || some(({ vpc }) => vpc?.connector !== undefined)(mesh),
  },
  {
    service: "dns.googleapis.com",
    what: "resolve run.app to Google's private addresses, and the domains to the load balancer",
    where: "a private zone that is made, or `loadBalancer` with a `dnsZone` of the project",
    needed: ({ network, loadBalancer, project }) =>
      network?.privateDnsZone === true || loadBalancer?.dnsZone?.project === project,
  },
  {
    service: "secretmanager.googleapis.com",
    what: "read secrets",
    where: "whatever reads secrets",
    needed: some((runner) => secretsOf(runner).length > 0),
  },
  {
    service: "iap.googleapis.com",
    what: "ask people to sign in",
    where: "services with Identity-Aware Proxy, and `loadBalancer`",
    needed: (mesh) => mesh.loadBalancer !== undefined || some(({ iap }) => iap !== undefined)(mesh),
  },
  {
    service: "certificatemanager.googleapis.com",
    what: "make the certificate of the load balancer",
    where: "`loadBalancer`",
    needed: ({ loadBalancer }) => loadBalancer !== undefined,
  },
  {
    service: "artifactregistry.googleapis.com",
    what: "hold the images",
    where: "images in the project's own repositories, and those that are built of `functions`",
    needed: (mesh) =>
      hasFunctions(mesh) || some((runner) => images(runner).some((image) => isOwn(image, mesh.project)))(mesh),
  },
  {
    service: "sqladmin.googleapis.com",
    what: "connect to Cloud SQL",
    where: "`cloudSql`, and volumes of Cloud SQL",
    needed: (mesh) => volume("cloudSql")(mesh) || some(({ cloudSql }) => cloudSql !== undefined)(mesh),
  },
  {
    service: "storage.googleapis.com",
    what: "hold buckets that are mounted, and the code of functions",
    where: "volumes of Cloud Storage, and `functions`",
    needed: (mesh) => hasFunctions(mesh) || volume("gcs")(mesh),
  },
  {
    service: "cloudkms.googleapis.com",
    what: "encrypt with the project's own keys",
    where: "whatever has an `encryptionKey`",
    needed: some(({ encryptionKey }) => encryptionKey !== undefined),
  },
  {
    service: "binaryauthorization.googleapis.com",
    what: "judge images before they run",
    where: "services with `binaryAuthorization`",
    needed: some(({ binaryAuthorization }) => binaryAuthorization !== undefined),
  },
];

/** Exactly the APIs that this mesh needs. */
export function projectApis(mesh: MeshSpec): ProjectApi[] {
  return PROJECT_APIS.filter(({ needed }) => needed(mesh)).map(({ service, what }) => ({ service, what }));
}

/** Everything of the mesh that runs as an account. */
export function runners({ services, functions = {}, jobs = {}, workerPools = {} }: MeshSpec): Runner[] {
  return [services, functions, jobs, workerPools].flatMap((kind) => Object.values<Runner>(kind));
}

/** Whether people call in the name of accounts that are made for that. */
export function hasImpersonations({ services, functions = {}, developers }: MeshSpec): boolean {
  const receivers = [services, functions].flatMap((kind) => Object.values<ReceiverSpec>(kind));
  return developers !== undefined || receivers.some(({ accessAccountId }) => accessAccountId !== undefined);
}

/** Whether an account is created: for what runs and names none, for a function's build, or for people to call as. */
export function makesAccounts(mesh: MeshSpec): boolean {
  if (mesh.functions !== undefined || hasImpersonations(mesh)) return true;
  return runners(mesh).some(({ serviceAccount }) => serviceAccount === undefined);
}

/** Whether people sign in to a workforce pool. */
export function hasWorkforce({ loadBalancer, services }: MeshSpec): boolean {
  return [loadBalancer, ...Object.values(services)].some((one) => one?.iap?.workforce !== undefined);
}

/** Whether events start a function. */
export function hasTriggers({ functions = {} }: MeshSpec): boolean {
  return Object.values(functions).some(({ trigger }) => trigger !== undefined);
}

/** Whether one of them is told of objects in a bucket: Cloud Storage's own account has to publish these events. */
export function hasStorageTriggers({ functions = {} }: MeshSpec): boolean {
  return Object.values(functions).some(({ trigger }) => trigger?.eventType?.startsWith("google.cloud.storage."));
}

/** The secrets that it reads, as written: in variables, as files, or in a container beside its own. */
export function secretsOf({ env = {}, volumes = {}, sidecars = {} }: Runner): string[] {
  const variables = [env, ...Object.values(sidecars).map(({ env: own = {} }) => own)].flatMap((one) =>
    Object.values(one),
  );
  return [
    ...variables.flatMap((value) => (typeof value === "object" ? [value.secret] : [])),
    ...Object.values(volumes).flatMap(({ secret }) => (secret ? [secret.secret] : [])),
  ];
}

export function usesDirectVpc(vpc: Runner["vpc"]): boolean {
  return vpc?.network !== undefined || vpc?.subnetwork !== undefined;
}

function images({ image, sidecars = {} }: Runner): string[] {
  return [...(image === undefined ? [] : [image]), ...Object.values(sidecars).map((sidecar) => sidecar.image)];
}

/** Source: https://cloud.google.com/artifact-registry/docs/docker/names */
function isOwn(image: string, project: string): boolean {
  return /^[a-z0-9-]+-docker\.pkg\.dev\/([^/]+)\//.exec(image)?.[1] === project;
}
