import type { Examples } from "../../rule";
import { CALLER, formFault, grant, INVOKER, memberPath, secret, UNKNOWN } from "../given.examples";
import { noPublicPrincipals } from "./no-public-principals";

const MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const BINDING = "gcp:cloudrunv2/jobIamBinding:JobIamBinding";
const PROJECT_MEMBER = "gcp:projects/iAMMember:IAMMember";
const PROJECT_BINDING = "gcp:projects/iAMBinding:IAMBinding";
const PROJECT_POLICY = "gcp:projects/iAMPolicy:IAMPolicy";
const FUNCTION_MEMBER = "gcp:cloudfunctions/functionIamMember:FunctionIamMember";

const VIEWER = "roles/run.viewer";
const policy = (...bindings: unknown[]) => ({ policyData: JSON.stringify({ bindings }) });

export const examples: Examples = {
  compliant: [
    {
      because: "a service account of the mesh calls the service",
      type: MEMBER,
      props: { name: "order", role: INVOKER, member: CALLER },
    },
    {
      because: "a group of people is named",
      type: PROJECT_MEMBER,
      props: { project: "acme-dev", role: VIEWER, member: "group:support@acme.com" },
    },
    {
      because: "a workforce group is named by its principal set",
      type: MEMBER,
      props: {
        role: INVOKER,
        member: "principalSet://iam.googleapis.com/locations/global/workforcePools/acme/group/0a1b",
      },
    },
    {
      because: "every member is named",
      type: PROJECT_BINDING,
      props: { role: VIEWER, members: [CALLER, "group:a@acme.com"] },
    },
    { because: "an empty binding takes access away", type: PROJECT_BINDING, props: { role: VIEWER, members: [] } },
    {
      because: "every binding names its members",
      type: PROJECT_POLICY,
      props: policy({ role: VIEWER, members: [CALLER] }),
    },
    { because: "a policy without bindings grants nothing", type: PROJECT_POLICY, props: { policyData: "{}" } },
    {
      because: "the word stands in a condition's title, where it grants nothing",
      type: PROJECT_POLICY,
      props: policy({ role: VIEWER, members: [CALLER], condition: { title: "allUsers", expression: "false" } }),
    },
    {
      because: "a group whose name holds the word is a group",
      type: MEMBER,
      props: { role: INVOKER, member: "group:allUsers@acme.com" },
    },
    { because: "the member is left out, which the provider refuses", type: MEMBER, props: { role: INVOKER } },
    {
      because: "a secret member is judged like another",
      type: MEMBER,
      props: { role: INVOKER, member: secret(CALLER) },
    },
  ],
  violating: [
    {
      because: "anyone on the internet may call",
      type: MEMBER,
      props: { name: "order", role: INVOKER, member: "allUsers" },
      path: "member",
    },
    {
      because: "anyone with a Google account may call, from any organization",
      type: MEMBER,
      props: { name: "order", role: INVOKER, member: "allAuthenticatedUsers" },
      path: "member",
    },
    {
      because: "IAM takes the principal in any case",
      type: MEMBER,
      props: { role: INVOKER, member: " ALLUSERS\n" },
      path: "member",
    },
    {
      because: "a secret does not hide it",
      type: FUNCTION_MEMBER,
      props: { role: "roles/cloudfunctions.invoker", member: secret("allUsers") },
      path: "member",
    },
    {
      because: "a role that does not name the invoker permission is no excuse",
      type: PROJECT_MEMBER,
      props: { project: "acme-dev", role: "projects/acme-dev/roles/reader", member: "allUsers" },
      path: "member",
    },
    {
      because: "one public member among named ones opens the binding",
      type: BINDING,
      props: { role: INVOKER, members: [CALLER, "allAuthenticatedUsers"] },
      path: "members[1]",
      also: ["no-authoritative-grants"],
    },
    {
      because: "two public members of one binding are one mistake",
      type: PROJECT_BINDING,
      props: { role: VIEWER, members: ["allUsers", "allAuthenticatedUsers"] },
      path: "members[0]",
    },
    {
      because: "the second binding is read as well as the first",
      type: PROJECT_POLICY,
      props: policy({ role: VIEWER, members: [CALLER] }, { role: VIEWER, members: ["allUsers"] }),
      path: "policyData.bindings[1].members[0]",
    },
    {
      because: "Go reads keys in any case, so this grants",
      type: PROJECT_POLICY,
      props: { policyData: '{"Bindings":[{"Role":"roles/run.viewer","MEMBERS":["allUsers"]}]}' },
      path: "policyData.bindings[0].members[0]",
    },
    {
      because: "a key written twice hides the first list from JavaScript, not from every reader",
      type: PROJECT_POLICY,
      props: { policyData: '{"bindings":[{"members":["allUsers"]}],"bindings":[]}' },
      path: "policyData",
    },
    {
      because: "Go takes the long s for an s in a key",
      type: PROJECT_POLICY,
      props: { policyData: '{"binding\u017f":[{"member\u017f":["allUsers"]}]}' },
      path: "policyData.bindings[0].members[0]",
    },
    {
      because: "of a role that is written twice, in two cases, Go takes the last",
      type: PROJECT_POLICY,
      props: { policyData: `{"bindings":[{"role":"${VIEWER}","Role":"roles/owner","members":["${CALLER}"]}]}` },
      path: "policyData",
    },
    {
      because: "a condition that is written twice may be either",
      type: PROJECT_POLICY,
      props: {
        policyData: `{"bindings":[{"role":"${VIEWER}","members":["${CALLER}"],"condition":{"expression":"false","expression":"true"}}]}`,
      },
      path: "policyData",
    },
    {
      because: "a policy that cannot be read is not known to be closed",
      type: PROJECT_POLICY,
      props: { policyData: "{bindings: []}" },
      path: "policyData",
    },
    {
      because: "an unknown member does not hide a public one",
      type: PROJECT_BINDING,
      props: { role: VIEWER, members: [UNKNOWN, "allUsers"] },
      path: "members[1]",
    },
    {
      because: "an unknown role does not hide a public member",
      type: MEMBER,
      props: { role: UNKNOWN, member: "allUsers" },
      path: "member",
    },
    ...noPublicPrincipals.types.map((type) => ({
      because: `${type} can open a workload`,
      type,
      props: grant(type, VIEWER, "allUsers"),
      path: memberPath(type),
      also: formFault(type),
    })),
  ],
  unknown: [
    {
      because: "the account is made in the same stack",
      type: MEMBER,
      props: { role: INVOKER, member: UNKNOWN },
      path: "member",
    },
    {
      because: "one of the accounts is",
      type: PROJECT_BINDING,
      props: { role: VIEWER, members: [CALLER, UNKNOWN] },
      path: "members[1]",
    },
    { because: "the whole list is", type: PROJECT_BINDING, props: { role: VIEWER, members: UNKNOWN }, path: "members" },
    {
      because: "the policy holds such accounts",
      type: PROJECT_POLICY,
      props: { policyData: UNKNOWN },
      path: "policyData",
    },
  ],
};
