import { SERVICE, SERVICE_V1 } from "../../facts/tokens";
import { read } from "../../inputs/read";
import { isPublic, stackOf, textOf, type Workload } from "../../inputs/stack";
import type { StackResource, StackRule } from "../../rule";
import { isFalse } from "../ingress/no-disabled-invoker-check";

const NEG = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup";
const BACKENDS: ReadonlySet<string> = new Set([
  "gcp:compute/backendService:BackendService",
  "gcp:compute/regionBackendService:RegionBackendService",
]);

/**
 * The invoker check and Identity-Aware Proxy each suffice; this is about a container behind neither. IAP on a load
 * balancer guards only what comes through it, so a service that is also reached directly counts as open:
 * https://docs.cloud.google.com/iap/docs/enabling-cloud-run
 */
export const noUnguardedPaths: StackRule = {
  name: "no-unguarded-paths",
  family: "no unauthenticated ingress",
  description: "Every path from the internet to a container passes Identity-Aware Proxy or the invoker check.",
  severity: "critical",
  page: "https://docs.cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run",
  remediation:
    "Keep the invoker check on and grant roles/run.invoker to whom calls. For people, switch on Identity-Aware Proxy on the service or on each backend service in front of it, with an ingress that leaves no way around.",
  check(resources, report) {
    const stack = stackOf(resources);
    const fronts = backendsByService(resources);
    for (const service of stack.workloads) {
      const settings = SETTINGS.get(service.resource.type);
      if (settings === undefined) continue;
      const { props } = service.resource;
      const disabled = read(props, ...settings.disabled);
      const open = (disabled.state === "known" && !isFalse(disabled.value)) || isPublic(stack, service);
      const iap = read(props, ...settings.iap);
      if (!open || iap.state === "unknown" || (iap.state === "known" && !isFalse(iap.value))) continue;
      const ingress = read(props, ...settings.ingress);
      if (ingress.state === "unknown" || textOf(ingress) === settings.internal) continue;
      const way =
        textOf(ingress) === settings.balanced
          ? fronts(service).find((backend) => !isGuarded(backend))?.name
          : "its own URL";
      if (way === undefined) continue;
      report.violation(
        service.resource,
        "",
        `is reached from the internet through ${way}, past no Identity-Aware Proxy and no invoker check: anybody can call; keep the check on, or put Identity-Aware Proxy on that way`,
      );
    }
  },
};

const annotation = (name: string) => ["metadata", "annotations", `run.googleapis.com/${name}`];

const SETTINGS: ReadonlyMap<
  string,
  Record<"disabled" | "iap" | "ingress", readonly string[]> & { readonly internal: string; readonly balanced: string }
> = new Map([
  [
    SERVICE,
    {
      disabled: ["invokerIamDisabled"],
      iap: ["iapEnabled"],
      ingress: ["ingress"],
      internal: "INGRESS_TRAFFIC_INTERNAL_ONLY",
      balanced: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    },
  ],
  [
    SERVICE_V1,
    {
      disabled: annotation("invoker-iam-disabled"),
      iap: annotation("iap-enabled"),
      ingress: annotation("ingress"),
      internal: "internal",
      balanced: "internal-and-cloud-load-balancing",
    },
  ],
]);

/** Through the serverless network endpoint group that names the service. */
function backendsByService(resources: readonly StackResource[]): (service: Workload) => StackResource[] {
  const groups = resources.filter(({ type }) => type === NEG);
  const backends = resources.filter(({ type }) => BACKENDS.has(type));
  return ({ resource, name }) => {
    const own = groups.filter(
      (group) =>
        (name !== undefined && textOf(read(group.props, "cloudRun", "service")) === name) ||
        group.sources?.["cloudRun"]?.includes(resource.urn),
    );
    return backends.filter((backend) => own.some((group) => isIn(group, backend)));
  };
}

function isIn(group: StackResource, backend: StackResource): boolean {
  if (backend.sources?.["backends"]?.includes(group.urn)) return true;
  const name = textOf(read(group.props, "name"));
  const list = read(backend.props, "backends");
  if (name === undefined || list.state !== "known" || !Array.isArray(list.value)) return false;
  return Array.from({ length: list.value.length }, (_, i) => textOf(read(backend.props, "backends", i, "group"))).some(
    (link) => link !== undefined && link.slice(link.lastIndexOf("/") + 1) === name,
  );
}

/** While it is unknown, it is not blamed. */
function isGuarded({ props }: StackResource): boolean {
  const enabled = read(props, "iap", "enabled");
  return enabled.state === "unknown" || (enabled.state === "known" && !isFalse(enabled.value));
}
