import { ACCOUNT_GRANTS, INHERITED_GRANTS } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { CALLER, grant, memberPath, secret, UNKNOWN, UNTIL } from "../given.examples";

const ON_ACCOUNT = "gcp:serviceaccount/iAMMember:IAMMember";
const ON_PROJECT = "gcp:projects/iAMMember:IAMMember";
const TOKENS = "roles/iam.serviceAccountOpenIdTokenCreator";
const GROUP = "group:developers@acme.com";

export const examples: Examples = {
  compliant: [
    { because: "on the one account, for a group", type: ON_ACCOUNT, props: { role: TOKENS, member: GROUP } },
    {
      because: "on the one account, for a person until a date",
      type: ON_ACCOUNT,
      props: { role: "roles/iam.serviceAccountTokenCreator", member: "user:ada@acme.com", condition: UNTIL },
    },
    {
      because: "a repository's workflow is its own account",
      type: ON_ACCOUNT,
      props: {
        role: "roles/iam.workloadIdentityUser",
        member:
          "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.repository/acme/app",
      },
    },
    {
      because: "to see accounts is not to be one",
      type: ON_PROJECT,
      props: { role: "roles/iam.serviceAccountViewer", member: GROUP },
    },
    { because: "the role is left out, which the provider refuses", type: ON_PROJECT, props: { member: GROUP } },
  ],
  violating: [
    {
      because: "a policy that cannot be read is not known to be closed",
      type: "gcp:serviceaccount/iAMPolicy:IAMPolicy",
      props: { policyData: '{"bindings":[{"members":["allUsers"]}],"bindings":[]}' },
      path: "policyData",
    },
    ...INHERITED_GRANTS.map((type) => ({
      because: `as every account below, by ${type}`,
      type,
      props: grant(type, TOKENS, CALLER),
      path: memberPath(type),
    })),
    ...ACCOUNT_GRANTS.map((type) => ({
      because: `anybody as this account, by ${type}`,
      type,
      props: grant(type, "roles/iam.serviceAccountViewer", "allUsers"),
      path: memberPath(type),
    })),
    ...[
      "roles/iam.serviceAccountTokenCreator",
      "roles/iam.serviceAccountUser",
      "roles/iam.workloadIdentityUser",
      "roles/iam.serviceAccountKeyAdmin",
      "roles/iam.serviceAccountAdmin",
      "roles/iam.securityAdmin",
      "roles/resourcemanager.projectIamAdmin",
      "roles/resourcemanager.folderAdmin",
      "roles/resourcemanager.folderIamAdmin",
      "roles/resourcemanager.organizationAdmin",
      "ROLES/IAM.serviceAccountUser ",
    ].map((role) => ({
      because: `${role.trim()} on a project`,
      type: ON_PROJECT,
      props: { role, member: GROUP },
      path: "member",
    })),
    {
      because: "who deploys sources acts as the account that runs them",
      type: ON_PROJECT,
      props: { role: "roles/run.sourceDeveloper", member: GROUP },
      path: "member",
      also: ["no-inherited-invokers"],
    },
    {
      because: "anybody with a Google account",
      type: ON_ACCOUNT,
      props: { role: TOKENS, member: secret("allAuthenticatedUsers") },
      path: "member",
    },
  ],
  unknown: [
    { because: "the role is computed", type: ON_PROJECT, props: { role: UNKNOWN, member: GROUP }, path: "role" },
    { because: "the member is computed", type: ON_ACCOUNT, props: { role: TOKENS, member: UNKNOWN }, path: "member" },
  ],
};
