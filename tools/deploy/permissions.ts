import type { MeshSpec } from "../../mesh";

/** A permission that the person who deploys needs on the project, and what for. */
export interface Permission {
  readonly name: string;
  readonly what: string;
}

/**
 * What deploying this mesh takes. Source: the permissions reference of each API,
 * https://cloud.google.com/iam/docs/permissions-reference
 */
export function neededPermissions(spec: MeshSpec, operation: "preview" | "up"): Permission[] {
  const services = Object.values(spec.services);
  const some = (test: (service: (typeof services)[number]) => boolean) => services.some(test);
  const secrets = some(({ env = {}, volumes = {}, sidecars = {} }) =>
    [
      ...Object.values(env),
      ...Object.values(volumes),
      ...Object.values(sidecars).flatMap(({ env: own = {} }) => Object.values(own)),
    ].some((value) => typeof value === "object" && "secret" in value && value.secret !== undefined),
  );
  const permissions: Permission[] = [
    { name: "run.services.get", what: "read the services" },
    { name: "run.services.getIamPolicy", what: "read who may call them" },
  ];
  if (operation === "preview") return permissions;
  permissions.push(
    { name: "run.services.create", what: "create the services" },
    { name: "run.services.update", what: "change the services" },
    { name: "run.services.setIamPolicy", what: "grant run.invoker on each service" },
    { name: "iam.serviceAccounts.actAs", what: "run a service as its own account" },
  );
  if (some(({ serviceAccount }) => serviceAccount === undefined)) {
    permissions.push({ name: "iam.serviceAccounts.create", what: "create an account for each service" });
  }
  if (some(({ vpc }) => vpc?.network !== undefined || vpc?.subnetwork !== undefined)) {
    permissions.push({
      name: "compute.subnetworks.use",
      what: "give callers of internal services a way into the VPC network",
    });
  }
  if (some(({ vpc }) => vpc?.connector !== undefined)) {
    permissions.push({
      name: "vpcaccess.connectors.use",
      what: "give callers of internal services a way into the VPC network",
    });
  }
  if (secrets)
    permissions.push({ name: "secretmanager.secrets.setIamPolicy", what: "let services read their secrets" });
  if (some(({ roles = [] }) => roles.length > 0)) {
    permissions.push({ name: "resourcemanager.projects.setIamPolicy", what: "grant the roles that services declare" });
  }
  return permissions;
}
