import type { MeshSpec, ServiceSpec } from "./spec/spec";

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

const anyService =
  (test: (service: ServiceSpec) => boolean) =>
  ({ services }: MeshSpec): boolean =>
    Object.values(services).some(test);

const volume = (kind: "gcs" | "cloudSql") =>
  anyService(({ volumes = {} }) => Object.values(volumes).some((one) => one[kind] !== undefined));

/**
 * Every API that a mesh may need. Service Usage, which switches the others on, is on in a new project.
 * Source: https://cloud.google.com/service-usage/docs/enabled-service
 */
export const PROJECT_APIS: readonly Row[] = [
  { service: "run.googleapis.com", what: "run the services", where: "every mesh", needed: () => true },
  {
    service: "cloudresourcemanager.googleapis.com",
    what: "look up the project's number, and grant roles on the project",
    where: "every mesh",
    needed: () => true,
  },
  {
    service: "iam.googleapis.com",
    what: "give each service an account of its own",
    where: "services whose account is created",
    needed: anyService(({ serviceAccount }) => serviceAccount === undefined),
  },
  {
    service: "compute.googleapis.com",
    what: "lead calls through the VPC network",
    where: "Direct VPC egress, or a network that is made",
    needed: (mesh) => mesh.network !== undefined || anyService(({ vpc }) => usesDirectVpc(vpc))(mesh),
  },
  {
    service: "vpcaccess.googleapis.com",
    what: "lead calls through a connector",
    where: "Serverless VPC Access connectors",
    needed: (mesh) => mesh.network?.connector === true || anyService(({ vpc }) => vpc?.connector !== undefined)(mesh),
  },
  {
    service: "dns.googleapis.com",
    what: "resolve run.app to Google's private addresses",
    where: "a private zone that is made",
    needed: ({ network }) => network?.privateDnsZone === true,
  },
  {
    service: "secretmanager.googleapis.com",
    what: "read secrets",
    where: "services that read secrets",
    needed: anyService(readsSecrets),
  },
  {
    service: "iap.googleapis.com",
    what: "ask people to sign in",
    where: "services with Identity-Aware Proxy",
    needed: anyService(({ iap }) => iap !== undefined),
  },
  {
    service: "artifactregistry.googleapis.com",
    what: "hold the images",
    where: "images in the project's own repositories",
    needed: (mesh) => anyService((service) => images(service).some((image) => isOwn(image, mesh.project)))(mesh),
  },
  {
    service: "sqladmin.googleapis.com",
    what: "connect to Cloud SQL",
    where: "volumes of Cloud SQL",
    needed: volume("cloudSql"),
  },
  {
    service: "storage.googleapis.com",
    what: "mount buckets",
    where: "volumes of Cloud Storage",
    needed: volume("gcs"),
  },
  {
    service: "cloudkms.googleapis.com",
    what: "encrypt with the project's own keys",
    where: "services with `encryptionKey`",
    needed: anyService(({ encryptionKey }) => encryptionKey !== undefined),
  },
  {
    service: "binaryauthorization.googleapis.com",
    what: "judge images before they run",
    where: "services with `binaryAuthorization`",
    needed: anyService(({ binaryAuthorization }) => binaryAuthorization !== undefined),
  },
];

/** Exactly the APIs that this mesh needs. */
export function projectApis(mesh: MeshSpec): ProjectApi[] {
  return PROJECT_APIS.filter(({ needed }) => needed(mesh)).map(({ service, what }) => ({ service, what }));
}

/** Whether a service reads a secret: in a variable, as a file, or in a container beside its own. */
export function readsSecrets({ env = {}, volumes = {}, sidecars = {} }: ServiceSpec): boolean {
  const values = [env, volumes, ...Object.values(sidecars).map(({ env: own = {} }) => own)].flatMap((one) =>
    Object.values<unknown>(one),
  );
  return values.some((value) => typeof value === "object" && value !== null && "secret" in value);
}

export function usesDirectVpc(vpc: ServiceSpec["vpc"]): boolean {
  return vpc?.network !== undefined || vpc?.subnetwork !== undefined;
}

function images({ image, sidecars = {} }: ServiceSpec): string[] {
  return [image, ...Object.values(sidecars).map((sidecar) => sidecar.image)];
}

/** Source: https://cloud.google.com/artifact-registry/docs/docker/names */
function isOwn(image: string, project: string): boolean {
  return /^[a-z0-9-]+-docker\.pkg\.dev\/([^/]+)\//.exec(image)?.[1] === project;
}
