/** What becomes of a host for whoever asks for it: it is played here, dialled for real, or neither. */
import type { Visitor } from "../callers";
import type { MetadataServer } from "../identity/metadata-server";
import type { Traffic } from "../traffic";
import { isAmong, isOutside, type Lookup, publicLookup } from "./egress";
import type { WayOut } from "./outside";

export interface WaysOptions {
  /** What is played here. */
  readonly traffic: Pick<Traffic, "answers" | "plays">;
  /** Hosts that may be dialled for everybody, `*.example.com` for all below one; beside them each visitor's own. */
  readonly allow: readonly string[];
  /** How visitors' own hosts are looked up. @default - to addresses of the internet alone */
  readonly lookup?: Lookup;
}

/**
 * Names and address of the metadata server; Google's library for Node writes the first with its last dot.
 * Source: https://cloud.google.com/compute/docs/metadata/overview
 */
const METADATA_HOSTS: readonly string[] = [
  ...["metadata.google.internal", "metadata.google.internal.", "metadata", "169.254.169.254"],
];

export class Ways {
  constructor(private readonly options: WaysOptions) {}

  /** The metadata server that a host means to somebody; `undefined` where it means another host. */
  metadata({ metadata }: Visitor, host: string): MetadataServer | undefined {
    return METADATA_HOSTS.includes(host) ? metadata : undefined;
  }

  /** Whether a host answers here to plain HTTP. */
  servesClear(visitor: Visitor, host: string): boolean {
    return this.metadata(visitor, host) !== undefined || this.options.traffic.plays(host);
  }

  /** Whether TLS ends here. What is allowed to leave does, unless it is played. */
  endsHere(visitor: Visitor, host: string): boolean {
    const { traffic } = this.options;
    return traffic.plays(host) || (traffic.answers(host) && !this.out(visitor, host));
  }

  /** How a host is dialled for somebody; `undefined` where it is not. */
  out({ egress }: Pick<Visitor, "egress">, host: string): WayOut | undefined {
    const { allow, lookup = publicLookup, traffic } = this.options;
    if (isAmong(host, allow)) return {};
    return egress && isOutside(host) && !traffic.plays(host) && isAmong(host, egress.hosts) ? { lookup } : undefined;
  }

  /** Why somebody does not get to a target, and the line of the stack config that would let them, where there is one. */
  notPlayed({ egress }: Pick<Visitor, "egress">, host: string, target: string): string {
    const told = `the sandbox does not play ${target} and dials nobody`;
    if (!egress || !isOutside(host) || this.out({ egress }, host) || this.options.traffic.plays(host)) return told;
    return `${told}; "egress: [${host}]" of ${egress.name} in the stack config lets it through`;
  }
}
