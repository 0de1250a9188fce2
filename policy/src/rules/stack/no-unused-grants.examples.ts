import type { StackExamples } from "../../rule";
import { UNKNOWN } from "../given.examples";
import { account, emailOf, type Given, grant, memberOf, service, shop, urlOf } from "../given-stack.examples";

const silent = (tells: readonly string[] = []): Given[] => [
  account("shop"),
  account("orders"),
  service("shop", tells),
  service("orders"),
];
const granted = grant("orders", memberOf("shop"));
const sender = (type: string, props: object): Given => ({ type, name: "sender", props: { ...props } });

export const examples: StackExamples = {
  compliant: [
    { because: "the URL is told", resources: shop() },
    { because: "the name is told, from which it makes the URL", resources: [...silent(["orders"]), granted] },
    { because: "what it is told is not known yet", resources: [...silent([UNKNOWN]), granted] },
    {
      because: "a group's members are not in the stack",
      resources: [...silent(), grant("orders", "group:a@acme.com")],
    },
    { because: "another stack's account calls", resources: [...silent(), grant("orders", memberOf("partner"))] },
    {
      because: "a role that cannot invoke",
      resources: [...silent(), grant("orders", memberOf("shop"), { role: "roles/run.viewer" })],
    },
    ...[
      ["which role is not known yet", UNKNOWN],
      ["no role, which Google refuses", undefined],
      ["a role of one's own, whose permissions the stack does not show", "projects/acme-dev/roles/caller"],
    ].map(([because = "", role]) => ({
      because,
      resources: [...silent(), grant("orders", memberOf("shop"), { role })],
    })),
    { because: "a service may call itself", resources: [...silent(), grant("orders", memberOf("orders"))] },
    {
      because: "a schedule calls as the account",
      resources: [
        ...silent(),
        granted,
        sender("gcp:cloudscheduler/job:Job", { httpTarget: { oidcToken: { serviceAccountEmail: emailOf("shop") } } }),
      ],
    },
    ...["gcp:cloudtasks/queue:Queue", "gcp:eventarc/trigger:Trigger", "gcp:workflows/workflow:Workflow"].map(
      (type) => ({
        because: `${type} calls as the account`,
        resources: [...silent(), granted, sender(type, { a: null, serviceAccount: emailOf("shop").toUpperCase() })],
      }),
    ),
    {
      because: "one of two workloads of the account is told",
      resources: [
        ...silent(),
        {
          ...service("second", [urlOf("orders")], {}),
          props: { ...service("shop", [urlOf("orders")]).props, name: "second" },
        },
        granted,
      ],
    },
    {
      because: "a subscription's account is not known yet",
      resources: [...silent(), granted, sender("gcp:pubsub/subscription:Subscription", { pushConfig: UNKNOWN })],
    },
  ],
  violating: [
    { because: "no URL is told", resources: [...silent(), granted], at: ["on-orders"] },
    { because: "another's URL is told", resources: [...silent([urlOf("stock")]), granted], at: ["on-orders"] },
    {
      because: "the schedule calls as another",
      resources: [
        ...silent(),
        granted,
        sender("gcp:cloudscheduler/job:Job", { httpTarget: { oidcToken: { serviceAccountEmail: emailOf("cron") } } }),
      ],
      at: ["on-orders"],
    },
    {
      because: "a topic calls nobody",
      resources: [...silent(), granted, sender("gcp:pubsub/topic:Topic", { labels: { a: emailOf("shop") } })],
      at: ["on-orders"],
    },
    {
      because: "the member's address is not known yet, where it comes from is",
      resources: [...silent(), { ...grant("orders", UNKNOWN), sources: { member: ["shop-account"] } }],
      at: ["on-orders"],
    },
  ],
};
