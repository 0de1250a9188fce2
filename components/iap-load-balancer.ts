/**
 * A global external Application Load Balancer in front of backend services that Identity-Aware Proxy guards: one address,
 * a certificate for each domain, TLS 1.2 or newer, and port 80 for nothing but the way to HTTPS.
 */
import * as compute from "@pulumi/gcp/compute";
import * as pulumi from "@pulumi/pulumi";
import { certificates } from "./load-balancer/certificates";
import { type DnsRecord, type DnsZone, domainName, putRecord } from "./load-balancer/dns";
import { redirectToHttps, urlMap } from "./load-balancer/url-map";

export interface IapLoadBalancerArgs {
  /** Project id. */
  readonly project: pulumi.Input<string>;
  /** Host names, lower-case; the first answers, the others are sent on to it. */
  readonly domains: readonly string[];
  /**
   * Backend services, as `IapBackend.backendService` gives them, by path: `/`, and others by whole segments, e.g.
   * `/service-desk`, which takes all below it too.
   */
  readonly routes: Readonly<Record<string, pulumi.Input<string>>>;
  /** Zone of Cloud DNS that takes the records. @default - `dnsRecords` are made elsewhere */
  readonly dnsZone?: DnsZone | undefined;
  /** What has to be there before a request is led to a backend service: what answers it, and what lets it pass. @default - nothing */
  readonly leadsAfter?: readonly pulumi.Resource[];
}

export class IapLoadBalancer extends pulumi.ComponentResource {
  /** Where people go: `https://DOMAIN`. */
  readonly url: string;
  /** The address, IPv4. */
  readonly address: pulumi.Output<string>;
  /** What the DNS has to say: where the domains are, and whose. */
  readonly dnsRecords: pulumi.Output<DnsRecord[]>;

  constructor(name: string, args: IapLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseWithoutRoot(name, args);
    super("cloud-run-mesh:index:IapLoadBalancer", name, {}, opts);
    const { project, domains, dnsZone, leadsAfter = [] } = args;
    const inside = { parent: this };

    const address = new compute.GlobalAddress(name, { project, addressType: "EXTERNAL" }, inside);
    const addresses = domains.map((domain) => addressRecord(name, domain, address, dnsZone, inside));
    const { map: certificateMap, records } = certificates(name, { project, domains, dnsZone }, inside);
    const routes = urlMap(name, args, { ...inside, dependsOn: [...leadsAfter] });
    const https = createHttpsProxy(name, project, { urlMap: routes.id, certificateMap }, inside);
    const redirect = redirectToHttps(`${name}-redirect`, project, inside);
    const http = new compute.TargetHttpProxy(`${name}-redirect`, { project, urlMap: redirect.id }, inside);
    for (const [rule, portRange, target] of [
      [name, "443", https.id],
      [`${name}-redirect`, "80", http.id],
    ] as const)
      createRule(rule, { project, target, portRange, ipAddress: address.address }, inside);

    this.url = `https://${domains[0]}`;
    this.address = address.address;
    this.dnsRecords = pulumi.all([...addresses, ...records]);
    this.registerOutputs({});
  }
}

function refuseWithoutRoot(name: string, { domains, routes }: IapLoadBalancerArgs): void {
  if (domains.length === 0)
    throw new pulumi.RunError(`IapLoadBalancer "${name}": got no domains, expected at least one`);
  if (routes["/"] !== undefined) return;
  throw new pulumi.RunError(
    `IapLoadBalancer "${name}": has no route "/", so nothing answers what no other route takes`,
  );
}

function addressRecord(
  name: string,
  domain: string,
  { address }: compute.GlobalAddress,
  zone: DnsZone | undefined,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<DnsRecord> {
  const record = { name: `${domain}.`, type: "A", data: address };
  if (zone) putRecord(`${name}-${domainName(domain)}`, zone, record, opts);
  return pulumi.output(record);
}

/** Ciphers without forward secrecy are left out. Source: https://cloud.google.com/load-balancing/docs/ssl-policies-concepts */
function createHttpsProxy(
  name: string,
  project: pulumi.Input<string>,
  { urlMap: map, certificateMap }: { urlMap: pulumi.Input<string>; certificateMap: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): compute.TargetHttpsProxy {
  const policy = new compute.SSLPolicy(name, { project, profile: "RESTRICTED", minTlsVersion: "TLS_1_2" }, opts);
  return new compute.TargetHttpsProxy(
    name,
    // No early data: it can be sent again by whoever listens.
    { project, urlMap: map, certificateMap, sslPolicy: policy.id, quicOverride: "NONE", tlsEarlyData: "DISABLED" },
    opts,
  );
}

function createRule(
  name: string,
  args: Pick<compute.GlobalForwardingRuleArgs, "ipAddress" | "portRange" | "project" | "target">,
  opts: pulumi.CustomResourceOptions,
): void {
  new compute.GlobalForwardingRule(
    name,
    { ...args, loadBalancingScheme: "EXTERNAL_MANAGED", ipProtocol: "TCP", networkTier: "PREMIUM" },
    opts,
  );
}
