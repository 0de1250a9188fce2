/** The world outside of the sandbox: which hosts somebody may reach there, and the addresses that are dialled for them. */
import { lookup } from "node:dns";
import { BlockList, type TcpSocketConnectOpts } from "node:net";

/** Whether one of the patterns means a host; `*.example.com` means all below that one, and not itself. */
export function isAmong(host: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => host === one || (one.startsWith("*.") && host.endsWith(one.slice(1))));
}

/** Whether a host could stand in the `egress` of a stack config, or be below one that does. */
export function isOutside(host: string): boolean {
  return /^([a-z0-9_-]+\.)+[a-z][a-z0-9-]*$/.test(host) && !/\.(internal|local|localhost)$/.test(host);
}

/** How a host's name becomes the addresses that are dialled; Node connects to what this answers and to nothing else. */
export type Lookup = NonNullable<TcpSocketConnectOpts["lookup"]>;

/**
 * The machine's own, for hosts of the internet alone: a name that leads to this machine or into a network around it
 * would let a process reach what the sandbox keeps it from, such as another service without its front end.
 */
export const publicLookup: Lookup = (host, options, callback) =>
  lookup(host, { ...options, all: true }, (error, found) => {
    const inside = found?.find(({ address, family }) => isInside(address, family));
    const refused = inside && new Error(`it is ${inside.address}, an address of this machine or of a private network`);
    const [first] = found ?? [];
    if (error ?? refused ?? !first) callback(error ?? refused ?? new Error("it has no address"), []);
    else if (options.all) callback(null, found);
    else callback(null, first.address, first.family);
  });

/** Whether an address is none of the internet's. */
export function isInside(address: string, family: number): boolean {
  return INSIDE.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** Sources: https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry */
const INSIDE = new BlockList();
for (const [network, prefix] of [
  ...[["0.0.0.0", 8] as const, ["127.0.0.0", 8] as const, ["169.254.0.0", 16] as const],
  ...[["10.0.0.0", 8] as const, ["172.16.0.0", 12] as const, ["192.168.0.0", 16] as const],
  // Shared between the customers of a provider, of protocols and measurements, multicast, and what is reserved.
  ...[["100.64.0.0", 10] as const, ["192.0.0.0", 24] as const, ["198.18.0.0", 15] as const],
  ...[["224.0.0.0", 4] as const, ["240.0.0.0", 4] as const],
] as const) {
  INSIDE.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  // Unspecified and loopback, with the IPv4 addresses written like them; unique local, link-local and site-local, multicast.
  ...[["::", 96] as const, ["fc00::", 7] as const, ["fe80::", 9] as const, ["ff00::", 8] as const],
  // An IPv4 address within, by a translator or tunnel of this network.
  ...[["64:ff9b::", 96] as const, ["64:ff9b:1::", 48] as const, ["2002::", 16] as const],
] as const) {
  INSIDE.addSubnet(network, prefix, "ipv6");
}
