import { normalizedMember } from "../rules/members";
import { qualified, sameProject } from "./names";
import type { ReadBack, ReadBackArguments } from "./read-back";

/**
 * IAM keeps addresses in lower case, and the provider takes a difference of case for none.
 * Source: `iamMemberCaseDiffSuppress` in the provider's tpgiamresource package.
 */
const member: ReadBack = {
  as: normalizedMember,
  suppresses: (read, said) => normalizedMember(read) === normalizedMember(said),
};

const NOTHING: ReadBackArguments = {};

/**
 * What each resource type reads back in another form than it was sent, by argument; arguments that are in no row are
 * read back as they are sent. Types are in it that the components make, with the source of the row: paths are of
 * https://github.com/hashicorp/terraform-provider-google-beta/tree/main/google-beta/services
 */
export const READ_BACK: Readonly<Record<string, ReadBackArguments>> = {
  // cloudrunv2/iam_cloud_run_v2_service.go, …_job.go, …_worker_pool.go
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": {
    ...qualified("projects/{project}/locations/{location}/services/{name}"),
    member,
  },
  "gcp:cloudrunv2/jobIamMember:JobIamMember": {
    ...qualified("projects/{project}/locations/{location}/jobs/{name}"),
    member,
  },
  "gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember": {
    ...qualified("projects/{project}/locations/{location}/workerPools/{name}"),
    member,
  },
  // iap/iam_iap_web_cloud_run_service.go
  "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember": {
    ...qualified("projects/{project}/iap_web/cloud_run-{location}/services/{cloudRunServiceName}"),
    member,
  },
  // resourcemanager/iam_project.go
  "gcp:projects/iAMMember:IAMMember": { project: { suppresses: sameProject }, member },
  // secretmanager/iam_secret_manager_secret.go
  "gcp:secretmanager/secretIamMember:SecretIamMember": {
    ...qualified("projects/{project}/secrets/{secretId}"),
    member,
  },
  // resourcemanager/iam_service_account.go: the account stays in the form in which it is named
  "gcp:serviceaccount/iAMMember:IAMMember": { member },
};

/** The rows of a type; none for a type that reads back what it is sent. */
export function readBackOf(type: string): ReadBackArguments {
  return READ_BACK[type] ?? NOTHING;
}
