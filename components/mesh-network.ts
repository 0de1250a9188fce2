/**
 * A VPC network through which services call internal ones: a subnetwork with Private Google Access and, where asked for,
 * a connector in it, the private zone for run.app, and Cloud NAT.
 */
import * as compute from "@pulumi/gcp/compute";
import * as dns from "@pulumi/gcp/dns";
import * as vpcaccess from "@pulumi/gcp/vpcaccess";
import * as pulumi from "@pulumi/pulumi";

/** private.googleapis.com. Source: https://cloud.google.com/vpc/docs/configure-private-google-access */
const GOOGLE_PRIVATE = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"];

export interface MeshNetworkArgs {
  /** Region of the services. */
  readonly region: pulumi.Input<string>;
  /** Range of the subnetwork; /26 or larger for Direct VPC egress, /28 for a connector. It can grow in place; any other takes another name. */
  readonly cidr: pulumi.Input<string>;
  /** Project id. @default - the provider's project */
  readonly project?: pulumi.Input<string>;
  /** Name of the network, its subnetwork and what else is made in it. @default - the component's name */
  readonly name?: string;
  /** Whether a Serverless VPC Access connector takes the subnetwork. @default false - it is for Direct VPC egress */
  readonly connector?: boolean;
  /** Whether run.app resolves to Google's private addresses in the network, which `PRIVATE_RANGES_ONLY` needs. @default false */
  readonly privateDnsZone?: boolean;
  /** Whether Cloud NAT leads to the internet, which `ALL_TRAFFIC` is cut off from otherwise. @default false */
  readonly nat?: boolean;
  /**
   * Whether network and subnetwork are left where they are when they would be deleted. Addresses of Direct VPC egress
   * are held for hours after the last revision, and a delete fails until then; neither costs anything. The rest goes.
   * Source: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#delete-subnet
   * @default true
   */
  readonly retainOnDelete?: boolean;
}

export class MeshNetwork extends pulumi.ComponentResource {
  /** Name of the VPC network. */
  readonly network: pulumi.Output<string>;
  /** Name of its subnetwork in the region. */
  readonly subnetwork: pulumi.Output<string>;
  /** The connector, as services name it; absent with Direct VPC egress. */
  readonly connector: pulumi.Output<string> | undefined;

  constructor(name: string, args: MeshNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:MeshNetwork", name, {}, opts);
    const inside = { parent: this };
    // What is kept keeps its name, so a replacement fails; created first, it fails before the stack has lost anything.
    const kept = { ...inside, retainOnDelete: args.retainOnDelete ?? true, deleteBeforeReplace: false };

    const network = createNetwork(name, args, kept);
    const subnetwork = createSubnetwork(name, args, network, kept);
    this.network = network.name;
    this.subnetwork = subnetwork.name;
    this.connector = args.connector ? createConnector(name, args, subnetwork, inside) : undefined;
    if (args.privateDnsZone) createZone(name, args, network, inside);
    if (args.nat) createNat(name, args, network, subnetwork, inside);

    this.registerOutputs({ network: this.network, subnetwork: this.subnetwork, connector: this.connector });
  }
}

function createNetwork(name: string, args: MeshNetworkArgs, opts: pulumi.CustomResourceOptions) {
  return new compute.Network(
    name,
    { name: args.name ?? name, project: args.project, autoCreateSubnetworks: false },
    opts,
  );
}

function createSubnetwork(
  name: string,
  args: MeshNetworkArgs,
  network: compute.Network,
  opts: pulumi.CustomResourceOptions,
) {
  return new compute.Subnetwork(
    name,
    {
      name: args.name ?? name,
      project: args.project,
      region: args.region,
      network: network.id,
      ipCidrRange: args.cidr,
      privateIpGoogleAccess: true,
    },
    opts,
  );
}

/** In a subnetwork that can be seen, unlike one made from a range: NAT and firewall rules may name it. */
function createConnector(
  name: string,
  args: MeshNetworkArgs,
  subnetwork: compute.Subnetwork,
  opts: pulumi.CustomResourceOptions,
) {
  const connector = new vpcaccess.Connector(
    name,
    {
      name: args.name ?? name,
      project: args.project,
      region: args.region,
      subnet: { name: subnetwork.name },
      machineType: "e2-micro",
      minInstances: 2,
      maxInstances: 3,
    },
    opts,
  );
  const { project, region } = connector;
  return pulumi.interpolate`projects/${project}/locations/${region}/connectors/${connector.name}`;
}

/** A record for `*.run.app` answers for every name below it, however many labels it has. */
function createZone(name: string, args: MeshNetworkArgs, network: compute.Network, opts: pulumi.CustomResourceOptions) {
  const zone = new dns.ManagedZone(
    name,
    {
      name: `${args.name ?? name}-run-app`,
      project: args.project,
      description: "Leads calls of run.app through the VPC network",
      dnsName: "run.app.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: network.id }] },
    },
    opts,
  );
  new dns.RecordSet(
    name,
    {
      managedZone: zone.name,
      project: args.project,
      name: "*.run.app.",
      type: "A",
      ttl: 300,
      rrdatas: GOOGLE_PRIVATE,
    },
    opts,
  );
}

function createNat(
  name: string,
  args: MeshNetworkArgs,
  network: compute.Network,
  subnetwork: compute.Subnetwork,
  opts: pulumi.CustomResourceOptions,
) {
  const place = { name: args.name ?? name, project: args.project, region: args.region };
  const router = new compute.Router(name, { ...place, network: network.id }, opts);
  new compute.RouterNat(
    name,
    {
      ...place,
      router: router.name,
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
      subnetworks: [{ name: subnetwork.id, sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
    },
    opts,
  );
}
