import { CLOUD_RUN_GRANTS } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { CALLER, formFault, grant, INVOKER, memberPath, secret, UNKNOWN, UNTIL } from "../given.examples";

const MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const ON_ACCOUNT = "gcp:serviceaccount/iAMMember:IAMMember";
const ON_PROXY = "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember";
const ADA = "user:ada@acme.com";

export const examples: Examples = {
  compliant: [
    { because: "an account calls for good", type: MEMBER, props: { role: INVOKER, member: CALLER } },
    {
      because: "the end stands on the account whose tokens a person mints",
      type: ON_ACCOUNT,
      props: { role: "roles/iam.serviceAccountOpenIdTokenCreator", member: ADA, condition: UNTIL },
    },
    {
      because: "the end stands on Identity-Aware Proxy",
      type: ON_PROXY,
      props: { role: "roles/iap.httpsResourceAccessor", member: ADA, condition: UNTIL },
    },
    { because: "the condition is null", type: MEMBER, props: { role: INVOKER, member: CALLER, condition: null } },
  ],
  violating: [
    ...CLOUD_RUN_GRANTS.map((type) => ({
      because: `an end by ${type}`,
      type,
      props: grant(type, INVOKER, CALLER, UNTIL),
      path: memberPath(type),
      also: formFault(type),
    })),
    {
      because: "a person's, too",
      type: MEMBER,
      props: { role: INVOKER, member: ADA, condition: UNTIL },
      path: "member",
    },
    {
      because: "any condition is lost, whatever it asks",
      type: MEMBER,
      props: { role: "roles/run.viewer", member: CALLER, condition: { title: "x", expression: "true" } },
      path: "member",
    },
    {
      because: "a secret is read",
      type: MEMBER,
      props: { role: INVOKER, member: secret(CALLER), condition: secret(UNTIL) },
      path: "member",
    },
  ],
  unknown: [
    {
      because: "the expression is computed",
      type: MEMBER,
      props: { role: INVOKER, member: CALLER, condition: { title: "x", expression: UNKNOWN } },
      path: "condition.expression",
    },
    {
      because: "the whole condition is",
      type: MEMBER,
      props: { role: INVOKER, member: CALLER, condition: UNKNOWN },
      path: "condition",
    },
  ],
};
