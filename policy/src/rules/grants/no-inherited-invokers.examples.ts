import { INHERITED_GRANTS } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { CALLER, COMPUTE, grant, INVOKER, memberPath, secret, UNKNOWN } from "../given.examples";

const MEMBER = "gcp:projects/iAMMember:IAMMember";
const BINDING = "gcp:folder/iAMBinding:IAMBinding";
const POLICY = "gcp:organizations/iAMPolicy:IAMPolicy";
const GROUP = "group:support@acme.com";

export const examples: Examples = {
  compliant: [
    { because: "the role cannot invoke", type: MEMBER, props: { role: "roles/run.viewer", member: GROUP } },
    {
      because: "logging is not invoking",
      type: BINDING,
      props: { role: "roles/logging.logWriter", members: [CALLER] },
    },
    { because: "nobody is granted the role", type: BINDING, props: { role: INVOKER, members: [] } },
    { because: "the role is left out, which the provider refuses", type: MEMBER, props: { member: CALLER } },
    {
      because: "an unknown member of a harmless role is harmless",
      type: POLICY,
      props: grant(POLICY, "roles/run.viewer", GROUP),
    },
  ],
  violating: [
    ...INHERITED_GRANTS.map((type) => ({
      because: `${type} opens everything below`,
      type,
      props: grant(type, INVOKER, CALLER),
      path: memberPath(type),
    })),
    ...[
      "roles/run.servicesInvoker",
      "roles/run.developer",
      "roles/run.jobsExecutor",
      "roles/run.jobsExecutorWithOverrides",
      "roles/cloudfunctions.invoker",
      "roles/cloudfunctions.developer",
    ].map((role) => ({ because: `${role} can invoke`, type: MEMBER, props: { role, member: CALLER }, path: "member" })),
    ...[
      "roles/owner",
      "roles/editor",
      "roles/run.admin",
      "roles/cloudfunctions.admin",
      "roles/writer",
      "roles/admin",
    ].map((role) => ({
      because: `${role} can invoke, too`,
      type: MEMBER,
      props: { role, member: GROUP },
      path: "member",
    })),
    {
      because: "what was meant counts, in any case",
      type: MEMBER,
      props: { role: " Roles/Run.Invoker", member: GROUP },
      path: "member",
    },
    {
      because: "a secret is no disguise",
      type: MEMBER,
      props: { role: secret(INVOKER), member: GROUP },
      path: "member",
    },
    {
      because: "a default account calls all",
      type: MEMBER,
      props: { role: INVOKER, member: `serviceAccount:${COMPUTE}` },
      path: "member",
      also: ["no-broad-members"],
    },
    {
      because: "a condition narrows when, not whom",
      type: MEMBER,
      props: grant(MEMBER, INVOKER, GROUP, { title: "night", expression: "request.time.getHours() < 6" }),
      path: "member",
    },
    {
      because: "the second of two bindings",
      type: POLICY,
      props: {
        policyData: JSON.stringify({
          bindings: [
            { role: "roles/run.viewer", members: [GROUP] },
            { role: INVOKER, members: [GROUP] },
          ],
        }),
      },
      path: "policyData.bindings[1].members[0]",
    },
  ],
  unknown: [
    { because: "the role is computed", type: MEMBER, props: { role: UNKNOWN, member: GROUP }, path: "role" },
    { because: "the member is computed", type: MEMBER, props: { role: INVOKER, member: UNKNOWN }, path: "member" },
    { because: "the policy is computed", type: POLICY, props: { policyData: UNKNOWN }, path: "policyData" },
  ],
};
