import { FUNCTION_V1, FUNCTION_V2, SERVICE_V1 } from "../../facts/tokens";
import { INGRESS_ALL_REASON } from "../../inputs/ingress";
import type { StackExamples } from "../../rule";
import { functionV1, functionV2, serviceV1, UNKNOWN } from "../given.examples";
import { BALANCED, backend, gateway, group, regionBackend, web } from "../given-balancer.examples";
import type { Given } from "../given-stack.examples";

const ALL = { ingress: "INGRESS_TRAFFIC_ALL" };
const run = (name: string) => `run.googleapis.com/${name}`;
const oldWeb = (annotations: object): Given => ({
  type: SERVICE_V1,
  name: "web",
  props: { ...serviceV1(annotations), name: "web", location: "europe-west9" },
});
const newFunction = (ingressSettings?: string): Given => ({
  type: FUNCTION_V2,
  name: "web",
  props: { ...functionV2({ ingressSettings }), name: "web", location: "europe-west9" },
});
const oldFunction = (change: object): Given => ({
  type: FUNCTION_V1,
  name: "web",
  props: { ...functionV1(change), name: "web", region: "europe-west9" },
});
const toFunction = group({ cloudFunction: { function: "web" } });

export const examples: StackExamples = {
  compliant: [
    { because: "its ingress takes internal callers and the load balancer", resources: [web(), group(), backend()] },
    { because: "a whole gateway", resources: gateway() },
    {
      because: "a v1 service, likewise",
      resources: [oldWeb({ [run("ingress")]: "internal-and-cloud-load-balancing" }), group(), backend()],
    },
    { because: "a function, likewise", resources: [newFunction("ALLOW_INTERNAL_AND_GCLB"), toFunction, backend()] },
    {
      because: "a function of the first generation, likewise",
      resources: [oldFunction({ ingressSettings: "ALLOW_INTERNAL_AND_GCLB" }), toFunction, backend()],
    },
    {
      because: "its own URL is switched off",
      resources: [web({ ...ALL, defaultUriDisabled: true }), group(), backend()],
    },
    {
      because: "a v1 service's URL is switched off",
      resources: [oldWeb({ [run("ingress")]: "all", [run("default-url-disabled")]: "true" }), group(), backend()],
    },
    {
      because: "whether its URL is switched off is computed",
      resources: [web({ ...ALL, defaultUriDisabled: UNKNOWN }), group(), backend()],
    },
    {
      because: "it has Identity-Aware Proxy itself, on its own URL as well",
      resources: [web({ ...ALL, iapEnabled: true }), group(), backend({ iap: undefined })],
    },
    { because: "its ingress is computed", resources: [web({ ingress: UNKNOWN }), group(), backend()] },
    { because: "no load balancer leads to it", resources: [web(ALL), group()] },
    {
      because: "the load balancer leads to another service",
      resources: [web(ALL), group({ cloudRun: { service: "other" } }), backend()],
    },
    {
      because: "the load balancer finds its service in the address",
      resources: [web(ALL), group({ cloudRun: { urlMask: "<service>.acme.com" } }), backend()],
    },
    {
      because: "an internal load balancer leads to an internal service",
      resources: [
        web({ ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" }),
        group(),
        regionBackend({ loadBalancingScheme: "INTERNAL_MANAGED" }),
      ],
    },
    {
      because: "it is the service of that name in another region",
      resources: [web(), { ...web({ ...ALL, location: "us-east1" }), name: "web-us" }, group(), backend()],
    },
    {
      because: "events start it, and it has no URL",
      resources: [
        oldFunction({ ingressSettings: "ALLOW_ALL", triggerHttp: undefined, eventTrigger: {} }),
        toFunction,
        backend(),
      ],
    },
    {
      because: "a service is called as the function",
      resources: [web(ALL), toFunction, backend()],
    },
  ],
  violating: [
    { because: "its ingress takes all", resources: [web(ALL), group(), backend()], at: ["web"] },
    {
      because: "left out, the ingress takes all",
      resources: [web({ ingress: undefined }), group(), backend()],
      at: ["web"],
    },
    {
      because: "its ingress takes all, for a reason",
      resources: [
        web({ ...ALL, annotations: { [INGRESS_ALL_REASON]: "the proxy stands before it" } }),
        group(),
        backend(),
      ],
      at: ["web"],
    },
    {
      because: "its ingress is none of Google's values",
      resources: [web({ ingress: "internal-and-cloud-load-balancing" }), group(), backend()],
      at: ["web"],
    },
    {
      because: "its URL is not switched off",
      resources: [web({ ...ALL, defaultUriDisabled: false }), group(), backend()],
      at: ["web"],
    },
    {
      because: "its ingress keeps the load balancer out",
      resources: [web({ ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" }), group(), backend()],
      at: ["web"],
    },
    {
      because: "a regional load balancer leads to it",
      resources: [web(ALL), group(), regionBackend()],
      at: ["web"],
    },
    {
      because: "an internal load balancer leads to it as well",
      resources: [
        web(ALL),
        group(),
        { ...regionBackend({ loadBalancingScheme: "INTERNAL_MANAGED" }), name: "inside" },
        backend(),
      ],
      at: ["web"],
    },
    {
      because: "an external load balancer leads to it, and then an internal one",
      resources: [
        web(ALL),
        group(),
        backend(),
        { ...regionBackend({ loadBalancingScheme: "INTERNAL_MANAGED" }), name: "inside" },
      ],
      at: ["web"],
    },
    { because: "a v1 service", resources: [oldWeb({ [run("ingress")]: "all" }), group(), backend()], at: ["web"] },
    {
      because: "a v1 service says nothing of its ingress",
      resources: [oldWeb({ [run("ingress")]: undefined }), group(), backend()],
      at: ["web"],
    },
    { because: "a function", resources: [newFunction("ALLOW_ALL"), toFunction, backend()], at: ["web"] },
    {
      because: "a function by the service that it is",
      resources: [newFunction(), group(), backend()],
      at: ["web"],
    },
    {
      because: "a function of the first generation",
      resources: [oldFunction({ ingressSettings: undefined }), toFunction, backend()],
      at: ["web"],
    },
    {
      because: "the names are not known yet, where they come from is",
      resources: [
        web({ ...ALL, name: UNKNOWN }),
        { ...group({ name: UNKNOWN, cloudRun: { service: UNKNOWN } }), sources: { cloudRun: ["web"] } },
        { ...backend({ backends: UNKNOWN }), sources: { backends: ["group"] } },
      ],
      at: ["web"],
    },
    {
      because: "the group tells another region, and no other service is called so",
      resources: [web(ALL), group({ region: "us-east1", cloudRun: { service: "web" } }), backend()],
      at: ["web"],
    },
    {
      because: "one of two services",
      resources: [
        web(BALANCED),
        { ...web({ ...ALL, name: "api" }), name: "api" },
        group(),
        { ...group({ name: "api-group", cloudRun: { service: "api" } }), name: "api-group" },
        backend({ backends: [{ group: "neg/web-group" }, { group: "neg/api-group" }] }),
      ],
      at: ["api"],
    },
  ],
};
