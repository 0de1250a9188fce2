import { GoogleError } from "../../errors";
import type { Handler, World } from "../../handler";
import { textAt } from "../../properties";
import { stableDigits } from "../../rules/identifiers";
import { admitPart, globalPart, partOutputs } from "./parts";
import { ADDRESS, FORWARDING_RULE } from "./types";

/** Networks that are nobody's, for documentation. Source: https://www.rfc-editor.org/rfc/rfc5737 */
const NETWORKS = ["192.0.2", "198.51.100", "203.0.113"];
const HOSTS = 254;

/** A static address of the whole world. It keeps its number as long as it exists. */
export const globalAddress: Handler = {
  ...globalPart("GlobalAddress", "addresses"),
  defaults: () => ({ addressType: "EXTERNAL" }),
  admit: admitPart,
  compute(subject, world) {
    const { id, inputs, previous } = subject;
    const address = textAt(inputs, "address") ?? textAt(previous?.state, "address") ?? freeAddress(id, world);
    const { fingerprint: labelFingerprint = "", ...outputs } = partOutputs(subject, world);
    return { ...outputs, address, labelFingerprint };
  },
  mayDelete({ id, state }, world) {
    for (const rule of world.all(FORWARDING_RULE)) {
      if (rule.external || rule.state["ipAddress"] !== state["address"]) continue;
      throw new GoogleError(
        400,
        `The address resource '${id}' is already being used by '${rule.id}', resourceInUseByAnotherResource`,
      );
    }
  },
};

/** An address that follows from a name, and that nobody has. */
export function freeAddress(seed: string, world: World): string {
  const taken = new Set([...world.all(ADDRESS)].map(({ state }) => state["address"]));
  for (const rule of world.all(FORWARDING_RULE)) taken.add(rule.state["ipAddress"]);
  const first = Number(stableDigits(seed, 9));
  for (let step = 0; step < NETWORKS.length * HOSTS; step++) {
    const index = (first + step) % (NETWORKS.length * HOSTS);
    const address = `${NETWORKS[Math.floor(index / HOSTS)]}.${(index % HOSTS) + 1}`;
    if (!taken.has(address)) return address;
  }
  throw new GoogleError(403, "Quota 'STATIC_ADDRESSES' exceeded.  Limit: 762.0 globally., quotaExceeded");
}
