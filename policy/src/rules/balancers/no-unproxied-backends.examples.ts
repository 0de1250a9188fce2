import { FUNCTION_V1, FUNCTION_V2, SERVICE_V1 } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { functionV1, functionV2, serviceV1, UNKNOWN } from "../given.examples";
import { BALANCED, backend, gateway, group, regionBackend, web } from "../given-balancer.examples";

const EXTERNAL = { loadBalancingScheme: "EXTERNAL_MANAGED" };
const OFF = { iap: { enabled: false } };
const NONE = { iap: undefined };
const oldWeb = (annotations: object) => ({
  type: SERVICE_V1,
  name: "web",
  props: { ...serviceV1(annotations), name: "web", location: "europe-west9" },
});

export const examples: StackExamples = {
  compliant: [
    { because: "the proxy is on, with a client that Google manages", resources: [web(), group(), backend()] },
    { because: "a whole gateway", resources: gateway() },
    {
      because: "the proxy is on, with a client of one's own",
      resources: [group(), backend({ iap: { enabled: true, oauth2ClientId: "c", oauth2ClientSecret: UNKNOWN } })],
    },
    {
      because: "a provider of an early version switches it on by the client alone",
      resources: [group(), backend({ iap: { oauth2ClientId: "c", oauth2ClientSecret: "s" } })],
    },
    { because: "whether it is on is computed", resources: [group(), backend({ iap: { enabled: UNKNOWN } })] },
    { because: "its settings are computed", resources: [group(), backend({ iap: UNKNOWN })] },
    {
      because: "the service has the proxy itself, which then guards every way to it",
      resources: [web({ ...BALANCED, iapEnabled: true }), group(), backend(NONE)],
    },
    {
      because: "whether the service has it itself is computed",
      resources: [web({ ...BALANCED, iapEnabled: UNKNOWN }), group(), backend(NONE)],
    },
    {
      because: "a v1 service has it itself",
      resources: [oldWeb({ "run.googleapis.com/iap-enabled": "true" }), group(), backend(NONE)],
    },
    {
      because: "the load balancer is internal",
      resources: [group(), backend({ ...NONE, loadBalancingScheme: "INTERNAL_MANAGED" })],
    },
    {
      because: "left out, a regional load balancer is internal",
      resources: [group(), regionBackend({ ...NONE, loadBalancingScheme: undefined })],
    },
    {
      because: "whether the load balancer is internal is computed",
      resources: [group(), backend({ ...NONE, loadBalancingScheme: UNKNOWN })],
    },
    {
      because: "the policy config names it, as the program does",
      resources: [group(), backend(NONE)],
      config: { openBackends: ["partners", "backend"] },
    },
    {
      because: "the policy config names it, as Google Cloud does",
      resources: [group(), backend(NONE)],
      config: { openBackends: ["web-backend"] },
    },
    {
      because: "the group leads to a published service, not to what is serverless",
      resources: [group({ networkEndpointType: "PRIVATE_SERVICE_CONNECT", pscTargetService: "s" }), backend(NONE)],
    },
    {
      because: "the group leads to hosts on the internet",
      resources: [group({ networkEndpointType: "INTERNET_FQDN_PORT" }), backend(NONE)],
    },
    {
      because: "the group leads to API Gateway, which authenticates by its own configuration",
      resources: [group({ serverlessDeployment: { platform: "apigateway.googleapis.com" } }), backend(NONE)],
    },
    {
      because: "the group is not among its backends",
      resources: [group(), backend({ ...NONE, backends: [{ group: "zones/a/networkEndpointGroups/other" }] })],
    },
    {
      because: "machines stand behind it",
      resources: [
        { type: "gcp:compute/instanceGroup:InstanceGroup", name: "machines", props: { name: "web-group", zone: "a" } },
        backend({ ...NONE, backends: [{ group: "zones/a/instanceGroups/web-group" }] }),
      ],
    },
    { because: "no load balancer leads to the group", resources: [web(), group()] },
  ],
  violating: [
    { because: "the proxy is left out", resources: [web(), group(), backend(NONE)], at: ["backend"] },
    { because: "the proxy is off", resources: [group(), backend(OFF)], at: ["backend"] },
    {
      because: "the proxy is off, and its client still there",
      resources: [group(), backend({ iap: { enabled: false, oauth2ClientId: "c", oauth2ClientSecret: "s" } })],
      at: ["backend"],
    },
    { because: "the settings of the proxy are empty", resources: [group(), backend({ iap: {} })], at: ["backend"] },
    {
      because: "left out, the scheme is external",
      resources: [group(), backend({ ...NONE, loadBalancingScheme: undefined })],
      at: ["backend"],
    },
    {
      because: "a load balancer of the older kind",
      resources: [group(), backend({ ...NONE, loadBalancingScheme: "EXTERNAL" })],
      at: ["backend"],
    },
    { because: "a regional load balancer", resources: [group(), regionBackend(OFF)], at: ["backend"] },
    {
      because: "the group finds its service in the address",
      resources: [group({ cloudRun: { urlMask: "<service>.acme.com" } }), backend(NONE)],
      at: ["backend"],
    },
    {
      because: "the group finds its service in the address, though one of them has the proxy itself",
      resources: [
        web({ ...BALANCED, iapEnabled: true }),
        group({ cloudRun: { urlMask: "acme.com/<service>" } }),
        backend(NONE),
      ],
      at: ["backend"],
    },
    {
      because: "the group leads to a function",
      resources: [
        { type: FUNCTION_V2, name: "web", props: { ...functionV2(), name: "web" } },
        group({ cloudFunction: { function: "web" } }),
        backend(NONE),
      ],
      at: ["backend"],
    },
    {
      because: "the group leads to a function of the first generation",
      resources: [
        { type: FUNCTION_V1, name: "web", props: { ...functionV1(), name: "web" } },
        group({ networkEndpointType: undefined, cloudFunction: { function: "web" } }),
        backend(NONE),
      ],
      at: ["backend"],
    },
    { because: "the group leads to App Engine", resources: [group({ appEngine: {} }), backend(NONE)], at: ["backend"] },
    {
      because: "the links are not known yet, where they come from is",
      resources: [
        group({ name: UNKNOWN, cloudRun: { service: "web" } }),
        { ...backend({ ...NONE, backends: [{ group: UNKNOWN }] }), sources: { backends: ["group"] } },
      ],
      at: ["backend"],
    },
    {
      because: "the policy config names another one",
      resources: [group(), backend(NONE)],
      config: { openBackends: ["partners"] },
      at: ["backend"],
    },
    {
      because: "one of two has no proxy",
      resources: [group(), backend(EXTERNAL), { ...backend(NONE), name: "second" }],
      at: ["second"],
    },
    {
      because: "the group tells no region, and one of two services of that name has the proxy itself",
      resources: [
        web({ ...BALANCED, iapEnabled: true }),
        { ...web({ ...BALANCED, location: "us-east1" }), name: "web-us" },
        group({ region: UNKNOWN, cloudRun: { service: "web" } }),
        backend(NONE),
      ],
      at: ["backend"],
    },
    {
      because: "one of two services behind it has the proxy itself",
      resources: [
        web({ ...BALANCED, iapEnabled: true }),
        group(),
        { ...group({ name: "other-group", cloudRun: { service: "other" } }), name: "other-group" },
        backend({ ...NONE, backends: [{ group: "neg/web-group" }, { group: "neg/other-group" }] }),
      ],
      at: ["backend"],
    },
  ],
};
