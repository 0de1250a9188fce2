/** What the DNS has to say so that people reach a load balancer, and so that Google issues its certificates. */
import { createHash } from "node:crypto";
import * as dns from "@pulumi/gcp/dns";
import type * as pulumi from "@pulumi/pulumi";

/** A record as the owner of a domain has to make it. */
export interface DnsRecord {
  /** Absolute, with a dot at the end. */
  readonly name: string;
  readonly type: string;
  readonly data: string;
}

/** A zone of Cloud DNS. */
export interface DnsZone {
  /** Project id. */
  readonly project: string;
  readonly name: string;
}

/** Seconds for which resolvers keep a record. */
const TTL = 300;

export function putRecord(
  name: string,
  zone: DnsZone,
  record: { readonly [Field in keyof DnsRecord]: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): dns.RecordSet {
  return new dns.RecordSet(
    name,
    {
      project: zone.project,
      managedZone: zone.name,
      name: record.name,
      type: record.type,
      ttl: TTL,
      rrdatas: [record.data],
    },
    opts,
  );
}

/** Names on Google Cloud have 63 characters: 8 are random, and some say what of. */
const LENGTH = 36;

/**
 * A domain as a part of a resource's name, which takes no dots. Hyphens are doubled, so that `a-b.example` and
 * `a.b.example` stay apart; what is too long is cut and told apart by a hash.
 */
export function domainName(domain: string): string {
  const whole = domain.replaceAll("-", "--").replaceAll(".", "-");
  if (whole.length <= LENGTH) return whole;
  const hash = createHash("sha256").update(domain).digest("hex").slice(0, 6);
  return `${whole.slice(0, LENGTH - 7).replace(/-+$/, "")}-${hash}`;
}
