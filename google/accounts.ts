/** Addresses of service accounts. Sources: https://cloud.google.com/iam/docs/service-accounts-create, https://cloud.google.com/iam/docs/service-account-types */

/** Ids of service accounts: 6 to 30 characters. Source: https://cloud.google.com/iam/docs/service-accounts-create */
export const ACCOUNT_ID_PATTERN = /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/;
export const ACCOUNT_ID_MIN = 6;
export const ACCOUNT_ID_MAX = 30;

/** E-mail address of a service account; a domain-scoped project `acme.com:app` is written the other way round. */
export function accountEmail(id: string, project: string): string {
  const [domain, name] = project.includes(":") ? project.split(":") : [undefined, project];
  return `${id}@${domain === undefined ? name : `${name}.${domain}`}.iam.gserviceaccount.com`;
}

/** The project that a user-managed account lives in; `undefined` for Google's own accounts. */
export function projectOfEmail(email: string): string | undefined {
  const host = /^[^@]+@(.+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1];
  if (host === undefined) return undefined;
  const dot = host.indexOf(".");
  return dot < 0 ? host : `${host.slice(dot + 1)}:${host.slice(0, dot)}`;
}

/** The account that Cloud Run takes where none is named. Source: https://cloud.google.com/run/docs/securing/service-identity */
export function computeDefaultAccount(projectNumber: string): string {
  return `${projectNumber}-compute@developer.gserviceaccount.com`;
}

/**
 * Whether an e-mail address is one of Google's default service accounts, which carry roles nobody declared: Compute
 * Engine's, App Engine's (also of a domain-scoped project) and Cloud Build's former one.
 * Sources: https://cloud.google.com/iam/docs/service-account-types#default, https://cloud.google.com/build/docs/cloud-build-service-account
 */
export function isDefaultAccount(email: string): boolean {
  return /^(.+-compute@developer|.+@([^@]+\.)?appspot|\d+@cloudbuild)\.gserviceaccount\.com$/i.test(email);
}

/** Identity-Aware Proxy's agent, as which it calls. Source: https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run */
export function iapAgent(projectNumber: string): string {
  return `service-${projectNumber}@gcp-sa-iap.iam.gserviceaccount.com`;
}

/** As whom an account logs in to PostgreSQL. Source: https://cloud.google.com/sql/docs/postgres/iam-logins, which shortens its address. */
export function databaseUser(email: string): string {
  return email.replace(/\.gserviceaccount\.com$/, "");
}
