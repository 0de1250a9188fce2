import { FUNCTION_V2, SERVICE_V1 } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { functionV2, secret, serviceV1, UNKNOWN } from "../given.examples";
import { type Given, grant, service, urlOf } from "../given-stack.examples";

const CUSTOM = "https://orders.acme.com";
const HASHED = "https://orders-abc123-od.a.run.app";
const WRONG = "https://stock-123456789012.europe-west9.run.app";

const schedule = (audience: unknown, uri: unknown = `${urlOf("orders")}/close-day`): Given => ({
  type: "gcp:cloudscheduler/job:Job",
  name: "nightly",
  props: { httpTarget: { uri, oidcToken: { serviceAccountEmail: "cron@acme-dev.iam.gserviceaccount.com", audience } } },
});
const push = (audience: unknown, pushEndpoint: unknown = urlOf("orders")): Given => ({
  type: "gcp:pubsub/subscription:Subscription",
  name: "push",
  props: { pushConfig: { pushEndpoint, oidcToken: { audience } } },
});
const queue = (audience: unknown, host = urlOf("orders").slice("https://".length)): Given => ({
  type: "gcp:cloudtasks/queue:Queue",
  name: "queue",
  props: { httpTarget: { uriOverride: { host }, oidcToken: { audience } } },
});
const orders = (change: object = {}): Given => service("orders", [], change);
const told = (envs: readonly object[]): Given => service("shop", [], { template: { containers: [{ envs }] } });
const pair = (audience: unknown, url: unknown = urlOf("orders"), names = ["ORDERS_URL", "ORDERS_AUDIENCE"]): Given =>
  told([
    { name: names[0], value: url },
    { name: names[1], value: audience },
  ]);
const v1 = (annotations: object = {}): Given => ({
  type: SERVICE_V1,
  name: "orders",
  props: { ...serviceV1(annotations), name: "orders", location: "europe-west9" },
});
const hook: Given = {
  type: FUNCTION_V2,
  name: "hook",
  props: { ...functionV2(), name: "hook", location: "europe-west9" },
};
const CUSTOM_V1 = "run.googleapis.com/custom-audiences";

export const examples: StackExamples = {
  compliant: [
    ...[
      ["the service's URL", urlOf("orders")],
      ["with a slash", `${urlOf("orders")}/`],
      ["with a path", `${urlOf("orders")}/close-day`],
      ["in capitals", urlOf("ORDERS")],
      ["the URL with a random part, which is not known yet", HASHED],
      ["none is named, so it is the target's URL", undefined],
      ["it is not known yet", UNKNOWN],
      ["a client of Identity-Aware Proxy", "1-a.apps.googleusercontent.com"],
    ].map(([because = "", audience]) => ({ because, resources: [orders(), schedule(audience)] })),
    {
      because: "a custom audience",
      resources: [orders({ customAudiences: ["https://a.com", CUSTOM] }), schedule(CUSTOM)],
    },
    { because: "the same with a slash", resources: [orders({ customAudiences: [`${CUSTOM}/`] }), schedule(CUSTOM)] },
    {
      because: "a custom audience is not known yet",
      resources: [orders({ customAudiences: [UNKNOWN] }), schedule(CUSTOM)],
    },
    {
      because: "custom audiences are not known yet",
      resources: [orders({ customAudiences: UNKNOWN }), schedule(CUSTOM)],
    },
    {
      because: "the URL that Cloud Run made, whatever its form",
      resources: [orders({ uri: "https://made.run.app" }), schedule("https://made.run.app")],
    },
    {
      because: "one of its custom audiences is not known yet",
      resources: [orders({ customAudiences: ["https://a.com", UNKNOWN] }), schedule(CUSTOM)],
    },
    {
      because: "a v1 service lists it",
      resources: [v1({ [CUSTOM_V1]: JSON.stringify([CUSTOM]) }), schedule(CUSTOM)],
    },
    {
      because: "what a v1 service lists is not known yet",
      resources: [v1({ [CUSTOM_V1]: UNKNOWN }), schedule(CUSTOM)],
    },
    { because: "a function's own URL", resources: [hook, schedule(urlOf("hook"), urlOf("hook"))] },
    {
      because: "a function's older URL",
      resources: [hook, schedule("https://europe-west9-acme-dev.cloudfunctions.net/hook", urlOf("hook"))],
    },
    { because: "the target is not of this stack", resources: [orders(), schedule(CUSTOM, "https://shop.acme.com")] },
    { because: "the target is not known yet", resources: [orders(), schedule(CUSTOM, UNKNOWN)] },
    {
      because: "which of two is meant is not known yet",
      resources: [
        orders(),
        service("stock"),
        { ...schedule(WRONG, UNKNOWN), sources: { httpTarget: ["orders", "stock"] } },
      ],
    },
    {
      because: "the service's name is not known yet",
      resources: [orders({ name: UNKNOWN, uri: HASHED }), schedule(WRONG, HASHED)],
    },
    {
      because: "where the service is is not known yet",
      resources: [orders({ location: UNKNOWN, uri: HASHED }), schedule(urlOf("orders"), HASHED)],
    },
    { because: "no check is made there", resources: [orders({ invokerIamDisabled: true }), schedule(CUSTOM)] },
    {
      because: "whether a check is made is not known yet",
      resources: [orders({ invokerIamDisabled: UNKNOWN }), schedule(CUSTOM)],
    },
    { because: "Identity-Aware Proxy is in front", resources: [orders({ iapEnabled: true }), schedule(CUSTOM)] },
    {
      because: "no check is made at a v1 service",
      resources: [v1({ "run.googleapis.com/invoker-iam-disabled": "true" }), schedule(CUSTOM)],
    },
    {
      because: "the proxy is in front of a v1 service",
      resources: [v1({ "run.googleapis.com/iap-enabled": "true" }), schedule(CUSTOM)],
    },
    { because: "everybody may call", resources: [orders(), grant("orders", "allUsers"), schedule(CUSTOM)] },
    { because: "a variable names the service's URL", resources: [orders(), pair(urlOf("orders"))] },
    {
      because: "of an audience alone nobody can tell whether it is sent",
      resources: [orders(), told([{ name: "AUDIENCE", value: CUSTOM }])],
    },
    {
      because: "an audience beside another's URL",
      resources: [orders(), pair(CUSTOM, urlOf("orders"), ["ORDERS_URL", "IAP_AUDIENCE"])],
    },
    ...[
      ["a variable whose name goes on behind URL", ["ORDERS_URL_BEFORE", "ORDERS_AUDIENCE"]],
      ["a variable whose name goes on behind AUDIENCE", ["ORDERS_URL", "ORDERS_AUDIENCE_BEFORE"]],
      ["a name of nothing but what it is", ["_URL", "_AUDIENCE"]],
    ].map(([because, names]) => ({
      because: because as string,
      resources: [orders(), pair(CUSTOM, urlOf("orders"), names as string[])],
    })),
    { because: "a name is not known yet", resources: [orders(), told([{ name: UNKNOWN, value: urlOf("orders") }])] },
    { because: "its URL is not of this stack", resources: [orders(), pair(CUSTOM, "https://partner.com")] },
    { because: "the variable is not known yet", resources: [orders(), pair(UNKNOWN)] },
    {
      because: "another kind of resource",
      resources: [orders(), { ...schedule(CUSTOM), type: "gcp:pubsub/topic:Topic" }],
    },
  ],
  violating: [
    { because: "another service's URL", resources: [orders(), service("stock"), schedule(WRONG)], at: ["nightly"] },
    { because: "a domain that it does not list", resources: [orders(), schedule(CUSTOM)], at: ["nightly"] },
    {
      because: "it lists another",
      resources: [orders({ customAudiences: ["https://a.com"] }), schedule(CUSTOM)],
      at: ["nightly"],
    },
    {
      because: "the same name in another region",
      resources: [orders(), schedule("https://orders-1.us-central1.run.app")],
      at: ["nightly"],
    },
    {
      because: "a longer name",
      resources: [orders(), schedule("https://orders-new-abc123-od.a.run.app")],
      at: ["nightly"],
    },
    { because: "no URL at all", resources: [orders(), schedule("orders")], at: ["nightly"] },
    { because: "empty", resources: [orders(), schedule("")], at: ["nightly"] },
    { because: "a secret", resources: [orders(), schedule(secret(CUSTOM))], at: ["nightly"] },
    { because: "of a subscription", resources: [orders(), push(CUSTOM)], at: ["push"] },
    { because: "of a queue", resources: [orders(), queue(CUSTOM)], at: ["queue"] },
    {
      because: "the target is not known yet, where it comes from is",
      resources: [orders(), { ...schedule(CUSTOM, UNKNOWN), sources: { httpTarget: ["orders"] } }],
      at: ["nightly"],
    },
    { because: "a v1 service", resources: [v1(), schedule(CUSTOM)], at: ["nightly"] },
    {
      because: "what a v1 service lists is no list",
      resources: [v1({ [CUSTOM_V1]: "{}" }), schedule(CUSTOM)],
      at: ["nightly"],
    },
    {
      because: "what a v1 service lists is no JSON",
      resources: [v1({ [CUSTOM_V1]: CUSTOM }), schedule(CUSTOM)],
      at: ["nightly"],
    },
    { because: "a function", resources: [hook, schedule(CUSTOM, urlOf("hook"))], at: ["nightly"] },
    {
      because: "a function's list, which there is not",
      resources: [{ ...hook, props: { ...hook.props, customAudiences: [CUSTOM] } }, schedule(CUSTOM, urlOf("hook"))],
      at: ["nightly"],
    },
    {
      because: "the older URL of a service, which has none",
      resources: [orders(), schedule("https://a-b.cloudfunctions.net/orders")],
      at: ["nightly"],
    },
    ...["URL", "URI", "ENDPOINT", "ORIGIN"].map((what) => ({
      because: `a variable beside the ${what}`,
      resources: [orders(), pair(CUSTOM, urlOf("orders"), [`ORDERS_${what}`, "ORDERS_AUDIENCE"])],
      at: ["shop"],
    })),
    {
      because: "variables in small letters",
      resources: [orders(), pair(CUSTOM, urlOf("orders"), ["orders_url", "orders_audience"])],
      at: ["shop"],
    },
  ],
};
