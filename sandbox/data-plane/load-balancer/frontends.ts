/**
 * The front ends of load balancers: which forwarding rule answers for a host, and by which URL map. A host is a load
 * balancer's where a certificate of it covers the host; its port 80 is where the same address has one.
 * Assumed: that the names are in DNS as the records of the stack, or the person who sets them, have them.
 */
import type { ControlPlane, Properties, StoredResource } from "../../control-plane";
import { listAt, textAt } from "../../control-plane/properties";
import { nameOf, referred, TYPES } from "./resources";

export interface Frontend {
  /** Name of the forwarding rule. */
  readonly name: string;
  /** Where it listens. */
  readonly address: string;
  readonly urlMap: Properties;
}

export class Frontends {
  constructor(private readonly controlPlane: ControlPlane) {}

  /** Hosts that a load balancer has a certificate for, wildcards as they are; in the order of the certificates. */
  hosts(): string[] {
    return [...new Set(this.#rules("443").flatMap((rule) => this.#hostsOf(rule)))];
  }

  /** Whether HTTPS requests for a host reach a load balancer. */
  answers(host: string): boolean {
    return this.hosts().some((one) => covers(one, host));
  }

  /** What listens on a port for a host; nothing where there is no forwarding rule for it. */
  find(host: string, port: "443" | "80"): Frontend | undefined {
    const secure = this.#rules("443").find((rule) => this.#hostsOf(rule).some((one) => covers(one, host)));
    if (!secure) return undefined;
    const address = addressOf(secure, this.controlPlane);
    const rule =
      port === "443" ? secure : this.#rules("80").find((one) => addressOf(one, this.controlPlane) === address);
    const urlMap = rule && referred(this.controlPlane, TYPES.urlMap, textAt(this.#proxy(rule)?.state, "urlMap"));
    return rule && urlMap && { name: nameOf(rule.state), address, urlMap: urlMap.state };
  }

  #rules(port: string): StoredResource[] {
    return this.controlPlane
      .list({ type: TYPES.forwardingRule })
      .filter(({ state }) => (textAt(state, "portRange") ?? "").split("-", 1)[0] === port);
  }

  #proxy({ state }: StoredResource): StoredResource | undefined {
    const target = textAt(state, "target");
    return (
      referred(this.controlPlane, TYPES.httpsProxy, target) ?? referred(this.controlPlane, TYPES.httpProxy, target)
    );
  }

  #hostsOf(rule: StoredResource): string[] {
    const { controlPlane } = this;
    const proxy = this.#proxy(rule)?.state;
    const map = referred(controlPlane, TYPES.certificateMap, textAt(proxy, "certificateMap"));
    const entries = controlPlane
      .list({ type: TYPES.certificateMapEntry })
      .filter(({ state }) => map && referred(controlPlane, TYPES.certificateMap, textAt(state, "map")) === map)
      .flatMap(
        ({ state }) => textAt(state, "hostname") ?? this.#domains(TYPES.certificate, listAt(state, "certificates")),
      );
    return [
      ...entries,
      ...this.#domains(TYPES.certificate, listAt(proxy, "certificateManagerCertificates")),
      ...this.#domains(TYPES.managedCertificate, listAt(proxy, "sslCertificates")),
    ].map((host) => host.toLowerCase().replace(/\.$/, ""));
  }

  #domains(type: string, references: readonly unknown[]): string[] {
    return references.flatMap((one) => {
      return listAt(referred(this.controlPlane, type, String(one))?.state, "managed", "domains").map(String);
    });
  }
}

/** A certificate's `*` stands for one label. Source: RFC 9525, 6.3 */
function covers(pattern: string, host: string): boolean {
  if (!pattern.startsWith("*.")) return pattern === host;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === pattern.slice(1);
}

/** The address itself, whether the rule names it or the resource that holds it; its own name where Google chose it. */
function addressOf({ id, state }: StoredResource, controlPlane: ControlPlane): string {
  const given = textAt(state, "ipAddress");
  return textAt(referred(controlPlane, TYPES.address, given)?.state, "address") ?? given ?? id;
}
