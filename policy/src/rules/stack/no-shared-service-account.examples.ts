import { FUNCTION_V2, JOB } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { COMPUTE, functionV2, OWN, secret, UNKNOWN } from "../given.examples";
import { account, emailOf, type Given, service, shop } from "../given-stack.examples";

const runsAs = (name: string, serviceAccount: unknown, change: object = {}): Given =>
  service(name, [], { template: { serviceAccount }, ...change });
const from = (given: Given, ...sources: string[]): Given => ({ ...given, sources: { template: sources } });

export const examples: StackExamples = {
  compliant: [
    { because: "each has its own", resources: shop() },
    {
      because: "one service in two regions is one caller",
      resources: [
        runsAs("north", OWN, { name: "orders", location: "europe-north1" }),
        runsAs("west", OWN, { name: "orders", location: "europe-west9" }),
      ],
    },
    { because: "a default account is for another rule", resources: [runsAs("a", COMPUTE), runsAs("b", COMPUTE)] },
    { because: "what is left out is for another rule", resources: [runsAs("a", undefined), runsAs("b", "")] },
    {
      because: "two that are unknown may differ",
      resources: [account("a"), account("b"), runsAs("a", UNKNOWN), runsAs("b", UNKNOWN)],
    },
    {
      because: "two that are unknown come from two accounts",
      resources: [
        account("a", { email: UNKNOWN }),
        account("b", { email: UNKNOWN }),
        from(runsAs("a", UNKNOWN), "a-account"),
        from(runsAs("b", UNKNOWN), "b-account"),
      ],
    },
    {
      because: "which of two accounts it is cannot be told",
      resources: [
        account("a", { email: UNKNOWN }),
        account("b", { email: UNKNOWN }),
        from(runsAs("a", UNKNOWN), "a-account", "b-account"),
        from(runsAs("b", UNKNOWN), "a-account", "b-account"),
      ],
    },
  ],
  violating: [
    { because: "two services", resources: [runsAs("a", OWN), runsAs("b", OWN)], at: ["b"] },
    { because: "three services", resources: [runsAs("a", OWN), runsAs("b", OWN), runsAs("c", OWN)], at: ["b", "c"] },
    {
      because: "in two spellings",
      resources: [runsAs("a", OWN.toUpperCase()), runsAs("b", `projects/-/serviceAccounts/${OWN}`)],
      at: ["b"],
    },
    { because: "one of them a secret", resources: [runsAs("a", secret(OWN)), runsAs("b", OWN)], at: ["b"] },
    {
      because: "a job and a service",
      resources: [
        { type: JOB, name: "nightly", props: { template: { template: { serviceAccount: OWN } } } },
        runsAs("b", OWN),
      ],
      at: ["b"],
    },
    {
      because: "a function and a service",
      resources: [runsAs("a", OWN), { type: FUNCTION_V2, name: "hook", props: functionV2() }],
      at: ["hook"],
    },
    {
      because: "the same name in the same region is not a copy",
      resources: [runsAs("a", OWN, { name: "x" }), runsAs("b", OWN, { name: "x" })],
      at: ["b"],
    },
    {
      because: "unknown, and both from one account",
      resources: [
        account("a", { email: UNKNOWN, project: undefined }),
        from(runsAs("a", UNKNOWN), "a-account"),
        from(runsAs("b", UNKNOWN), "a-account"),
      ],
      at: ["b"],
    },
    {
      because: "one is known by its address, one by where it comes from",
      resources: [account("a"), from(runsAs("a", UNKNOWN), "a-account"), runsAs("b", emailOf("a"))],
      at: ["b"],
    },
    {
      because: "the address follows from id and project",
      resources: [account("a", { email: UNKNOWN }), from(runsAs("a", UNKNOWN), "a-account"), runsAs("b", emailOf("a"))],
      at: ["b"],
    },
  ],
};
