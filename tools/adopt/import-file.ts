import { accountEmail } from "../../google/accounts";
import type { MeshSpec } from "../../mesh";

/** One entry of the file that `pulumi import --file` reads. Source: https://www.pulumi.com/docs/iac/guides/migration/import/#bulk-import-operations */
export interface ImportEntry {
  readonly type: string;
  /** Name by which other entries of the file refer to this one. */
  readonly name: string;
  /** Name that the program gives the resource. */
  readonly logicalName: string;
  readonly parent?: string;
  readonly id?: string;
  readonly component?: true;
}

const MESH = "CloudRunMesh mesh";

/**
 * What takes running services under management: each service, and its account where the mesh manages that too, in the
 * places where the program will declare them. Grants are left out: adding a member that a policy has already changes
 * nothing, so the first update makes them its own.
 */
export function importFile(spec: MeshSpec, keys: readonly string[]): { resources: ImportEntry[] } {
  const resources: ImportEntry[] = [
    { type: "cloud-run-mesh:index:CloudRunMesh", name: MESH, logicalName: "mesh", component: true },
  ];
  for (const key of keys) {
    const service = spec.services[key]!;
    const parent = `CloudRunService ${key}`;
    resources.push({
      type: "cloud-run-mesh:index:CloudRunService",
      name: parent,
      logicalName: key,
      parent: MESH,
      component: true,
    });
    if (service.serviceAccount === undefined) {
      const id = `projects/${spec.project}/serviceAccounts/${accountEmail(service.accountId, spec.project)}`;
      resources.push({
        type: "gcp:serviceaccount/account:Account",
        name: `Account ${key}`,
        logicalName: key,
        parent,
        id,
      });
    }
    const id = `projects/${spec.project}/locations/${spec.region}/services/${service.name}`;
    resources.push({ type: "gcp:cloudrunv2/service:Service", name: `Service ${key}`, logicalName: key, parent, id });
  }
  return { resources };
}
