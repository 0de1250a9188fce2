import { SERVICE_V1 } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { serviceV1, UNKNOWN } from "../given.examples";
import { type Given, grant, service } from "../given-stack.examples";

const ALL = { ingress: "INGRESS_TRAFFIC_ALL" };
const BALANCED = { ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" };
const OFF = { invokerIamDisabled: true };
const web = (change: object): Given => service("web", [], change);
const oldWeb = (annotations: object): Given => ({
  type: SERVICE_V1,
  name: "web",
  props: { ...serviceV1(annotations), name: "web" },
});
const old = (setting: string) => `run.googleapis.com/${setting}`;

const neg: Given = {
  type: "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
  name: "neg",
  props: { name: "web-neg", cloudRun: { service: "web" } },
};
const backend = (
  iap: unknown,
  group: unknown = "https://compute/v1/projects/p/regions/r/networkEndpointGroups/web-neg",
): Given => ({
  type: "gcp:compute/backendService:BackendService",
  name: "backend",
  props: { backends: [{ group }], iap },
});

export const examples: StackExamples = {
  compliant: [
    { because: "the check is on", resources: [web(ALL)] },
    {
      because: "Identity-Aware Proxy guards the service itself",
      resources: [web({ ...ALL, ...OFF, iapEnabled: true })],
    },
    { because: "whether it does is not known yet", resources: [web({ ...ALL, ...OFF, iapEnabled: UNKNOWN })] },
    { because: "nobody on the internet reaches it", resources: [web(OFF)] },
    { because: "the ingress is not known yet", resources: [web({ ...OFF, ingress: UNKNOWN })] },
    { because: "no load balancer leads to it", resources: [web({ ...BALANCED, ...OFF })] },
    {
      because: "the proxy guards the load balancer",
      resources: [web({ ...BALANCED, ...OFF }), neg, backend({ enabled: true })],
    },
    { because: "whether it does is computed", resources: [web({ ...BALANCED, ...OFF }), neg, backend(UNKNOWN)] },
    {
      because: "the load balancer's group leads to another service",
      resources: [
        web({ ...BALANCED, ...OFF }),
        { ...neg, props: { name: "web-neg", cloudRun: { service: "other" } } },
        backend(undefined),
      ],
    },
    {
      because: "the group's name is not told",
      resources: [
        web({ ...BALANCED, ...OFF }),
        { ...neg, props: { cloudRun: { service: "web" } } },
        backend(undefined),
      ],
    },
    {
      because: "what the load balancer leads to is no list",
      resources: [
        web({ ...BALANCED, ...OFF }),
        neg,
        { ...backend(undefined), props: { backends: { 0: { group: "web-neg" }, length: 1 } } },
      ],
    },
    {
      because: "the load balancer leads elsewhere",
      resources: [web({ ...BALANCED, ...OFF }), neg, backend({}, "https://compute/other-neg")],
    },
    { because: "an unguarded way to a check is none past it", resources: [web(BALANCED), neg, backend(undefined)] },
    { because: "the grant to everybody is on another service", resources: [web(ALL), grant("other", "allUsers")] },
    {
      because: "what everybody may do is no call",
      resources: [web(ALL), grant("web", "allUsers", { role: "roles/run.viewer" })],
    },
    {
      because: "a v1 service has the proxy",
      resources: [
        oldWeb({ [old("ingress")]: "all", [old("invoker-iam-disabled")]: "true", [old("iap-enabled")]: "true" }),
      ],
    },
    { because: "a v1 service is internal", resources: [oldWeb({ [old("invoker-iam-disabled")]: "true" })] },
  ],
  violating: [
    { because: "no check, no proxy", resources: [web({ ...ALL, ...OFF })], at: ["web"] },
    { because: "left out, the ingress is all", resources: [web({ ingress: undefined, ...OFF })], at: ["web"] },
    { because: "everybody may invoke it", resources: [web(ALL), grant("web", "allUsers")], at: ["web"] },
    { because: "a proxy that is off", resources: [web({ ...ALL, ...OFF, iapEnabled: false })], at: ["web"] },
    {
      because: "the load balancer has no proxy",
      resources: [web({ ...BALANCED, ...OFF }), neg, backend(undefined)],
      at: ["web"],
    },
    {
      because: "the load balancer leads there and elsewhere",
      resources: [
        web({ ...BALANCED, ...OFF }),
        neg,
        { ...neg, name: "second-neg", props: { name: "second-neg", cloudRun: { service: "web" } } },
        { ...backend(undefined), props: { backends: [{ group: "other-neg" }, { group: "regions/r/web-neg" }] } },
      ],
      at: ["web"],
    },
    {
      because: "the load balancer's proxy is off",
      resources: [web({ ...BALANCED, ...OFF }), neg, backend({ enabled: false })],
      at: ["web"],
    },
    {
      because: "the links are not known yet, where they come from is",
      resources: [
        web({ ...BALANCED, ...OFF }),
        { ...neg, props: {}, sources: { cloudRun: ["web"] } },
        { ...backend(undefined, UNKNOWN), sources: { backends: ["neg"] } },
      ],
      at: ["web"],
    },
    {
      because: "one of two load balancers has no proxy",
      resources: [
        web({ ...BALANCED, ...OFF }),
        neg,
        backend({ enabled: true }),
        { ...backend({}), type: "gcp:compute/regionBackendService:RegionBackendService", name: "second" },
      ],
      at: ["web"],
    },
    {
      because: "there is a way around the load balancer's proxy",
      resources: [web({ ...ALL, ...OFF }), neg, backend({ enabled: true })],
      at: ["web"],
    },
    {
      because: "a v1 service",
      resources: [oldWeb({ [old("ingress")]: "all", [old("invoker-iam-disabled")]: "true" })],
      at: ["web"],
    },
  ],
};
