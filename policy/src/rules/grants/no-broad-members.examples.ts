import { ALL_GRANTS } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { CALLER, COMPUTE, formFault, grant, INVOKER, memberPath, secret, UNKNOWN } from "../given.examples";

const MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const ACCOUNT_MEMBER = "gcp:serviceaccount/iAMMember:IAMMember";
const PROJECT_BINDING = "gcp:projects/iAMBinding:IAMBinding";
const WORKFORCE = "principalSet://iam.googleapis.com/locations/global/workforcePools/acme";
const POOLS = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools";

export const examples: Examples = {
  compliant: [
    ...[
      CALLER,
      "group:staff@acme.com",
      "group:domain:acme.com@acme.com",
      `principalSet://${POOLS}/ci/attribute.repository/acme/app`,
      `principal://${POOLS}/ci/subject/deploy`,
      `${WORKFORCE}/group/3d1f7c7a-0000-4000-8000-000000000001`,
      `${WORKFORCE}/attribute.department/finance`,
      `principalSet://${POOLS}/acme.svc.id.goog/namespace/shop`,
      "serviceAccount:service-1@gcp-sa-iap.iam.gserviceaccount.com",
      "serviceAccount:deleted@acme-dev.iam.gserviceaccount.com",
    ].map((member) => ({ because: `${member} is who it says`, type: MEMBER, props: { role: INVOKER, member } })),
    { because: "the member is left out, which the provider refuses", type: MEMBER, props: { role: INVOKER } },
  ],
  violating: [
    ...[
      "domain:acme.com",
      " Domain:ACME.com",
      "projectOwner:acme-dev",
      "projectEditor:acme-dev",
      "projectViewer:acme-dev",
      "deleted:user:a@acme.com?uid=42",
      "deleted:serviceAccount:a@acme-dev.iam.gserviceaccount.com?uid=42",
      `serviceAccount:${COMPUTE}`,
      "serviceAccount:acme-dev@appspot.gserviceaccount.com",
      `principalSet://${POOLS}/ci/*`,
      `principalSet://${POOLS}/acme.svc.id.goog/kubernetes.cluster/https://container.googleapis.com/v1/projects/p/locations/l/clusters/c`,
      `${WORKFORCE}/*`,
      ` ${WORKFORCE.toUpperCase()}/*`,
      "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount",
    ].map((member) => ({
      because: `${member.trim()} is more than one`,
      type: MEMBER,
      props: { role: INVOKER, member },
      path: "member",
    })),
    ...ALL_GRANTS.map((type) => ({
      because: `a domain by ${type}`,
      type,
      props: grant(type, "roles/run.viewer", "domain:acme.com"),
      path: memberPath(type),
      also: formFault(type),
    })),
    {
      because: "a secret is no disguise",
      type: MEMBER,
      props: { role: INVOKER, member: secret("domain:acme.com") },
      path: "member",
    },
    {
      because: "behind a named one",
      type: PROJECT_BINDING,
      props: { role: "roles/run.viewer", members: [CALLER, UNKNOWN, "projectEditor:acme-dev"] },
      path: "members[2]",
    },
  ],
  unknown: [
    {
      because: "the member is computed",
      type: ACCOUNT_MEMBER,
      props: { role: INVOKER, member: UNKNOWN },
      path: "member",
    },
  ],
};
