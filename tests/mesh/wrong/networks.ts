import type { WrongConfig } from "./wrong-config";

/** Wrong ways into a VPC network, one that exists or one that is made. */

const network = (create: unknown, more: object = {}) => ({ network: { create, ...more } });

const ranges: readonly [fact: string, cidr: string, problem: string][] = [
  ["without a prefix", "10.0.0.0", 'got "10.0.0.0", must be an IPv4 range, e.g. "10.0.0.0/24"'],
  ["with an octet too large", "10.0.0.256/24", 'got "10.0.0.256/24", must be an IPv4 range, e.g. "10.0.0.0/24"'],
  ["of IPv6", "fd00::/64", 'got "fd00::/64", must be an IPv4 range, e.g. "10.0.0.0/24"'],
  ["that begins inside itself", "10.0.0.5/24", '"10.0.0.5/24" begins inside its range; write "10.0.0.0/24"'],
  [
    "of the internet",
    "8.8.8.0/24",
    '"8.8.8.0/24" is not a private range; choose one within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 240.0.0.0/4',
  ],
  [
    "that is larger than any private block",
    "10.0.0.0/7",
    '"10.0.0.0/7" is not a private range; choose one within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 240.0.0.0/4',
  ],
  [
    "too small for Direct VPC egress",
    "10.0.0.0/28",
    '"10.0.0.0/28" has 16 addresses, Direct VPC egress takes at least /26; write "10.0.0.0/26" or larger',
  ],
  [
    "too small for the default of 100 instances",
    "10.0.0.0/25",
    '"10.0.0.0/25" has 128 addresses, and up to 100 instances take 204; choose a range of /24, or set lower "scaling.maxInstances"',
  ],
];

export const wrongNetworks: readonly WrongConfig[] = [
  {
    fact: "a caller without a route to an internal service",
    config: { network: undefined },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: set "network" for the mesh or for the calling service',
    ],
  },
  {
    fact: "a caller that opts out of the network",
    web: { network: "none" },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: set "network" for the mesh or for the calling service',
    ],
  },
  {
    fact: "private ranges without the private zone",
    config: { network: { network: "vpc", subnetwork: "run", egress: "private-ranges-only" } },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: "network.egress: private-ranges-only" sends run.app past the VPC; use "all-traffic", or set "network.privateDnsZone: true" where the network resolves run.app to private.googleapis.com',
    ],
  },
  {
    fact: "a connector beside a network",
    config: { network: { network: "vpc", connector: "c" } },
    problems: ['network: "connector" excludes "network", "subnetwork" and "tags"; keep one of the two ways'],
  },
  {
    fact: "a network that names nothing",
    config: { network: { egress: "all-traffic" } },
    problems: ['network: names no way into a VPC network; set "network" and "subnetwork", "connector", or "create"'],
  },
  {
    fact: "a service's network that is not named",
    web: { network: { egress: "all-traffic" } },
    problems: ['services.web.network: names no way into a VPC network; set "network" and "subnetwork", or "connector"'],
  },
  {
    fact: "a network to be made under a misspelt key",
    config: { network: { crate: {} } },
    problems: ['network.crate: unknown key "crate"; did you mean "create"?'],
  },
  {
    fact: "a network to be made and one that exists",
    config: network({}, { network: "default", subnetwork: "default" }),
    problems: ['network.create: excludes "network" and "subnetwork", which name what exists; keep one of the two'],
  },
  {
    fact: "a network to be made and a connector that exists",
    config: network({ connector: true }, { connector: "link" }),
    problems: ['network.create: excludes "connector", which names what exists; keep one of the two'],
  },
  {
    fact: "a network to be made for one service",
    web: { network: { create: {} } },
    problems: [
      'services.web.network.create: unknown key "create"; allowed are network, subnetwork, tags, connector, egress, privateDnsZone',
    ],
  },
  ...ranges.map(([fact, cidr, problem]) => ({
    fact: `a range ${fact}`,
    config: network({ cidr }),
    problems: [`network.create.cidr: ${problem}`],
  })),
  {
    fact: "a range too small for what several services may scale to",
    config: network({ cidr: "192.168.4.0/26" }),
    web: { scaling: { maxInstances: 20 } },
    also: {
      cron: { image: "i", calls: ["api"], scaling: { manualInstances: 11 } },
      apart: { image: "i", calls: ["api"], network: { connector: "link" } },
    },
    problems: [
      'network.create.cidr: "192.168.4.0/26" has 64 addresses, and up to 31 instances take 66; choose a range of /25, or set lower "scaling.maxInstances"',
    ],
  },
  {
    fact: "a connector's range that is too large",
    config: network({ connector: true, cidr: "10.8.0.0/24" }),
    problems: ['network.create.cidr: "10.8.0.0/24" is not what a connector takes, /28; write "10.8.0.0/28"'],
  },
  {
    fact: "network tags with a connector to be made",
    config: network({ connector: true }, { tags: ["mesh"] }),
    problems: ['network.tags: needs Direct VPC egress; remove it, or "create.connector"'],
  },
  {
    fact: "Cloud NAT that no traffic takes",
    config: network({ nat: true }, { egress: "private-ranges-only" }),
    problems: [
      'network.create.nat: serves no traffic with "egress: private-ranges-only", which reaches the internet without it; remove it, or use "all-traffic"',
    ],
  },
  {
    fact: "a name with capitals for a made network",
    config: network({ name: "Mesh" }),
    problems: [
      'network.create.name: got "Mesh", must be lower-case letters, digits and hyphens, starting with a letter',
    ],
  },
  {
    fact: "a name that is too long for a made network",
    config: network({ name: "m".repeat(64) }),
    problems: [`network.create.name: got "${"m".repeat(64)}", expected at most 63 characters`],
  },
  {
    fact: "a name that is too long for a made connector",
    config: network({ name: "orders-mesh-network", connector: true }),
    problems: [
      'network.create.name: "orders-mesh-network" counts 21 characters as the name of a connector, at most 20 are allowed, and a hyphen counts twice; set a shorter "name"',
    ],
  },
  {
    fact: "private ranges only in a made network that is denied its zone",
    config: network({}, { egress: "private-ranges-only", privateDnsZone: false }),
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: "network.egress: private-ranges-only" sends run.app past the VPC; use "all-traffic", or set "network.privateDnsZone: true" where the network resolves run.app to private.googleapis.com',
    ],
  },
  {
    fact: "a caller that stays out of the made network",
    config: network({}),
    web: { network: "none" },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: set "network" for the mesh or for the calling service',
    ],
  },
  {
    fact: "a caller in a Shared VPC network that the service it calls stays out of",
    config: { network: { network: "projects/acme-host/global/networks/shared" } },
    api: { network: "none" },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: "projects/acme-host/global/networks/shared" is another project\'s, whose calls only a service in it takes; give "api" the same network',
    ],
  },
  {
    fact: "a caller alone in a Shared VPC network",
    web: { network: { connector: "projects/acme-host/locations/europe-west9/connectors/link" } },
    problems: [
      'services.web.calls[0]: "api" has ingress internal, so calls must come through a VPC network: "projects/acme-host/locations/europe-west9/connectors/link" is another project\'s, whose calls only a service in it takes; give "api" the same network',
    ],
  },
  {
    fact: "the made network named by a service",
    config: network({ name: "orders" }),
    web: { network: { network: "orders", subnetwork: "orders" } },
    problems: ['services.web.network: names "orders", which this mesh makes; write "network: mesh"'],
  },
  {
    fact: "the made connector named by a service",
    config: network({ connector: true }),
    web: { network: { connector: "mesh" } },
    problems: ['services.web.network: names "mesh", which this mesh makes; write "network: mesh"'],
  },
  {
    fact: "the mesh's network where there is none",
    config: { network: undefined },
    api: { network: "mesh" },
    web: { calls: [] },
    problems: [
      'services.api.network: got "mesh", but the mesh has no network; set "network" for the mesh, or name one here',
    ],
  },
  {
    fact: "another service's name for a network",
    web: { network: "default" },
    problems: [
      'services.web.network: got "default", expected { network, subnetwork, tags, connector, egress, privateDnsZone }, "mesh" or "none"',
    ],
  },
  {
    fact: "a made network misunderstood, and the services that take it",
    config: network({ cidr: "wide" }),
    api: { network: "mesh" },
    problems: ['network.create.cidr: got "wide", must be an IPv4 range, e.g. "10.0.0.0/24"'],
  },
  {
    fact: "an egress that is none",
    config: { network: { connector: "link", egress: "all" } },
    problems: ['network.egress: got "all", expected "all-traffic" or "private-ranges-only"'],
  },
];
