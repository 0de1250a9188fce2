import { FUNCTION_V2, SERVICE_V1 } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { functionV2, secret, serviceV1, UNKNOWN } from "../given.examples";
import {
  account,
  emailOf,
  type Given,
  grant,
  memberOf,
  service,
  shop,
  shopWithoutGrant,
  urlOf,
} from "../given-stack.examples";

const base = shopWithoutGrant();
const withShop = (shopService: Given) => base.map((given) => (given.name === "shop" ? shopService : given));
const withOrders = (change: object) =>
  base.map((given) => (given.name === "orders" ? service("orders", [], change) : given));
const HASHED = "https://orders-abc123-od.a.run.app";
const named = (type: string, name: string, props: object): Given => ({ type, name, props: { ...props } });

export const examples: StackExamples = {
  compliant: [
    { because: "the grant is there", resources: shop() },
    {
      because: "by a function's invoker role as well",
      resources: [...base, grant("orders", memberOf("shop"), { role: "roles/run.servicesInvoker" })],
    },
    {
      because: "in a binding",
      resources: [
        ...base,
        {
          type: "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding",
          name: "b",
          props: { name: "orders", role: "roles/run.invoker", members: [memberOf("shop")] },
        },
      ],
    },
    {
      because: "by a policy",
      resources: [
        ...base,
        {
          type: "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy",
          name: "p",
          props: {
            name: "orders",
            policyData: JSON.stringify({ bindings: [{ role: "roles/run.invoker", members: [memberOf("shop")] }] }),
          },
        },
      ],
    },
    {
      because: "above all services",
      resources: [
        ...base,
        {
          type: "gcp:projects/iAMMember:IAMMember",
          name: "p",
          props: { role: "roles/run.invoker", member: memberOf("shop") },
        },
      ],
    },
    { because: "a group may hold the account", resources: [...base, grant("orders", "group:callers@acme.com")] },
    {
      because: "a group above may hold the account",
      resources: [
        ...base,
        {
          type: "gcp:folder/iAMMember:IAMMember",
          name: "p",
          props: { role: "roles/run.invoker", member: "group:callers@acme.com" },
        },
      ],
    },
    { because: "an unknown member may be the account", resources: [...base, grant("orders", UNKNOWN)] },
    {
      because: "an unknown target may be the service",
      resources: [...base, grant("orders", memberOf("other"), { name: UNKNOWN })],
    },
    {
      because: "a custom role may invoke",
      resources: [...base, grant("orders", memberOf("shop"), { role: "projects/acme-dev/roles/caller" })],
    },
    {
      because: "an unknown member comes from its account",
      resources: [...base, { ...grant("orders", UNKNOWN), sources: { member: ["shop-account"] } }],
    },
    {
      because: "the grant's target comes from the service",
      resources: [...base, { ...grant("orders", memberOf("shop"), { name: UNKNOWN }), sources: { name: ["orders"] } }],
    },
    {
      because: "the target is named in full",
      resources: [...base, grant("orders", memberOf("shop"), { name: "projects/p/locations/l/services/orders" })],
    },
    { because: "the URL is not known yet", resources: withShop(service("shop", [UNKNOWN])) },
    {
      because: "its account is not known yet",
      resources: withShop(
        service("shop", [urlOf("orders")], {
          template: { serviceAccount: UNKNOWN, containers: [{ envs: [{ name: "U", value: urlOf("orders") }] }] },
        }),
      ),
    },
    { because: "it is told its own URL", resources: [account("shop"), service("shop", [urlOf("shop")])] },
    { because: "the URL is that of another stack's service", resources: withShop(service("shop", [urlOf("stock")])) },
    {
      because: "the same name elsewhere is another service",
      resources: withShop(service("shop", ["https://orders-123456789012.us-central1.run.app"])),
    },
    {
      because: "no check is made there, for which another rule refuses it",
      resources: withOrders({ invokerIamDisabled: true }),
    },
    { because: "everybody may, for which another rule refuses it", resources: [...base, grant("orders", "allUsers")] },
    {
      because: "the second of two grants",
      resources: [
        ...base,
        grant("orders", memberOf("other")),
        { ...grant("orders", memberOf("shop")), name: "second" },
      ],
    },
    {
      because: "the first of two grants",
      resources: [
        ...base,
        grant("orders", memberOf("shop")),
        { ...grant("orders", memberOf("other")), name: "second" },
      ],
    },
    {
      because: "an unknown member comes from its account and from elsewhere",
      resources: [...base, { ...grant("orders", UNKNOWN), sources: { member: ["shop-account", "orders"] } }],
    },
    {
      because: "a v1 service's grant names it as its service",
      resources: [
        named(SERVICE_V1, "old", { ...serviceV1(), name: "old", statuses: [{ url: "https://old-x-od.a.run.app" }] }),
        account("shop"),
        service("shop", ["https://old-x-od.a.run.app"]),
        named("gcp:cloudrun/iamMember:IamMember", "g", {
          service: "old",
          role: "roles/run.invoker",
          member: memberOf("shop"),
        }),
      ],
    },
    {
      because: "a function's grant names it as its function",
      resources: [
        named(FUNCTION_V2, "hook", { ...functionV2(), name: "hook", location: "europe-west9" }),
        account("shop"),
        service("shop", [urlOf("hook")]),
        named("gcp:cloudfunctionsv2/functionIamMember:FunctionIamMember", "g", {
          cloudFunction: "hook",
          role: "roles/cloudfunctions.invoker",
          member: memberOf("shop"),
        }),
      ],
    },
  ],
  violating: [
    { because: "no grant", resources: base, at: ["shop"] },
    {
      because: "the URL stands in a longer text",
      resources: withShop(service("shop", [`{"orders":"${urlOf("orders")}/v1"}`])),
      at: ["shop"],
    },
    {
      because: "the URL is a secret",
      resources: withShop(service("shop", [secret(urlOf("orders")) as unknown as string])),
      at: ["shop"],
    },
    { because: "the URL in capitals", resources: withShop(service("shop", [urlOf("ORDERS")])), at: ["shop"] },
    {
      because: "the URL that Cloud Run made",
      resources: base.map((given) =>
        given.name === "orders"
          ? service("orders", [], { uri: HASHED })
          : given.name === "shop"
            ? service("shop", [HASHED])
            : given,
      ),
      at: ["shop"],
    },
    ...[
      { urls: [HASHED] },
      { urls: ["https://orders-1.other.run.app", HASHED] },
      { uri: HASHED.replace("orders", "Orders") },
    ].map((outputs, i) => ({
      because: `output ${i + 1} tells the URL`,
      resources: base.map((given) =>
        given.name === "orders"
          ? service("orders", [], outputs)
          : given.name === "shop"
            ? service("shop", [HASHED])
            : given,
      ),
      at: ["shop"],
    })),
    {
      because: "a function's URL that Cloud Run made",
      resources: [
        named(FUNCTION_V2, "hook", { ...functionV2({ uri: HASHED }), name: "hook" }),
        account("shop"),
        service("shop", [HASHED]),
      ],
      at: ["shop"],
    },
    {
      because: "a v1 service's URL that everybody can make",
      resources: [
        named(SERVICE_V1, "old", { ...serviceV1(), name: "old", location: "europe-west9" }),
        account("shop"),
        service("shop", [urlOf("old")]),
      ],
      at: ["shop"],
    },
    { because: "the grant is another's", resources: [...base, grant("orders", memberOf("other"))], at: ["shop"] },
    { because: "the grant is a person's", resources: [...base, grant("orders", "user:ada@acme.com")], at: ["shop"] },
    {
      because: "the grant is on another service",
      resources: [...base, grant("stock", memberOf("shop"))],
      at: ["shop"],
    },
    {
      because: "the role cannot invoke",
      resources: [...base, grant("orders", memberOf("shop"), { role: "roles/run.viewer" })],
      at: ["shop"],
    },
    {
      because: "the grant's target is not known yet, where it comes from is",
      resources: [...base, { ...grant("orders", memberOf("other"), { name: UNKNOWN }), sources: { name: ["orders"] } }],
      at: ["shop"],
    },
    {
      because: "an unknown member comes from another's account and from elsewhere",
      resources: [...base, { ...grant("orders", UNKNOWN), sources: { member: ["orders-account", "orders"] } }],
      at: ["shop"],
    },
    {
      because: "what it has above all services does not invoke",
      resources: [
        ...base,
        named("gcp:projects/iAMMember:IAMMember", "p", { role: "roles/logging.viewer", member: memberOf("shop") }),
      ],
      at: ["shop"],
    },
    {
      because: "the grant on a v1 service is another's",
      resources: [
        named(SERVICE_V1, "old", { ...serviceV1(), name: "old", location: "europe-west9" }),
        account("shop"),
        service("shop", [urlOf("old")]),
        named("gcp:cloudrun/iamMember:IamMember", "g", {
          service: "old",
          role: "roles/run.invoker",
          member: memberOf("other"),
        }),
      ],
      at: ["shop"],
    },
    {
      because: "the grant on a function is another's",
      resources: [
        named(FUNCTION_V2, "hook", { ...functionV2(), name: "hook", location: "europe-west9" }),
        account("shop"),
        service("shop", [urlOf("hook")]),
        named("gcp:cloudfunctionsv2/functionIamMember:FunctionIamMember", "g", {
          cloudFunction: "hook",
          role: "roles/cloudfunctions.invoker",
          member: memberOf("other"),
        }),
      ],
      at: ["shop"],
    },
    {
      because: "a v1 service",
      resources: [
        named(SERVICE_V1, "old", {
          ...serviceV1(),
          name: "old",
          location: "europe-west9",
          statuses: [{ url: "https://old-x-od.a.run.app" }],
        }),
        account("shop"),
        service("shop", ["https://old-x-od.a.run.app"]),
      ],
      at: ["shop"],
    },
    {
      because: "a function",
      resources: [
        named(FUNCTION_V2, "hook", { ...functionV2(), name: "hook", location: "europe-west9" }),
        account("shop"),
        service("shop", [urlOf("hook")]),
      ],
      at: ["shop"],
    },
    {
      because: "a function that calls",
      resources: [
        named(FUNCTION_V2, "hook", {
          ...functionV2({ serviceAccountEmail: emailOf("hook"), environmentVariables: { ORDERS: urlOf("orders") } }),
          name: "hook",
        }),
        account("orders"),
        service("orders"),
      ],
      at: ["hook"],
    },
  ],
};
