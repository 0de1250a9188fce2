import { formatRange, sizeOf } from "../google/ranges";
import type { MeshNetworkConfig, NetworkConfig } from "./spec/network";
import type { Place, ServiceSpec, VpcRoute } from "./spec/spec";

/** A VPC network that the mesh makes, as filled in. */
export interface NetworkSpec {
  /** Name of the network, its subnetwork and what else is made in it. */
  readonly name: string;
  /** Range of the subnetwork. */
  readonly cidr: string;
  readonly connector: boolean;
  readonly nat: boolean;
  /** Whether a private zone resolves run.app to Google's private addresses. */
  readonly privateDnsZone: boolean;
  readonly retainOnDelete: boolean;
}

/** What may be in a network, and with how many instances. */
export type Attached = Pick<ServiceSpec, "scaling" | "vpc">;

/** Cloud Run's own maximum where a service sets none. Source: https://cloud.google.com/run/docs/configuring/max-instances */
export const DEFAULT_MAX_INSTANCES = 100;

/**
 * The smallest subnetwork for Direct VPC egress, and what of it an instance takes: twice as many addresses as instances,
 * since those of a revision that ended are kept for a while. Source: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
 */
export const DIRECT_PREFIX_MAX = 26;
const ADDRESSES_PER_INSTANCE = 2;

/** Google keeps four addresses of every subnetwork. Source: https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet */
const ADDRESSES_KEPT = 4;

/** A connector's subnetwork. Source: https://cloud.google.com/vpc/docs/serverless-vpc-access#ip_address_ranges */
export const CONNECTOR_PREFIX = 28;
const CONNECTOR_BASE = 0x0a_08_00_00;

/** Private addresses cost nothing; a wide range spares a mesh that grows and shrinks from changing it. */
const DEFAULT_PREFIX = 20;
const DEFAULT_BASE = 0x0a_00_00_00;

export const DEFAULT_NETWORK_NAME = "mesh";

/** The network to be made, or nothing where the config names one that exists. */
export function networkSpec(
  written: MeshNetworkConfig | undefined,
  attached: readonly Attached[],
): NetworkSpec | undefined {
  if (!written?.create) return undefined;
  const { name = DEFAULT_NETWORK_NAME, connector = false, nat = false, retainOnDelete = true } = written.create;
  const cidr = written.create.cidr ?? defaultRange(connector, instancesIn(attached));
  return { name, cidr, connector, nat, privateDnsZone: resolvesPrivately(written), retainOnDelete };
}

/** The way from a service into a network; into one to be made by its name. */
export function vpcRoute(network: NetworkConfig | MeshNetworkConfig): VpcRoute {
  const { create, ...named }: MeshNetworkConfig = network;
  const route = { egress: named.egress ?? "all-traffic", privateDnsZone: resolvesPrivately(network) } as const;
  if (!create) return { ...named, ...route };
  const { name = DEFAULT_NETWORK_NAME, connector } = create;
  const way = connector ? { connector: name } : { network: name, subnetwork: name };
  return { ...named, ...route, ...way, created: true };
}

/** A made network gets the zone that its egress needs; of one that exists only its owner knows. */
function resolvesPrivately({ create, egress, privateDnsZone }: MeshNetworkConfig): boolean {
  return privateDnsZone ?? (create !== undefined && egress === "private-ranges-only");
}

/**
 * The network of another project, a Shared VPC host, that a route leads into. Calls from there are internal to a service
 * that is attached to the same network, and to no other. Source: https://cloud.google.com/run/docs/securing/ingress
 */
export function sharedNetwork(vpc: VpcRoute | undefined, { project, projectNumber }: Place): string | undefined {
  const way = vpc?.network ?? vpc?.subnetwork ?? vpc?.connector ?? "";
  const home = /^projects\/([^/]+)\//.exec(way)?.[1];
  return home === undefined || home === project || home === projectNumber ? undefined : way;
}

/** The most instances that may be in the made network at once. */
export function instancesIn(attached: readonly Attached[]): number {
  return attached
    .filter(({ vpc }) => vpc?.created)
    .reduce((sum, { scaling: { manualInstances, maxInstances } = {} }) => {
      return sum + (manualInstances ?? maxInstances ?? DEFAULT_MAX_INSTANCES);
    }, 0);
}

/** The longest prefix that holds so many instances. */
export function prefixFor(instances: number): number {
  const addresses = addressesFor(instances);
  let prefix = DIRECT_PREFIX_MAX;
  while (sizeOf(prefix) < addresses) prefix--;
  return prefix;
}

export function addressesFor(instances: number): number {
  return instances * ADDRESSES_PER_INSTANCE + ADDRESSES_KEPT;
}

function defaultRange(connector: boolean, instances: number): string {
  if (connector) return formatRange(CONNECTOR_BASE, CONNECTOR_PREFIX);
  return formatRange(DEFAULT_BASE, Math.min(DEFAULT_PREFIX, prefixFor(instances)));
}
