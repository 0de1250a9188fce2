import { isIP } from "node:net";
import type { Handler, Subject, World } from "../../handler";
import { type Properties, textAt } from "../../properties";
import { shortName, stableDigits } from "../../rules/identifiers";
import { selfLink } from "../network/network";
import { freeAddress } from "./address";
import { admitPart, globalPart, invalidField, partId } from "./parts";
import { REFERENCES } from "./references";
import { ADDRESS, BACKEND_SERVICE, COLLECTIONS, FORWARDING_RULE, URL_MAP } from "./types";

/** An address and a port, and the proxy that takes what arrives there. */
export const globalForwardingRule: Handler = {
  ...globalPart("GlobalForwardingRule", "forwardingRules"),
  defaults: () => ({ loadBalancingScheme: "EXTERNAL" }),
  admit(subject, world) {
    admitPart(subject, world);
    admitPort(subject.inputs);
    admitFree(subject, world);
    admitScheme(subject.inputs, world);
  },
  compute(subject, world) {
    const { id, inputs, incarnation, previous } = subject;
    return {
      selfLink: selfLink(id),
      ipAddress: addressOf(inputs, world) ?? previous?.state["ipAddress"] ?? freeAddress(id, world),
      ipProtocol: textAt(inputs, "ipProtocol") ?? "TCP",
      networkTier: textAt(inputs, "networkTier") ?? "PREMIUM",
      forwardingRuleId: Number(stableDigits(`${id} ${incarnation}`, 15)),
    };
  },
  mayDelete() {},
};

/** One port, once or as a range. Source: `portRange` in https://cloud.google.com/compute/docs/reference/rest/v1/globalForwardingRules */
function admitPort(inputs: Properties): void {
  const range = textAt(inputs, "portRange") ?? "";
  const [first = "", last = first] = range.split("-");
  const isPort = /^\d{1,5}$/.test(first) && Number(first) >= 1 && Number(first) <= 65535;
  if (!isPort || first !== last) throw invalidField("portRange", range, "A target proxy takes exactly one port.");
}

function admitFree({ id, inputs }: Subject, world: World): void {
  const address = addressOf(inputs, world);
  if (address === undefined) return;
  for (const other of world.all(FORWARDING_RULE)) {
    if (other.id === id || other.state["ipAddress"] !== address || port(other.state) !== port(inputs)) continue;
    throw invalidField("IPAddress", address, "Specified IP address is in-use and would result in a conflict.");
  }
}

function port(rule: Properties): string {
  return (textAt(rule, "portRange") ?? "").split("-")[0] ?? "";
}

/** The rule and the backend services that its traffic ends at are of one kind of balancer. Assumed: the words. */
function admitScheme(inputs: Properties, world: World): void {
  const scheme = textAt(inputs, "loadBalancingScheme") ?? "EXTERNAL";
  const target = partId(String(inputs["target"]), "targetHttpsProxies", inputs, world);
  const proxy = world.find(COLLECTIONS[target.split("/").at(-2) ?? ""]?.type ?? "", target);
  const map = world.find(URL_MAP, partId(String(proxy?.state["urlMap"]), "urlMaps", inputs, world));
  for (const { said } of map ? (REFERENCES[URL_MAP]?.(map.state) ?? []) : []) {
    const backend = world.find(BACKEND_SERVICE, partId(said, "backendServices", inputs, world));
    const other = textAt(backend?.state, "loadBalancingScheme");
    if (backend === undefined || other === undefined || other === scheme) continue;
    const why = `The load balancing scheme of backend service '${shortName(backend.id)}' is ${other}.`;
    throw invalidField("loadBalancingScheme", scheme, why);
  }
}

/** The number that a reserved address has, or that is said itself. */
function addressOf(inputs: Properties, world: World): string | undefined {
  const said = textAt(inputs, "ipAddress");
  if (said === undefined || isIP(said) !== 0) return said;
  return textAt(world.find(ADDRESS, partId(said, "addresses", inputs, world))?.state, "address");
}
