/** Names in workforce identity federation, and what is wrong with one that has another form. */

/**
 * Ids of workforce pools and of OAuth clients.
 * Sources: https://cloud.google.com/iam/docs/reference/rest/v1/locations.workforcePools/create,
 * https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.oauthClients/create
 */
const ID = /^(?!gcp-)[a-z][-a-z0-9]{4,61}[a-z0-9]$/;

/** Ids of what is in them: providers of a pool, credentials of a client. */
const PART_ID = /^(?!gcp-)[-a-z0-9]{4,32}$/;

/** What Entra names people, groups, apps and tenants by. */
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Id of a workforce pool, of either spelling. Source: https://cloud.google.com/iam/docs/manage-workforce-identity-pools-providers */
export function poolId(pool: string): string {
  return pool.replace(/^locations\/global\/workforcePools\//, "");
}

export function poolProblem(pool: string): string | undefined {
  if (ID.test(poolId(pool))) return undefined;
  return `"${pool}" is not a workforce pool; write "POOL" or "locations/global/workforcePools/POOL", where POOL has 6 to 63 lower-case letters, digits and hyphens, starts with a letter and not with "gcp-"`;
}

export function oauthClientProblem(client: string): string | undefined {
  if (GUID.test(client)) {
    return `"${client}" is the id of an app in Entra, which the pool's provider knows; write a name for the IAM OAuth client that is made, e.g. "iap-gateway", or leave it out`;
  }
  if (ID.test(client)) return undefined;
  return `"${client}" is not the id of an OAuth client; use 6 to 63 lower-case letters, digits and hyphens, starting with a letter and not with "gcp-"`;
}

/** @param what "a provider", "a credential" */
export function partIdProblem(id: string, what: string): string | undefined {
  if (PART_ID.test(id)) return undefined;
  return `"${id}" is not the id of ${what}; use 4 to 32 lower-case letters, digits and hyphens, not starting with "gcp-"`;
}
