/** How the calls of a workload leave it, and whether run.app is then reached from within the VPC network. */

import { FUNCTION_V1, FUNCTION_V2, JOB, SERVICE, SERVICE_V1, WORKER_POOL } from "../facts/tokens";
import type { StackResource } from "../rule";
import { lengthOf, pathOf, type Reading, read } from "./read";
import { textOf, type Workload } from "./stack";

type Keys = readonly string[];

interface Way {
  /** A connector or network interfaces: with it, there is a way into the network. */
  readonly by: Keys;
  readonly egress: Keys;
  /** Values that send all traffic that way; by default only private addresses go there. */
  readonly all: readonly string[];
}

const blockAt = (...keys: string[]): readonly Way[] =>
  ["connector", "networkInterfaces"].map((by) => ({
    by: [...keys, "vpcAccess", by],
    egress: [...keys, "vpcAccess", "egress"],
    all: ["ALL_TRAFFIC"],
  }));
const annotation = (name: string): Keys => ["template", "metadata", "annotations", `run.googleapis.com/${name}`];

/** https://docs.cloud.google.com/run/docs/configuring/vpc-direct-vpc; google_cloudfunctions2_function */
const WAYS: ReadonlyMap<string, readonly Way[]> = new Map<string, readonly Way[]>([
  [SERVICE, blockAt("template")],
  [JOB, blockAt("template", "template")],
  [WORKER_POOL, blockAt("template")],
  [
    SERVICE_V1,
    ["vpc-access-connector", "network-interfaces"].map((by) => ({
      by: annotation(by),
      egress: annotation("vpc-access-egress"),
      all: ["all-traffic", "all"],
    })),
  ],
  [
    FUNCTION_V2,
    [
      {
        by: ["serviceConfig", "vpcConnector"],
        egress: ["serviceConfig", "vpcConnectorEgressSettings"],
        all: ["ALL_TRAFFIC"],
      },
      {
        by: ["serviceConfig", "directVpcNetworkInterfaces"],
        egress: ["serviceConfig", "directVpcEgress"],
        all: ["VPC_EGRESS_ALL_TRAFFIC"],
      },
    ],
  ],
  [FUNCTION_V1, [{ by: ["vpcConnector"], egress: ["vpcConnectorEgressSettings"], all: ["ALL_TRAFFIC"] }]],
]);

/** `none` leads past the network; `private` leads into it for private addresses only. */
export type Route = "none" | "private" | "all" | "unknown";

export function routeOf({ resource: { type, props } }: Workload): Route {
  for (const { by, egress, all } of WAYS.get(type) ?? []) {
    const way = read(props, ...by);
    if (way.state === "unknown") return "unknown";
    if (!isGiven(way)) continue;
    const setting = read(props, ...egress);
    if (setting.state === "unknown") return "unknown";
    return all.includes(textOf(setting) ?? "") ? "all" : "private";
  }
  return "none";
}

/** The path at which a way into the network is given. */
export function wayPath({ resource: { type } }: Workload): string {
  return (WAYS.get(type)?.[0]?.by ?? []).reduce<string>(pathOf, "");
}

function isGiven(way: Reading): boolean {
  return way.state === "known" && (Array.isArray(way.value) ? lengthOf(way.value) > 0 : way.value !== "");
}

const NETWORKS: ReadonlySet<string> = new Set([
  "gcp:compute/network:Network",
  "gcp:compute/subnetwork:Subnetwork",
  "gcp:vpcaccess/connector:Connector",
]);

/** Whether the network that it leads into is made in this stack; of another, nobody here knows the DNS. */
export function leadsIntoOwnNetwork({ resource }: Workload, resources: readonly StackResource[]): boolean {
  const made = resources.filter(({ type }) => NETWORKS.has(type));
  const names = new Set(made.flatMap(({ props }) => textOf(read(props, "name")) ?? []));
  return (WAYS.get(resource.type) ?? []).some(({ by }) => {
    const sources = resource.sources?.[by[0] ?? ""] ?? [];
    if (made.some(({ urn }) => sources.includes(urn))) return true;
    const named = [by, [...by, 0, "network"], [...by, 0, "subnetwork"]].map((keys) =>
      textOf(read(resource.props, ...keys)),
    );
    return named.some((name) => name !== undefined && names.has(name.slice(name.lastIndexOf("/") + 1)));
  });
}

/** Whether something in the stack may make run.app a private address. */
export function resolvesPrivately(resources: readonly StackResource[]): boolean {
  return resources.some(({ type, props }) => {
    if (type !== ZONE && type !== RESPONSE_RULE) return false;
    const visibility = type === ZONE ? read(props, "visibility") : undefined;
    if (visibility?.state === "absent" || (visibility?.state === "known" && visibility.value !== "private"))
      return false;
    const name = read(props, "dnsName");
    return name.state === "unknown" || /(?:^|\.)run\.app\.$/i.test(textOf(name) ?? "");
  });
}

const ZONE = "gcp:dns/managedZone:ManagedZone";
const RESPONSE_RULE = "gcp:dns/responsePolicyRule:ResponsePolicyRule";
