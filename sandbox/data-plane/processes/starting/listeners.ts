/** The TCP ports on which something listens, as Linux lists them. Source: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
import { readFileSync } from "node:fs";

export interface Listener {
  /** As it is written, an IPv6 address in brackets. */
  readonly address: string;
  readonly port: number;
  /** Number of its socket. */
  readonly inode: string;
}

const LISTENING = "0A";

/** All that listen in the network namespace of a process. */
export function listenersOf(pid: number): Listener[] {
  return ["tcp", "tcp6"].flatMap((table) => {
    try {
      return parseListeners(readFileSync(`/proc/${pid}/net/${table}`, "utf8"));
    } catch {
      // The process has ended, or the kernel has no IPv6.
      return [];
    }
  });
}

/** @param table text of `/proc/net/tcp` or `/proc/net/tcp6` */
export function parseListeners(table: string): Listener[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    return state === LISTENING ? [{ address: addressOf(address), port: Number.parseInt(port, 16), inode }] : [];
  });
}

/** Each group of 32 bits is in the order of this machine's bytes, which is the lowest first wherever this runs. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => `${bytes[2 * i]}${bytes[2 * i + 1]}`);
  // URL knows the short form of an IPv6 address.
  return new URL(`http://[${groups.join(":")}]`).hostname;
}
