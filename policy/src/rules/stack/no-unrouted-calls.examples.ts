import { FUNCTION_V1, FUNCTION_V2, JOB, SERVICE_V1, WORKER_POOL } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { functionV1, functionV2, serviceV1, UNKNOWN } from "../given.examples";
import { type Given, service, shop, urlOf } from "../given-stack.examples";

const envs = [{ name: "ORDERS_URL", value: urlOf("orders") }];
const NETWORK = [{ network: "shop-net" }];
const shopWith = (vpcAccess: unknown): Given =>
  service("shop", [], { template: { ...(vpcAccess !== undefined && { vpcAccess }), containers: [{ envs }] } });
const orders = (ingress: unknown = "INGRESS_TRAFFIC_INTERNAL_ONLY"): Given => service("orders", [], { ingress });
const named = (type: string, name: string, props: object): Given => ({ type, name, props: { ...props } });
const network = named("gcp:compute/network:Network", "net", { name: "shop-net" });
const way = named("gcp:vpcaccess/connector:Connector", "way", { name: "shop-way" });
const zone = (dnsName: unknown = "run.app.", visibility: unknown = "private"): Given =>
  named("gcp:dns/managedZone:ManagedZone", "zone", { dnsName, visibility });
const PRIVATE = { egress: "PRIVATE_RANGES_ONLY", networkInterfaces: NETWORK };

const job = (vpcAccess?: object) =>
  named(JOB, "shop", { template: { template: { vpcAccess, containers: [{ envs }] } } });
const pool = (vpcAccess?: object) => named(WORKER_POOL, "shop", { template: { vpcAccess, containers: [{ envs }] } });
const old = (annotations: object) =>
  named(SERVICE_V1, "shop", {
    ...serviceV1(),
    template: { metadata: { annotations }, spec: { containers: [{ envs }] } },
  });
const VARIABLES = { environmentVariables: { ORDERS_URL: urlOf("orders") } };
const hook = (config: object) => named(FUNCTION_V2, "shop", functionV2({ ...VARIABLES, ...config }));
const oldHook = (config: object) => named(FUNCTION_V1, "shop", functionV1({ ...VARIABLES, ...config }));
const runs = (setting: string) => `run.googleapis.com/${setting}`;

export const examples: StackExamples = {
  compliant: [
    { because: "all traffic goes through the network", resources: shop() },
    {
      because: "all traffic goes through the stack's own network",
      resources: [network, orders(), shopWith({ egress: "ALL_TRAFFIC", networkInterfaces: NETWORK })],
    },
    { because: "through a connector", resources: [orders(), shopWith({ connector: "c", egress: "ALL_TRAFFIC" })] },
    { because: "the way is not known yet", resources: [orders(), shopWith(UNKNOWN)] },
    { because: "which connector is not known yet", resources: [orders(), shopWith({ connector: UNKNOWN })] },
    {
      because: "what goes that way is not known yet",
      resources: [network, orders(), shopWith({ ...PRIVATE, egress: UNKNOWN })],
    },
    { because: "private ranges, and a zone for run.app", resources: [network, zone(), orders(), shopWith(PRIVATE)] },
    {
      because: "a zone for one region",
      resources: [network, zone("europe-west9.run.app."), orders(), shopWith(PRIVATE)],
    },
    {
      because: "whether the zone is for run.app is not known yet",
      resources: [network, zone(UNKNOWN), orders(), shopWith(PRIVATE)],
    },
    {
      because: "whether the zone is private is not known yet",
      resources: [network, zone("run.app.", UNKNOWN), orders(), shopWith(PRIVATE)],
    },
    {
      because: "a response policy makes run.app private",
      resources: [
        network,
        named("gcp:dns/responsePolicyRule:ResponsePolicyRule", "rule", { dnsName: "*.run.app." }),
        orders(),
        shopWith(PRIVATE),
      ],
    },
    { because: "a network of others may have the zone", resources: [orders(), shopWith(PRIVATE)] },
    {
      because: "the stack's network is another",
      resources: [named("gcp:compute/network:Network", "net", { name: "other" }), orders(), shopWith(PRIVATE)],
    },
    {
      because: "what has the network's name is none",
      resources: [named("gcp:storage/bucket:Bucket", "net", { name: "shop-net" }), orders(), shopWith(PRIVATE)],
    },
    { because: "the internet reaches it too", resources: [orders("INGRESS_TRAFFIC_ALL"), shopWith(undefined)] },
    { because: "left out, the internet reaches it too", resources: [orders(null), shopWith(undefined)] },
    { because: "who reaches it is not known yet", resources: [orders(UNKNOWN), shopWith(undefined)] },
    {
      because: "it is told its own URL",
      resources: [
        service("shop", [], { template: { containers: [{ envs: [{ name: "OWN", value: urlOf("shop") }] }] } }),
      ],
    },
    { because: "the service is another stack's", resources: [shopWith(undefined)] },
    {
      because: "a job goes through the network",
      resources: [orders(), job({ egress: "ALL_TRAFFIC", networkInterfaces: NETWORK })],
    },
    {
      because: "a worker pool goes through the network",
      resources: [orders(), pool({ egress: "ALL_TRAFFIC", networkInterfaces: NETWORK })],
    },
    ...["all-traffic", "all"].map((egress) => ({
      because: `a v1 service sends ${egress}`,
      resources: [
        way,
        orders(),
        old({ [runs("vpc-access-connector")]: "shop-way", [runs("vpc-access-egress")]: egress }),
      ],
    })),
    {
      because: "a v1 service has network interfaces",
      resources: [orders(), old({ [runs("network-interfaces")]: "[{}]", [runs("vpc-access-egress")]: "all-traffic" })],
    },
    {
      because: "a function has a connector",
      resources: [way, orders(), hook({ vpcConnector: "shop-way", vpcConnectorEgressSettings: "ALL_TRAFFIC" })],
    },
    {
      because: "a function has network interfaces",
      resources: [
        network,
        orders(),
        hook({ directVpcNetworkInterfaces: NETWORK, directVpcEgress: "VPC_EGRESS_ALL_TRAFFIC" }),
      ],
    },
    {
      because: "a first generation function has a connector",
      resources: [way, orders(), oldHook({ vpcConnector: "shop-way", vpcConnectorEgressSettings: "ALL_TRAFFIC" })],
    },
  ],
  violating: [
    { because: "no way into a network", resources: [orders(), shopWith(undefined)], at: ["shop"] },
    {
      because: "behind a load balancer, its own URL is as closed",
      resources: [orders("INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"), shopWith(undefined)],
      at: ["shop"],
    },
    {
      because: "no interface and no connector",
      resources: [orders(), shopWith({ egress: "ALL_TRAFFIC", connector: "", networkInterfaces: [] })],
      at: ["shop"],
    },
    {
      because: "private ranges only, in a network without a zone",
      resources: [network, orders(), shopWith(PRIVATE)],
      at: ["shop"],
    },
    {
      because: "left out, it is private ranges only",
      resources: [network, orders(), shopWith({ networkInterfaces: NETWORK })],
      at: ["shop"],
    },
    {
      because: "the network is named by its link",
      resources: [
        network,
        orders(),
        shopWith({ networkInterfaces: [{ network: "projects/p/global/networks/shop-net" }] }),
      ],
      at: ["shop"],
    },
    {
      because: "the network is known by its subnetwork",
      resources: [
        named("gcp:compute/subnetwork:Subnetwork", "sub", { name: "shop-sub" }),
        orders(),
        shopWith({ networkInterfaces: [{ subnetwork: "shop-sub" }] }),
      ],
      at: ["shop"],
    },
    {
      because: "the network is known by its connector",
      resources: [way, orders(), shopWith({ connector: "projects/p/locations/l/connectors/shop-way" })],
      at: ["shop"],
    },
    {
      because: "the network's name is not known yet, where it comes from is",
      resources: [
        named("gcp:compute/network:Network", "net", {}),
        orders(),
        { ...shopWith({ networkInterfaces: [{ network: UNKNOWN }] }), sources: { template: ["net"] } },
      ],
      at: ["shop"],
    },
    {
      because: "a zone for everybody",
      resources: [network, zone("run.app.", "public"), orders(), shopWith(PRIVATE)],
      at: ["shop"],
    },
    {
      because: "left out, a zone is for everybody",
      resources: [network, zone("run.app.", null), orders(), shopWith(PRIVATE)],
      at: ["shop"],
    },
    {
      because: "a zone for another domain",
      resources: [network, zone("myrun.app."), orders(), shopWith(PRIVATE)],
      at: ["shop"],
    },
    {
      because: "a record makes no zone",
      resources: [
        network,
        named("gcp:dns/recordSet:RecordSet", "record", { name: "run.app.", dnsName: "run.app." }),
        orders(),
        shopWith(PRIVATE),
      ],
      at: ["shop"],
    },
    { because: "a job", resources: [orders(), job()], at: ["shop"] },
    { because: "a worker pool", resources: [orders(), pool()], at: ["shop"] },
    { because: "a v1 service", resources: [orders(), old({})], at: ["shop"] },
    {
      because: "a v1 service that only says what it would send",
      resources: [orders(), old({ [runs("vpc-access-egress")]: "all-traffic" })],
      at: ["shop"],
    },
    { because: "a function", resources: [orders(), hook({})], at: ["shop"] },
    {
      because: "a function that sends private ranges only",
      resources: [
        network,
        orders(),
        hook({ directVpcNetworkInterfaces: NETWORK, directVpcEgress: "VPC_EGRESS_PRIVATE_RANGES_ONLY" }),
      ],
      at: ["shop"],
    },
    {
      because: "a first generation function's connector for private ranges",
      resources: [way, orders(), oldHook({ vpcConnector: "shop-way" })],
      at: ["shop"],
    },
    { because: "a first generation function", resources: [orders(), oldHook({})], at: ["shop"] },
    {
      because: "an internal function is called",
      resources: [
        named(FUNCTION_V2, "hook", { ...functionV2(), name: "orders", location: "europe-west9" }),
        shopWith(undefined),
      ],
      at: ["shop"],
    },
    {
      because: "an internal v1 service is called",
      resources: [
        named(SERVICE_V1, "old", { ...serviceV1(), name: "orders", location: "europe-west9" }),
        shopWith(undefined),
      ],
      at: ["shop"],
    },
  ],
};
