import type { Problem } from "../problems";
import type { ServiceSpec } from "../spec/spec";

/** Names that no machine of the internet has: the metadata server's, and those of one machine or one network. */
const NOT_OUTSIDE = /\.(internal|local|localhost)$/;

/** Hosts outside that could never be reached, whatever is let through. */
export function checkEgress({ egress = [] }: Pick<ServiceSpec, "egress">): Problem[] {
  return egress.flatMap((host, i) => {
    const path = `egress[${i}]`;
    const told = JSON.stringify(host);
    if (host.endsWith(".run.app")) {
      return [{ path, message: `${told} is Cloud Run's and stays inside; declare the call in "calls"` }];
    }
    if (NOT_OUTSIDE.test(host)) return [{ path, message: `${told} is no host of the internet; leave it out` }];
    if (egress.indexOf(host) < i) return [{ path, message: `${told} is listed twice; remove one entry` }];
    return [];
  });
}
