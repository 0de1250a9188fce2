/** The world outside of the sandbox: which hosts somebody may reach there, and the addresses that are dialled for them. */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** Whether one of the patterns means a host; `*.example.com` means all below that one, and not itself. */
export function isAmong(host: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => host === one || (one.startsWith("*.") && host.endsWith(one.slice(1))));
}

/** Whether a host could stand in the `egress` of a stack config. */
export function isOutside(host: string): boolean {
  return isIP(host) === 0 && host.includes(".") && !/\.(internal|local|localhost)$/.test(host);
}

/** Finds the address of a host that is dialled. @throws Error where there is none, or none that may be dialled */
export type AddressOf = (host: string) => Promise<string>;

/** As the machine resolves it, whatever the address. */
export const anyAddress: AddressOf = async (host) => (await lookup(host)).address;

/**
 * The same for hosts of the internet: a name that leads to this machine or into a network around it would let a process
 * reach what the sandbox keeps it from, such as another service without its front end.
 *
 * @param resolve all addresses of a name
 */
export async function publicAddress(
  host: string,
  resolve: (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]> = (name) =>
    lookup(name, { all: true }),
): Promise<string> {
  const found = await resolve(host);
  const inside = found.find(({ address, family }) => INSIDE.check(address, family === 6 ? "ipv6" : "ipv4"));
  if (inside) throw new Error(`it is ${inside.address}, an address of this machine or of a private network`);
  const [first] = found;
  if (!first) throw new Error("it has no address");
  return first.address;
}

/** Sources: https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry */
const INSIDE = new BlockList();
for (const [network, prefix] of [
  ...[["0.0.0.0", 8] as const, ["127.0.0.0", 8] as const, ["169.254.0.0", 16] as const],
  ...[["10.0.0.0", 8] as const, ["172.16.0.0", 12] as const, ["192.168.0.0", 16] as const],
  // Shared between the customers of a provider, multicast, and what is reserved.
  ...[["100.64.0.0", 10] as const, ["224.0.0.0", 4] as const, ["240.0.0.0", 4] as const],
] as const) {
  INSIDE.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  // Unspecified, loopback, unique local, link-local, multicast.
  ...[["::", 127] as const, ["fc00::", 7] as const, ["fe80::", 10] as const, ["ff00::", 8] as const],
  // An IPv4 address within, by a translator or tunnel of this network.
  ...[["64:ff9b::", 96] as const, ["64:ff9b:1::", 48] as const, ["2002::", 16] as const],
] as const) {
  INSIDE.addSubnet(network, prefix, "ipv6");
}
