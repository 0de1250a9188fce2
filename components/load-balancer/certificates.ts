/** A certificate for each domain, which Google issues and renews once a DNS record shows whose the domain is. */
import * as certificatemanager from "@pulumi/gcp/certificatemanager";
import * as pulumi from "@pulumi/pulumi";
import { type DnsRecord, type DnsZone, domainName, putRecord } from "./dns";

export interface CertificatesArgs {
  /** Project id. */
  readonly project: pulumi.Input<string>;
  readonly domains: readonly string[];
  /** Where the records are made. @default - elsewhere */
  readonly dnsZone?: DnsZone | undefined;
}

export interface Certificates {
  /** The certificate map, as a target proxy takes it. */
  readonly map: pulumi.Output<string>;
  /** The records that show whose the domains are. */
  readonly records: readonly pulumi.Output<DnsRecord>[];
}

/**
 * One of each for each domain: another domain leaves the certificates of the others alone, which would be issued anew
 * otherwise, for minutes to hours. Source: https://cloud.google.com/certificate-manager/docs/deploy-google-managed-dns-auth
 */
export function certificates(
  name: string,
  { project, domains, dnsZone }: CertificatesArgs,
  opts: pulumi.CustomResourceOptions,
): Certificates {
  const map = new certificatemanager.CertificateMap(name, { project, description: "By host name" }, opts);
  const records = domains.map((domain) => {
    const one = `${name}-${domainName(domain)}`;
    const authorization = new certificatemanager.DnsAuthorization(
      one,
      { project, location: "global", type: "FIXED_RECORD", domain },
      opts,
    );
    const record = authorization.dnsResourceRecords.apply(
      ([first]): DnsRecord => ({
        name: first?.name ?? "",
        type: first?.type ?? "CNAME",
        data: first?.data ?? "",
      }),
    );
    const put = dnsZone && putRecord(`${one}-authorization`, dnsZone, { type: "CNAME", ...fieldsOf(record) }, opts);
    const certificate = new certificatemanager.Certificate(
      one,
      {
        project,
        location: "global",
        scope: "DEFAULT",
        managed: { domains: [domain], dnsAuthorizations: [authorization.id] },
      },
      { ...opts, ...(put && { dependsOn: [put] }) },
    );
    new certificatemanager.CertificateMapEntry(
      one,
      { project, map: map.name, hostname: domain, certificates: [certificate.id] },
      opts,
    );
    return record;
  });
  return { map: pulumi.interpolate`//certificatemanager.googleapis.com/${map.id}`, records };
}

function fieldsOf(record: pulumi.Output<DnsRecord>) {
  return { name: record.name, data: record.data };
}
