/** Names of Cloud Run services, their limits, and what follows from a name. */

/** Cloud Run's limit on a service name. Source: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create */
export const SERVICE_NAME_MAX = 49;

/** Limit on `TAG---SERVICE`'s tag and service name together. Source: https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration#tags */
export const TAG_AND_NAME_MAX = 46;

/** A DNS label, which the first part of a deterministic URL is. Source: https://cloud.google.com/run/docs/triggering/https-request */
export const DNS_LABEL_MAX = 63;

/**
 * The deterministic URL, known before the service exists, so that calls may form cycles.
 * Source: https://cloud.google.com/run/docs/triggering/https-request#deterministic
 */
export function serviceUrl(serviceName: string, projectNumber: string, region: string): string {
  return `https://${serviceName}-${projectNumber}.${region}.run.app`;
}

/**
 * What an assertion of the Identity-Aware Proxy on a service is meant for. Seen in a captured token:
 * https://github.com/veggiemonk/cloud-run-auth (docs/iap-guide.md)
 */
export function iapAudience(serviceName: string, projectNumber: string, region: string): string {
  return `/projects/${projectNumber}/locations/${region}/services/${serviceName}`;
}

/**
 * What an assertion of the Identity-Aware Proxy on a backend service is meant for.
 * Source: https://cloud.google.com/iap/docs/signed-headers-howto
 *
 * @param id the number that Google gives the backend service
 */
export function backendAudience(projectNumber: string, id: string): string {
  return `/projects/${projectNumber}/global/backendServices/${id}`;
}
