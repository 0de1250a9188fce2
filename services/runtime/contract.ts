/**
 * The names that the deployment and the running services share. The deployment sets them, a service reads them;
 * neither side spells them again.
 */

/**
 * The environment variable in which a calling service finds the URL of a receiving service, which is also the
 * audience of the ID token it has to send.
 *
 * @param service key of the receiving service in the stack config, e.g. `backend-api`
 * @returns e.g. `BACKEND_API_URL`
 */
export function urlVariable(service: string): string {
  return `${service.toUpperCase().replaceAll("-", "_")}_URL`;
}

/**
 * The environment variable in which a service behind Identity-Aware Proxy finds what the proxy's assertions must be
 * meant for.
 */
export const IAP_AUDIENCE_VARIABLE = "IAP_AUDIENCE";

/**
 * Variables that Cloud Run sets itself and refuses in a service's environment.
 * Source: https://cloud.google.com/run/docs/container-contract#services-env-vars
 */
export const RESERVED_VARIABLES: readonly string[] = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"];
