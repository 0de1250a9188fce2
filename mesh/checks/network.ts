import { formatRange, isWithin, parseRange, type Range, sizeOf } from "../../google/ranges";
import {
  type Attached,
  addressesFor,
  CONNECTOR_PREFIX,
  DEFAULT_NETWORK_NAME,
  DIRECT_PREFIX_MAX,
  instancesIn,
  prefixFor,
} from "../network";
import type { Finding, Problem } from "../problems";
import type { CreateNetworkConfig, MeshNetworkConfig, NetworkConfig } from "../spec/network";
import type { MeshConfig } from "../spec/spec";

/** Checks of the ways into a VPC network: those that exist, and the network that the mesh makes. */

export function checkNetwork(network: NetworkConfig | MeshNetworkConfig, path: string): Finding[] {
  if ("create" in network && network.create) return checkCreate(network, network.create, path);
  const direct = network.network !== undefined || network.subnetwork !== undefined;
  if (network.connector !== undefined && (direct || network.tags)) {
    return [{ path, message: '"connector" excludes "network", "subnetwork" and "tags"; keep one of the two ways' }];
  }
  if (network.connector === undefined && !direct) {
    const ways =
      path === "network"
        ? '"network" and "subnetwork", "connector", or "create"'
        : '"network" and "subnetwork", or "connector"';
    return [{ path, message: `names no way into a VPC network; set ${ways}` }];
  }
  return [];
}

function checkCreate(network: MeshNetworkConfig, create: CreateNetworkConfig, path: string): Finding[] {
  const problems: Finding[] = [];
  const named = (["network", "subnetwork", "connector"] as const).filter((key) => network[key] !== undefined);
  if (named.length > 0) {
    const keys = named.map((key) => `"${key}"`).join(" and ");
    problems.push({
      path: `${path}.create`,
      message: `excludes ${keys}, which ${named.length === 1 ? "names" : "name"} what exists; keep one of the two`,
    });
  }
  if (create.connector && network.tags) {
    problems.push({ path: `${path}.tags`, message: 'needs Direct VPC egress; remove it, or "create.connector"' });
  }
  if (create.nat && network.egress === "private-ranges-only") {
    problems.push({
      path: `${path}.create.nat`,
      message:
        'serves no traffic with "egress: private-ranges-only", which reaches the internet without it; remove it, or use "all-traffic"',
    });
  }
  if (create.connector) problems.push(...checkConnectorName(create.name ?? DEFAULT_NETWORK_NAME, path));
  const range = create.cidr === undefined ? undefined : parseRange(create.cidr);
  if (range) problems.push(...checkRange(range, create.connector ?? false, `${path}.create.cidr`));
  return problems;
}

/** Source: https://cloud.google.com/vpc/docs/configure-serverless-vpc-access#create-connector */
function checkConnectorName(name: string, path: string): Problem[] {
  const length = name.length + (name.split("-").length - 1);
  if (length <= 20) return [];
  return [
    {
      path: `${path}.create.name`,
      message: `"${name}" counts ${length} characters as the name of a connector, at most 20 are allowed, and a hyphen counts twice; set a shorter "name"`,
    },
  ];
}

/** Ranges that Cloud Run takes: RFC 1918, RFC 6598 and class E. Source: https://cloud.google.com/run/docs/configuring/networking-best-practices */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "240.0.0.0/4"];
const PRIVATE_RANGES = PRIVATE.flatMap((text) => parseRange(text) ?? []);

function checkRange(range: Range, connector: boolean, path: string): Finding[] {
  const { address, base, prefix } = range;
  const written = formatRange(address, prefix);
  if (address !== base) {
    return [{ path, message: `"${written}" begins inside its range; write "${formatRange(base, prefix)}"` }];
  }
  if (!PRIVATE_RANGES.some((block) => isWithin(range, block))) {
    return [{ path, message: `"${written}" is not a private range; choose one within ${PRIVATE.join(", ")}` }];
  }
  if (connector && prefix !== CONNECTOR_PREFIX) {
    return [
      {
        path,
        message: `"${written}" is not what a connector takes, /${CONNECTOR_PREFIX}; write "${formatRange(base, CONNECTOR_PREFIX)}"`,
      },
    ];
  }
  if (!connector && prefix > DIRECT_PREFIX_MAX) {
    return [
      {
        path,
        message: `"${written}" has ${sizeOf(prefix)} addresses, Direct VPC egress takes at least /${DIRECT_PREFIX_MAX}; write "${formatRange(base, DIRECT_PREFIX_MAX)}" or larger`,
        restsOn: ["network.create.connector"],
      },
    ];
  }
  return [];
}

/** What says how many instances there may be, and which of them are in the network. */
const INSTANCES = ["calls", "ingress", "instances", "network", "parallelism", "scaling", "taskCount"];

/**
 * Whether the range that was chosen holds what runs.
 *
 * @param nodes paths of everything that runs
 */
export function checkRoom(
  written: MeshNetworkConfig | undefined,
  attached: readonly Attached[],
  nodes: readonly string[],
): Finding[] {
  const { cidr, connector } = written?.create ?? {};
  const range = cidr === undefined ? undefined : parseRange(cidr);
  if (cidr === undefined || !range || connector || range.prefix > DIRECT_PREFIX_MAX) return [];
  const instances = instancesIn(attached);
  if (sizeOf(range.prefix) >= addressesFor(instances)) return [];
  return [
    {
      path: "network.create.cidr",
      message: `"${cidr}" has ${sizeOf(range.prefix)} addresses, and up to ${instances} instances take ${addressesFor(instances)}; choose a range of /${prefixFor(instances)}, or set lower "scaling.maxInstances"`,
      restsOn: nodes.flatMap((node) => INSTANCES.map((setting) => `${node}.${setting}`)),
    },
  ];
}

/** What speaks of the mesh's network: by its word where it exists, and only by its word where it is made. */
export function checkServiceNetworks(
  config: Partial<MeshConfig>,
  kind: "services" | "functions" | "jobs" | "workerPools",
): Finding[] {
  const mesh = config.network;
  const made = mesh?.create && (mesh.create.name ?? DEFAULT_NETWORK_NAME);
  return Object.entries(config[kind] ?? {}).flatMap(([key, { network }]) => {
    const path = `${kind}.${key}.network`;
    if (network === "mesh" && !mesh) {
      return [
        {
          path,
          message: 'got "mesh", but the mesh has no network; set "network" for the mesh, or name one here',
          restsOn: ["network"],
        },
      ];
    }
    if (typeof network !== "object" || made === undefined) return [];
    if (![network.network, network.subnetwork, network.connector].includes(made)) return [];
    const message = `names "${made}", which this mesh makes; write "network: mesh"`;
    return [{ path, message, restsOn: ["network.create.name"] }];
  });
}
