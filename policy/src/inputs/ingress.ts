/** Where each kind of workload says who on the network reaches it. */

import { FUNCTION_V1, FUNCTION_V2, SERVICE, SERVICE_V1 } from "../facts/tokens";
import type { Props } from "../rule";
import { read } from "./read";

/** The annotation on the service that says why the internet may reach it; Cloud Run stores it and ignores it. */
export const INGRESS_ALL_REASON = "cloud-run-mesh/ingress-all-reason";

/** The same as a label, for functions have no annotations; so it is written in lower case, with _ and - for spaces. */
export const INGRESS_ALL_REASON_LABEL = "ingress-all-reason";

export interface Ingress {
  readonly what: "service" | "function";
  readonly keys: readonly [string, ...string[]];
  /** The value that Google takes where none is set. */
  readonly all: string;
  readonly internal: string;
  readonly balanced: string;
  readonly reason: readonly string[];
  /** Whether nothing can be reached, so that the setting does not matter. */
  readonly unreachable?: (props: Props) => boolean;
}

const FUNCTION = {
  what: "function",
  all: "ALLOW_ALL",
  internal: "ALLOW_INTERNAL_ONLY",
  balanced: "ALLOW_INTERNAL_AND_GCLB",
  reason: ["labels", INGRESS_ALL_REASON_LABEL],
} as const;

/**
 * Values: google_cloud_run_v2_service; https://docs.cloud.google.com/run/docs/securing/ingress for the annotation, beside
 * which `run.googleapis.com/ingress-status` only tells what Cloud Run has made of it; google_cloudfunctions2_function.
 */
export const INGRESS_AT: ReadonlyMap<string, Ingress> = new Map<string, Ingress>([
  [
    SERVICE,
    {
      what: "service",
      keys: ["ingress"],
      all: "INGRESS_TRAFFIC_ALL",
      internal: "INGRESS_TRAFFIC_INTERNAL_ONLY",
      balanced: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
      reason: ["annotations", INGRESS_ALL_REASON],
    },
  ],
  [
    SERVICE_V1,
    {
      what: "service",
      keys: ["metadata", "annotations", "run.googleapis.com/ingress"],
      all: "all",
      internal: "internal",
      balanced: "internal-and-cloud-load-balancing",
      reason: ["metadata", "annotations", INGRESS_ALL_REASON],
    },
  ],
  [FUNCTION_V2, { ...FUNCTION, keys: ["serviceConfig", "ingressSettings"] }],
  // One that events start has no URL.
  [FUNCTION_V1, { ...FUNCTION, keys: ["ingressSettings"], unreachable: (props) => startedByEvents(props) }],
]);

/** Whether it is certain that the internet does not reach it. */
export function isClosed(props: Props, type: string): boolean {
  const place = INGRESS_AT.get(type);
  if (place === undefined) return false;
  const ingress = read(props, ...place.keys);
  return ingress.state === "known" && (ingress.value === place.internal || ingress.value === place.balanced);
}

function startedByEvents(props: Props): boolean {
  const http = read(props, "triggerHttp");
  return (
    read(props, "eventTrigger").state !== "absent" &&
    (http.state === "absent" || (http.state === "known" && http.value === false))
  );
}
