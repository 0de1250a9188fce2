/** What is expected of a service that is scaled to no instances by hand, which switches it off. */
import type { ReceiverSpec, ServiceSpec } from "../mesh";
import type { Probe } from "./probes";

/** Cloud Run's answer for it. Source: sandbox/README.md, the rows of the front end. */
const NO_INSTANCES = { code: 503, cause: "no instances" } as const;

export function hasNoInstances(service: Pick<ServiceSpec, "scaling"> | ReceiverSpec): boolean {
  return "scaling" in service && service.scaling?.manualInstances === 0;
}

/** A probe of such a service: whoever gets as far as the service is told so, before a token is looked at. */
export function switchedOff(probe: Probe): Probe {
  const { at, expect } = probe;
  const isAnsweredBefore = typeof expect === "object" && (at !== undefined || expect.cause === "ingress");
  if (isAnsweredBefore) return probe;
  return { ...probe, expect: NO_INSTANCES, because: `no instances; ${probe.because}` };
}
