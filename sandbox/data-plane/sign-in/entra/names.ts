/** Addresses of Entra ID. Source: https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc */

export const LOGIN_HOST = "login.microsoftonline.com";
export const GRAPH_HOST = "graph.microsoft.com";

const ISSUER = /^https:\/\/login\.microsoftonline\.com\/([\w.-]+)\/v2\.0\/?$/;

/** The names that stand for many tenants: no token has one of them in its issuer. */
const MANY: ReadonlySet<string> = new Set(["common", "organizations", "consumers"]);

export function issuerOf(tenant: string): string {
  return `https://${LOGIN_HOST}/${tenant}/v2.0`;
}

/** The tenant that an issuer is of; undefined for another issuer than Entra's, and for many tenants at once. */
export function tenantOf(issuer: string): string | undefined {
  const tenant = ISSUER.exec(issuer)?.[1];
  return tenant === undefined || MANY.has(tenant) ? undefined : tenant;
}
