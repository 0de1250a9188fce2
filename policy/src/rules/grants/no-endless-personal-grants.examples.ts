import { ALL_GRANTS } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { CALLER, formFault, grant, INVOKER, memberPath, secret, UNKNOWN, UNTIL } from "../given.examples";

const MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const POLICY = "gcp:projects/iAMPolicy:IAMPolicy";
const ON_ACCOUNT = "gcp:serviceaccount/iAMMember:IAMMember";
const VIEWER = "roles/run.viewer";
const TOKENS = "roles/iam.serviceAccountOpenIdTokenCreator";
const PERSON = "user:ada@acme.com";

const when = (expression: unknown) => ({ title: "when", expression });
const conditioned = (expression: unknown) => ({ role: TOKENS, member: PERSON, condition: when(expression) });

export const examples: Examples = {
  compliant: [
    { because: "a group's owner ends it", type: MEMBER, props: { role: INVOKER, member: "group:developers@acme.com" } },
    { because: "a service account is no person", type: MEMBER, props: { role: INVOKER, member: CALLER } },
    { because: "it ends by itself", type: ON_ACCOUNT, props: { role: TOKENS, member: PERSON, condition: UNTIL } },
    {
      because: "the same the other way round",
      type: ON_ACCOUNT,
      props: conditioned('timestamp("2032-01-01T00:00:00Z") >= request.time'),
    },
    {
      because: "further tests make it narrower",
      type: ON_ACCOUNT,
      props: conditioned('request.time < timestamp("2032-01-01T00:00:00Z") && resource.name.startsWith("projects/p")'),
    },
    { because: "in a policy, too", type: POLICY, props: grant(POLICY, VIEWER, PERSON, UNTIL) },
    {
      because: "a secret is read",
      type: ON_ACCOUNT,
      props: { role: TOKENS, member: secret(PERSON), condition: secret(UNTIL) },
    },
    { because: "the member is left out, which the provider refuses", type: MEMBER, props: { role: INVOKER } },
  ],
  violating: [
    ...ALL_GRANTS.map((type) => ({
      because: `for ever by ${type}`,
      type,
      props: grant(type, VIEWER, PERSON),
      path: memberPath(type),
      also: formFault(type),
    })),
    { because: "in any case", type: MEMBER, props: { role: INVOKER, member: " USER:ada@acme.com" }, path: "member" },
    {
      because: "a subject of a workforce pool is one person",
      type: MEMBER,
      props: {
        role: INVOKER,
        member: "principal://iam.googleapis.com/locations/global/workforcePools/acme/subject/ada@acme.com",
      },
      path: "member",
    },
    { because: "the condition is empty", type: ON_ACCOUNT, props: conditioned(""), path: "member" },
    {
      because: "the condition is null",
      type: MEMBER,
      props: { role: VIEWER, member: PERSON, condition: null },
      path: "member",
    },
    {
      because: "a start is no end",
      type: ON_ACCOUNT,
      props: conditioned('request.time > timestamp("2026-01-01T00:00:00Z")'),
      path: "member",
    },
    {
      because: "office hours come again",
      type: ON_ACCOUNT,
      props: conditioned("request.time.getHours() < 18"),
      path: "member",
    },
    {
      because: "an alternative passes the end",
      type: ON_ACCOUNT,
      props: conditioned('request.time < timestamp("2032-01-01T00:00:00Z") || true'),
      path: "member",
    },
    {
      because: "an end that is negated is a start",
      type: ON_ACCOUNT,
      props: conditioned('!(request.time < timestamp("2032-01-01T00:00:00Z"))'),
      path: "member",
    },
    {
      because: "an end in the title ends nothing",
      type: ON_ACCOUNT,
      props: { role: TOKENS, member: PERSON, condition: { title: UNTIL.expression, expression: "true" } },
      path: "member",
    },
  ],
  unknown: [
    { because: "the end is computed", type: ON_ACCOUNT, props: conditioned(UNKNOWN), path: "condition.expression" },
    {
      because: "the whole condition is",
      type: ON_ACCOUNT,
      props: { role: TOKENS, member: PERSON, condition: UNKNOWN },
      path: "condition",
    },
    { because: "the member is", type: MEMBER, props: { role: VIEWER, member: UNKNOWN }, path: "member" },
  ],
};
