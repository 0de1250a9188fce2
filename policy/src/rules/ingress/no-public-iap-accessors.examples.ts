import { IAP_GRANTS } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { grant, memberPath, secret, UNKNOWN } from "../given.examples";

const MEMBER = "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember";
const POLICY = "gcp:iap/webIamPolicy:WebIamPolicy";
const ACCESSOR = "roles/iap.httpsResourceAccessor";

export const examples: Examples = {
  compliant: [
    { because: "a group is let in", type: MEMBER, props: { role: ACCESSOR, member: "group:staff@acme.com" } },
    {
      because: "a workforce pool's group is let in",
      type: MEMBER,
      props: {
        role: ACCESSOR,
        member: "principalSet://iam.googleapis.com/locations/global/workforcePools/acme/group/staff",
      },
    },
    { because: "the member is left out, which the provider refuses", type: MEMBER, props: { role: ACCESSOR } },
  ],
  violating: [
    {
      because: "a secret is no disguise",
      type: MEMBER,
      props: { role: ACCESSOR, member: secret("AllUsers ") },
      path: "member",
    },
    {
      because: "a policy that cannot be read is not known to be closed",
      type: POLICY,
      props: { policyData: '{"bindings":[{"members":["allUsers"]}],"bindings":[]}' },
      path: "policyData",
    },
    ...IAP_GRANTS.flatMap((type) =>
      ["allUsers", "allAuthenticatedUsers"].map((member) => ({
        because: `${member} pass the proxy through ${type}`,
        type,
        props: grant(type, ACCESSOR, member),
        path: memberPath(type),
      })),
    ),
  ],
  unknown: [
    { because: "the member is computed", type: MEMBER, props: { role: ACCESSOR, member: UNKNOWN }, path: "member" },
    { because: "the policy is computed", type: POLICY, props: { policyData: UNKNOWN }, path: "policyData" },
  ],
};
