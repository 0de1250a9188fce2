import { isObject, isUnknown } from "../properties";

/** Source: https://cloud.google.com/run/docs/configuring/services/labels */
const KEY = /^[a-z\p{Ll}\p{Lo}][-_0-9\p{Ll}\p{Lo}]{0,62}$/u;
const VALUE = /^[-_0-9\p{Ll}\p{Lo}]{0,63}$/u;
const MAX_LABELS = 64;

/** Source: the provider's documentation of `labels` and `annotations`. */
const RESERVED = ["run.googleapis.com", "cloud.googleapis.com", "serving.knative.dev", "autoscaling.knative.dev"];

/** What Google refuses in labels, in its order. */
export function labelProblem(labels: unknown): string | undefined {
  if (!isObject(labels)) return undefined;
  const reserved = reservedProblem(labels, "Label");
  if (reserved) return reserved;
  if (Object.keys(labels).length > MAX_LABELS) {
    return `No more than ${MAX_LABELS} labels may be set, got ${Object.keys(labels).length}.`;
  }
  for (const [key, value] of Object.entries(labels)) {
    if (!KEY.test(key)) return `Label key '${key}' does not match the required format.`;
    if (!isUnknown(value) && !VALUE.test(String(value))) {
      return `Label value '${String(value)}' of '${key}' does not match the required format.`;
    }
  }
  return undefined;
}

/** What Google refuses in annotations: its own namespaces. */
export function annotationProblem(annotations: unknown): string | undefined {
  return isObject(annotations) ? reservedProblem(annotations, "Annotation") : undefined;
}

function reservedProblem(entries: object, what: string): string | undefined {
  for (const key of Object.keys(entries)) {
    const namespace = key.includes("/") ? key.slice(0, key.indexOf("/")) : key;
    if (RESERVED.some((reserved) => namespace === reserved || namespace.endsWith(`.${reserved}`))) {
      return `${what} '${key}' is in a namespace that Cloud Run reserves.`;
    }
  }
  return undefined;
}
