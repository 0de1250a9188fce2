import type { Problem } from "../problems";
import type { MeshSpec } from "../spec/spec";

const MOVE = "https://cloud.google.com/resource-manager/docs/project-migration";
const OWN_CLIENT = "https://cloud.google.com/iap/docs/custom-oauth-configuration";

/**
 * What of a mesh does not work in a project that is in no organization. Google would refuse it, or let nobody in, once the
 * half of it is made.
 */
export function checkOrganization(spec: MeshSpec): { readonly problems: Problem[]; readonly warnings: Problem[] } {
  const { project, loadBalancer, services } = spec;
  const guarded = [
    ...(loadBalancer ? [{ path: "loadBalancer.iap", workforce: loadBalancer.iap.workforce }] : []),
    ...Object.values(services).flatMap(({ key, iap }) =>
      iap ? [{ path: `services.${key}.iap`, workforce: iap.workforce }] : [],
    ),
  ];
  const where = `project "${project}" is in no organization`;
  return {
    problems: guarded.flatMap(({ path, workforce }) => {
      if (workforce === undefined) return [];
      const message = `${where}, and a workforce pool signs people in to projects of its own organization; move the project into that (${MOVE}), or remove it, so that Google accounts sign in`;
      return [{ path: `${path}.workforcePool`, message }];
    }),
    warnings: guarded.flatMap(({ path, workforce }) => {
      if (workforce !== undefined) return [];
      const message = `${where}, and Google's own OAuth client signs in people of the project's organization alone; nobody comes through until IAP's settings of the project name a client of yours (${OWN_CLIENT})`;
      return [{ path, message }];
    }),
  };
}
