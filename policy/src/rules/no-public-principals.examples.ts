import type { Examples } from "../rule";
import { noPublicPrincipals } from "./no-public-principals";

const MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const BINDING = "gcp:cloudrunv2/jobIamBinding:JobIamBinding";
const POLICY = "gcp:cloudrunv2/workerPoolIamPolicy:WorkerPoolIamPolicy";
const PROJECT_MEMBER = "gcp:projects/iAMMember:IAMMember";
const PROJECT_POLICY = "gcp:projects/iAMPolicy:IAMPolicy";
const FOLDER_BINDING = "gcp:folder/iAMBinding:IAMBinding";
const ORGANIZATION_MEMBER = "gcp:organizations/iAMMember:IAMMember";

const INVOKER = "roles/run.invoker";
const CALLER = "serviceAccount:gateway@acme-dev.iam.gserviceaccount.com";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const policy = (...bindings: unknown[]) => ({ name: "worker", policyData: JSON.stringify({ bindings }) });

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
      props: { project: "acme-dev", role: "roles/run.viewer", member: "group:support@acme.com" },
    },
    {
      because: "a workforce group is named by its principal set",
      type: MEMBER,
      props: {
        role: INVOKER,
        member: "principalSet://iam.googleapis.com/locations/global/workforcePools/acme/group/0a1b",
      },
    },
    { because: "every member is named", type: BINDING, props: { role: INVOKER, members: [CALLER, "user:a@acme.com"] } },
    { because: "an empty binding takes access away", type: BINDING, props: { role: INVOKER, members: [] } },
    { because: "every binding names its members", type: POLICY, props: policy({ role: INVOKER, members: [CALLER] }) },
    { because: "a policy without bindings grants nothing", type: POLICY, props: { policyData: "{}" } },
    {
      because: "the word stands in a condition's title, where it grants nothing",
      type: PROJECT_POLICY,
      props: policy({ role: INVOKER, members: [CALLER], condition: { title: "allUsers", expression: "false" } }),
    },
    {
      because: "a group whose name holds the word is a group",
      type: MEMBER,
      props: { role: INVOKER, member: "group:allUsers@acme.com" },
    },
    { because: "the member is left out, which the provider refuses", type: MEMBER, props: { role: INVOKER } },
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
    },
    {
      because: "two public members of one binding are one mistake",
      type: FOLDER_BINDING,
      props: { folder: "folders/1", role: INVOKER, members: ["allUsers", "allAuthenticatedUsers"] },
      path: "members[0]",
    },
    {
      because: "the second binding is read as well as the first",
      type: POLICY,
      props: policy({ role: "roles/run.viewer", members: [CALLER] }, { role: INVOKER, members: ["allUsers"] }),
      path: "policyData.bindings[1].members[0]",
    },
    {
      because: "Go reads keys in any case, so this grants",
      type: PROJECT_POLICY,
      props: { policyData: '{"Bindings":[{"Role":"roles/run.invoker","MEMBERS":["allUsers"]}]}' },
      path: "policyData.bindings[0].members[0]",
    },
    {
      because: "a key written twice hides the first list from JavaScript, not from every reader",
      type: POLICY,
      props: { policyData: '{"bindings":[{"members":["allUsers"]}],"bindings":[]}' },
      path: "policyData",
    },
    {
      because: "a policy that cannot be read is not known to be closed",
      type: PROJECT_POLICY,
      props: { policyData: "{bindings: []}" },
      path: "policyData",
    },
    {
      because: "public at the organization is public in each project",
      type: ORGANIZATION_MEMBER,
      props: { orgId: "1", role: INVOKER, member: "allUsers" },
      path: "member",
    },
    {
      because: "an unknown member does not hide a public one",
      type: BINDING,
      props: { role: INVOKER, members: [UNKNOWN, "allUsers"] },
      path: "members[1]",
    },
    {
      because: "an unknown role does not hide a public member",
      type: MEMBER,
      props: { role: UNKNOWN, member: "allUsers" },
      path: "member",
    },
    ...noPublicPrincipals.types
      .filter((type) => !/Policy$/.test(type))
      .map((type) => ({
        because: `${type} can open Cloud Run`,
        type,
        props: /Binding$/.test(type) ? { members: ["allUsers"] } : { member: "allUsers" },
        path: /Binding$/.test(type) ? "members[0]" : "member",
      })),
    ...noPublicPrincipals.types
      .filter((type) => /Policy$/.test(type))
      .map((type) => ({
        because: `${type} can open Cloud Run`,
        type,
        props: policy({ role: INVOKER, members: ["allUsers"] }),
        path: "policyData.bindings[0].members[0]",
      })),
  ],
  unknown: [
    {
      because: "the account is made in the same stack",
      type: MEMBER,
      props: { role: INVOKER, member: UNKNOWN },
      path: "member",
    },
    { because: "one of the accounts is", type: BINDING, props: { members: [CALLER, UNKNOWN] }, path: "members[1]" },
    { because: "the whole list is", type: BINDING, props: { members: UNKNOWN }, path: "members" },
    { because: "the policy holds such accounts", type: POLICY, props: { policyData: UNKNOWN }, path: "policyData" },
  ],
};
