import { ORGANIZATION_ROLE, PROJECT_ROLE } from "../../facts/tokens";
import type { StackExamples } from "../../rule";
import { CALLER, UNKNOWN } from "../given.examples";
import type { Given } from "../given-stack.examples";

const role = (permissions: unknown, type = PROJECT_ROLE): Given => ({
  type,
  name: "caller",
  props: { project: "acme-dev", roleId: "caller", permissions },
});
const NAME = "projects/acme-dev/roles/caller";
const granted = (granted: unknown, type = "gcp:projects/iAMMember:IAMMember"): Given => ({
  type,
  name: "grant",
  props: { role: granted, member: CALLER },
});
const CALL = ["logging.logEntries.create", "run.routes.invoke"];

export const examples: StackExamples = {
  compliant: [
    { because: "it holds no such permission", resources: [role(["logging.logEntries.create"]), granted(NAME)] },
    {
      because: "it is granted on the one service",
      resources: [role(CALL), granted(NAME, "gcp:cloudrunv2/serviceIamMember:ServiceIamMember")],
    },
    { because: "nobody is granted it", resources: [role(CALL)] },
    { because: "what is granted is another role", resources: [role(CALL), granted("roles/logging.viewer")] },
    { because: "its permissions are not known yet", resources: [role(UNKNOWN), granted(NAME)] },
    { because: "which role it is is not known yet", resources: [role(CALL), granted(UNKNOWN)] },
    { because: "permissions that are no list", resources: [role("run.routes.invoke"), granted(NAME)] },
  ],
  violating: [
    ...[
      "run.routes.invoke",
      "run.jobs.run",
      "run.jobs.runWithOverrides",
      "cloudfunctions.functions.invoke",
      "cloudfunctions.functions.call",
      "iam.serviceAccounts.actAs",
      "iam.serviceAccounts.getAccessToken",
      "iam.serviceAccounts.getOpenIdToken",
      "iam.serviceAccounts.implicitDelegation",
      "iam.serviceAccounts.setIamPolicy",
      "iam.serviceAccounts.signBlob",
      "iam.serviceAccounts.signJwt",
      "iam.serviceAccountKeys.create",
    ].map((permission) => ({
      because: `it holds ${permission}`,
      resources: [role(["logging.logEntries.create", permission]), granted(NAME)],
      at: ["grant"],
    })),
    {
      because: "an organization's role",
      resources: [
        role(CALL, ORGANIZATION_ROLE),
        granted("organizations/1/roles/caller", "gcp:organizations/iAMMember:IAMMember"),
      ],
      at: ["grant"],
    },
    {
      because: "in a folder's policy",
      resources: [
        role(CALL),
        {
          type: "gcp:folder/iAMPolicy:IAMPolicy",
          name: "grant",
          props: {
            policyData: JSON.stringify({
              bindings: [
                { role: "roles/logging.viewer", members: ["a"] },
                { role: NAME, members: [CALLER, "b"] },
              ],
            }),
          },
        },
      ],
      at: ["grant"],
    },
    {
      because: "an unknown permission does not hide it",
      resources: [role([UNKNOWN, ...CALL]), granted(NAME)],
      at: ["grant"],
    },
    {
      because: "the role's name is not known yet, where it comes from is",
      resources: [role(CALL), { ...granted(UNKNOWN), sources: { role: ["caller"] } }],
      at: ["grant"],
    },
  ],
};
