import type { MeshSpec, ServiceSpec } from "../../mesh";
import { readsSecrets, usesDirectVpc } from "../../mesh/project-services";

/** A permission that the person who deploys needs on a project, and what for. */
export interface Permission {
  readonly name: string;
  readonly what: string;
  readonly project: string;
}

interface Row {
  readonly permissions: readonly string[];
  readonly what: string;
  /** For people: which meshes need it. */
  readonly where: string;
  /** That a preview needs it too. */
  readonly preview?: true;
  /** The projects on which it is needed; none where the mesh does not need it. */
  readonly on: (mesh: MeshSpec) => readonly string[];
}

const always = ({ project }: MeshSpec) => [project];
const when = (test: (mesh: MeshSpec) => boolean) => (mesh: MeshSpec) => (test(mesh) ? [mesh.project] : []);
const whenSome = (test: (service: ServiceSpec) => boolean) =>
  when(({ services }) => Object.values(services).some(test));

/**
 * What deploying takes. Source: the permissions reference of each API,
 * https://cloud.google.com/iam/docs/permissions-reference
 */
export const PERMISSIONS: readonly Row[] = [
  { permissions: ["run.services.get"], what: "read the services", where: "every mesh", preview: true, on: always },
  {
    permissions: ["run.services.getIamPolicy"],
    what: "read who may call them",
    where: "every mesh",
    preview: true,
    on: always,
  },
  { permissions: ["run.services.create"], what: "create the services", where: "every mesh", on: always },
  { permissions: ["run.services.update"], what: "change the services", where: "every mesh", on: always },
  {
    permissions: ["run.services.setIamPolicy"],
    what: "grant run.invoker on each service",
    where: "every mesh",
    on: always,
  },
  {
    permissions: ["iam.serviceAccounts.actAs"],
    what: "run a service as its own account",
    where: "every mesh",
    on: always,
  },
  {
    permissions: ["iam.serviceAccounts.create"],
    what: "create an account for each service",
    where: "services whose account is created",
    on: whenSome(({ serviceAccount }) => serviceAccount === undefined),
  },
  {
    permissions: ["iap.webServices.getIamPolicy", "iap.webServices.setIamPolicy"],
    what: "say who comes through Identity-Aware Proxy",
    where: "services with `iap`",
    on: whenSome(({ iap }) => iap !== undefined),
  },
  {
    permissions: ["compute.subnetworks.use"],
    what: "give callers of internal services a way into the VPC network",
    where: "Direct VPC egress, on the project that the network is in",
    on: (mesh) => homesOf(mesh, ({ vpc }) => (usesDirectVpc(vpc) ? (vpc?.subnetwork ?? vpc?.network) : undefined)),
  },
  {
    permissions: ["vpcaccess.connectors.use"],
    what: "give callers of internal services a way into the VPC network",
    where: "connectors, on the project that the connector is in",
    on: (mesh) => homesOf(mesh, ({ vpc }) => vpc?.connector),
  },
  {
    permissions: ["compute.networks.create", "compute.networks.get"],
    what: "make the VPC network",
    where: "`network.create`",
    on: when(({ network }) => network !== undefined),
  },
  {
    permissions: ["compute.subnetworks.create", "compute.subnetworks.get", "compute.networks.updatePolicy"],
    what: "make its subnetwork",
    where: "`network.create`",
    on: when(({ network }) => network !== undefined),
  },
  {
    permissions: ["vpcaccess.connectors.create"],
    what: "make the connector",
    where: "`network.create.connector`",
    on: when(({ network }) => network?.connector === true),
  },
  {
    permissions: ["dns.managedZones.create", "dns.networks.bindPrivateDNSZone"],
    what: "make the private zone for run.app",
    where: "`network.create` with `private-ranges-only` or `privateDnsZone`",
    on: when(({ network }) => network?.privateDnsZone === true),
  },
  {
    permissions: ["dns.changes.create", "dns.resourceRecordSets.create"],
    what: "put its record into the zone",
    where: "`network.create` with `private-ranges-only` or `privateDnsZone`",
    on: when(({ network }) => network?.privateDnsZone === true),
  },
  {
    permissions: ["compute.routers.create", "compute.routers.update"],
    what: "make Cloud NAT",
    where: "`network.create.nat`",
    on: when(({ network }) => network?.nat === true),
  },
  {
    permissions: ["serviceusage.services.enable", "serviceusage.services.list"],
    what: "switch on the APIs that the mesh needs",
    where: "`projectServices`",
    on: when(({ projectServices }) => projectServices === true),
  },
  {
    permissions: ["secretmanager.secrets.setIamPolicy"],
    what: "let services read their secrets",
    where: "services that read secrets",
    on: whenSome(readsSecrets),
  },
  {
    permissions: ["resourcemanager.projects.setIamPolicy"],
    what: "grant the roles that services declare",
    where: "services with `roles`",
    on: whenSome(({ roles = [] }) => roles.length > 0),
  },
];

/** What deploying this mesh takes, in the order of the table. */
export function neededPermissions(spec: MeshSpec, operation: "preview" | "up"): Permission[] {
  return PERMISSIONS.filter(({ preview }) => preview || operation === "up").flatMap(({ permissions, what, on }) =>
    on(spec).flatMap((project) => permissions.map((name) => ({ name, what, project }))),
  );
}

/** The projects that the ways named by services are in: a Shared VPC's host has its own owners. */
function homesOf(mesh: MeshSpec, way: (service: ServiceSpec) => string | undefined): string[] {
  const homes = Object.values(mesh.services).flatMap((service) => {
    const named = way(service);
    return named === undefined ? [] : [/^projects\/([^/]+)\//.exec(named)?.[1] ?? mesh.project];
  });
  return [...new Set(homes)];
}
