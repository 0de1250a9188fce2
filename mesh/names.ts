import { createHash } from "node:crypto";

/** Every name that is derived from a config, and the limits that Google puts on it. All are stable: nothing is random. */

/** Keys of services: they become names, URLs and environment variables. */
export const KEY_PATTERN = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** Cloud Run's limit on a service name. Source: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create */
export const SERVICE_NAME_MAX = 49;

/** Limit on `TAG---SERVICE`'s tag and service name together. Source: https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration#tags */
export const TAG_AND_NAME_MAX = 46;

/** A DNS label, which the first part of a deterministic URL is. Source: https://cloud.google.com/run/docs/triggering/https-request */
export const DNS_LABEL_MAX = 63;

/** Service account ids. Source: https://cloud.google.com/iam/docs/service-accounts-create */
export const ACCOUNT_ID_PATTERN = /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/;
const ACCOUNT_ID_MIN = 6;
const ACCOUNT_ID_MAX = 30;

/** Label keys and values. Source: https://cloud.google.com/run/docs/configuring/services/labels */
export const LABEL_KEY_PATTERN = /^[a-z][-_a-z0-9]{0,62}$/;
export const LABEL_VALUE_PATTERN = /^[-_a-z0-9]{0,63}$/;
export const LABELS_MAX = 64;

/** Namespaces that Cloud Run keeps for itself in labels and annotations. Source: the provider's documentation of `labels`. */
export const RESERVED_PREFIXES: readonly string[] = [
  "run.googleapis.com",
  "cloud.googleapis.com",
  "serving.knative.dev",
  "autoscaling.knative.dev",
];

/** The reserved namespace that a label or annotation key falls into, if any. */
export function reservedPrefix(key: string): string | undefined {
  return RESERVED_PREFIXES.find((prefix) => key === prefix || key.startsWith(`${prefix}/`));
}

/** Why Google would refuse a label's key. */
export function labelKeyProblem(key: string): string | undefined {
  const reserved = reservedPrefix(key);
  if (reserved) return `the prefix "${reserved}" is reserved by Cloud Run; choose another key`;
  if (!LABEL_KEY_PATTERN.test(key)) {
    return `"${key}" is not a label key; use at most 63 lower-case letters, digits, hyphens and underscores, starting with a letter`;
  }
  return undefined;
}

/**
 * The id of a service's own account: `NAME-sa`, made to fit 6 to 30 characters with a hash of the name, so that two
 * long names which begin alike stay apart.
 */
export function accountId(serviceName: string): string {
  const plain = `${serviceName}-sa`;
  if (plain.length >= ACCOUNT_ID_MIN && plain.length <= ACCOUNT_ID_MAX) return plain;
  const suffix = `-${createHash("sha256").update(serviceName).digest("hex").slice(0, 6)}-sa`;
  return serviceName.slice(0, ACCOUNT_ID_MAX - suffix.length).replace(/-+$/, "") + suffix;
}

/** E-mail address of a service account; a domain-scoped project `acme.com:app` is written the other way round. */
export function accountEmail(id: string, project: string): string {
  const [domain, name] = project.includes(":") ? project.split(":") : [undefined, project];
  return `${id}@${domain === undefined ? name : `${name}.${domain}`}.iam.gserviceaccount.com`;
}

/**
 * The bucket that functions' code is uploaded to, of at most 63 characters as a project and a region are long.
 * A project's id is its alone in the world, and so the name is. Source: https://cloud.google.com/storage/docs/buckets#naming
 */
export function functionBucket(project: string, region: string): string {
  return `${project.replace(/[.:]/g, "-")}-${region}-source`;
}

/**
 * The deterministic URL, known before the service exists, so that calls may form cycles.
 * Source: https://cloud.google.com/run/docs/triggering/https-request#deterministic
 */
export function serviceUrl(serviceName: string, projectNumber: string, region: string): string {
  return `https://${serviceName}-${projectNumber}.${region}.run.app`;
}

/** A sentence as the value of a label holds it. Source: https://cloud.google.com/resource-manager/docs/labels-overview */
export function labelValue(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .slice(0, 63);
}

/** Logical name of the grant that lets one service call another. */
export function callName(caller: string, callee: string): string {
  return `${caller}-calls-${callee}`;
}

/** Logical name of the grant that lets a member from outside the mesh call a service: stable when the list is reordered. */
export function accessName(member: string, callee: string): string {
  return `${member}-calls-${callee}`;
}

/**
 * What people with an end call a service as: the key of the account that is made for that, among the keys of the config,
 * none of which holds a dot. It is also the account's logical name.
 */
export function accessKey(callee: string): string {
  return `${callee}.access`;
}

/** Logical name of the grant that lets a member through the Identity-Aware Proxy on a service. */
export function iapAccessName(member: string, service: string): string {
  return `${member}-opens-${service}`;
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
