import type { Examples } from "../../rule";
import { CALLER, formFault, grant, memberPath, secret, UNKNOWN } from "../given.examples";
import { noPrivilegedServiceAccounts } from "./no-privileged-service-accounts";

const MEMBER = "gcp:projects/iAMMember:IAMMember";
const POLICY = "gcp:folder/iAMPolicy:IAMPolicy";
const ADMIN = "roles/storage.admin";

export const examples: Examples = {
  compliant: [
    { because: "it gets what it uses", type: MEMBER, props: { role: "roles/storage.objectViewer", member: CALLER } },
    { because: "a group administers", type: MEMBER, props: { role: ADMIN, member: "group:platform@acme.com" } },
    ...[
      "gcp-sa-cloudbuild.iam",
      "cloudservices",
      "serverless-robot-prod.iam",
      "gcf-admin-robot.iam",
      "cloudbuild",
      "compute-system.iam",
      "containerregistry.iam",
      "container-engine-robot.iam",
      "dataflow-service-producer-prod.iam",
    ].map((agent) => ({
      because: `Google's own ${agent} does what Google has it do`,
      type: MEMBER,
      props: { role: ADMIN, member: `serviceAccount:service-1@${agent}.gserviceaccount.com` },
    })),
    {
      because: "the role only sounds like one",
      type: MEMBER,
      props: { role: "roles/logging.administrativeViewer", member: CALLER },
    },
    { because: "the role is left out, which the provider refuses", type: MEMBER, props: { member: CALLER } },
  ],
  violating: [
    ...noPrivilegedServiceAccounts.types.map((type) => ({
      because: `an admin role by ${type}`,
      type,
      props: grant(type, ADMIN, CALLER),
      path: memberPath(type),
      also: formFault(type),
    })),
    ...["roles/viewer", "roles/reader", "roles/storage.objectAdmin", "roles/CloudSQL.ADMIN "].map((role) => ({
      because: `${role.trim()} is too much`,
      type: MEMBER,
      props: { role, member: CALLER },
      path: "member",
    })),
    ...["roles/owner", "roles/editor", "roles/run.admin", "roles/admin", "roles/writer"].map((role) => ({
      because: `${role} is far too much`,
      type: MEMBER,
      props: { role, member: CALLER },
      path: "member",
      also: ["no-inherited-invokers"],
    })),
    {
      because: "who sets IAM policies can give itself the rest",
      type: MEMBER,
      props: { role: "roles/resourcemanager.projectIamAdmin", member: CALLER },
      path: "member",
      also: ["no-broad-impersonation"],
    },
    {
      because: "a default account is one that workloads run as",
      type: MEMBER,
      props: { role: "roles/viewer", member: "serviceAccount:1-compute@developer.gserviceaccount.com" },
      path: "member",
      also: ["no-broad-members"],
    },
    {
      because: "a secret is no disguise",
      type: MEMBER,
      props: { role: secret(ADMIN), member: secret(CALLER) },
      path: "member",
    },
  ],
  unknown: [
    { because: "the role is computed", type: MEMBER, props: { role: UNKNOWN, member: CALLER }, path: "role" },
    { because: "the member is computed", type: MEMBER, props: { role: ADMIN, member: UNKNOWN }, path: "member" },
    { because: "the policy is computed", type: POLICY, props: { policyData: UNKNOWN }, path: "policyData" },
  ],
};
