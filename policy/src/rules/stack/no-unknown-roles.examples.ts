import { PROJECT_ROLE } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { CALLER, UNKNOWN } from "../given.examples";
import type { Given } from "../given-stack.examples";

const granted = (role: unknown, type = "gcp:projects/iAMMember:IAMMember"): Given => ({
  type,
  name: "grant",
  props: { role, member: CALLER },
});

export const examples: StackExamples = {
  compliant: [
    ...[
      "roles/logging.logWriter",
      "roles/run.viewer",
      "roles/run.invoker",
      "roles/secretmanager.secretAccessor",
      "roles/viewer",
      "roles/cloudsql.client",
      "roles/browser",
    ].map((role) => ({ because: `${role} is known`, resources: [granted(role)] })),
    {
      because: "on one service the role is looked at there",
      resources: [granted("projects/acme-dev/roles/any", "gcp:cloudrunv2/serviceIamMember:ServiceIamMember")],
    },
    { because: "which it is is not known yet", resources: [granted(UNKNOWN)] },
    { because: "nothing is granted", resources: [granted(undefined)] },
    {
      because: "the stack itself makes the role",
      resources: [
        granted("projects/acme-dev/roles/reader"),
        { type: PROJECT_ROLE, name: "reader", props: { roleId: "reader", permissions: ["logging.logEntries.list"] } },
      ],
    },
  ],
  violating: [
    { because: "a custom role of another stack", resources: [granted("projects/acme-dev/roles/any")], at: ["grant"] },
    {
      because: "one of the organization",
      resources: [granted("organizations/1/roles/any", "gcp:folder/iAMBinding:IAMBinding")].map((given) => ({
        ...given,
        props: { role: given.props["role"], members: [CALLER] },
      })),
      at: ["grant"],
    },
    {
      because: "a role that Google may have made yesterday",
      resources: [granted("roles/newproduct.operator")],
      at: ["grant"],
    },
    {
      because: "a service agent's role, which holds what Google needs",
      resources: [granted("roles/pubsub.serviceAgent")],
      at: ["grant"],
    },
    { because: "no role at all", resources: [granted("owner")], at: ["grant"] },
  ],
};
