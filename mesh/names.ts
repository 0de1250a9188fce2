import { createHash } from "node:crypto";
import { ACCOUNT_ID_MAX, ACCOUNT_ID_MIN } from "../google/accounts";

/** Every name that is derived from a config. All are stable: nothing is random. */

/** Keys of services: they become names, URLs and environment variables. */
export const KEY_PATTERN = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

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

/**
 * The bucket that functions' code is uploaded to, of at most 63 characters as a project and a region are long.
 * A project's id is its alone in the world, and so the name is. Source: https://cloud.google.com/storage/docs/buckets#naming
 */
export function functionBucket(project: string, region: string): string {
  return `${project.replace(/[.:]/g, "-")}-${region}-source`;
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
