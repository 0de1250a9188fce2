import { normalizedMember } from "../../../google/members";
import { isObject, type PropertyValue } from "../properties";
import { shortName } from "../rules/identifiers";
import { CERTIFICATES } from "./certificates";
import { LOAD_BALANCING } from "./load-balancing";
import { asNamed, byLink, byName, connector, qualified, sameProject } from "./names";
import type { ReadBack, ReadBackArguments } from "./read-back";

/**
 * IAM keeps addresses in lower case, and the provider takes a difference of case for none.
 * Source: `iamMemberCaseDiffSuppress` in the provider's tpgiamresource package.
 */
const member: ReadBack = {
  as: (sent) => normalizedMember(String(sent)),
  suppresses: (read, said) => normalizedMember(read) === normalizedMember(said),
};

/** A list that is a set to the provider. */
const set: ReadBack = { unordered: true };

/**
 * The API answers without what is 0, and without a message that has nothing in it; the provider then sees no block.
 * Sources: https://github.com/hashicorp/terraform-provider-google/issues/25457,
 * https://github.com/GoogleCloudPlatform/magic-modules/pull/14971
 */
const unlessZero: ReadBack = { as: (sent) => (isObject(sent) && Object.values(sent).every(isZero) ? null : sent) };

function isZero(value: PropertyValue): boolean {
  return value === 0 || value === null;
}

function runTemplate(path: string): ReadBackArguments {
  return {
    name: byName,
    [`${path}.containers[].envs`]: set,
    [`${path}.volumes[].cloudSqlInstance.instances`]: set,
    [`${path}.vpcAccess.connector`]: connector,
  };
}

/**
 * What each resource type reads back in another form than it was sent, and what differences the provider suppresses, by
 * argument; arguments that are in no row are read back as they are sent. Every type that the components make is in it.
 *
 * Paths above the rows are their sources, in
 * https://github.com/hashicorp/terraform-provider-google-beta/tree/main/google-beta/services; what is said of IAM's
 * projects, locations and names is in the `…IamUpdaterProducer` of each.
 */
export const READ_BACK: Readonly<Record<string, ReadBackArguments>> = {
  // cloudrunv2/resource_cloud_run_v2_service.go, …_job.go, …_worker_pool.go
  "gcp:cloudrunv2/service:Service": { ...runTemplate("template"), "template.scaling": unlessZero },
  "gcp:cloudrunv2/job:Job": runTemplate("template.template"),
  "gcp:cloudrunv2/workerPool:WorkerPool": runTemplate("template"),
  // cloudfunctions2/resource_cloudfunctions2_function.go; the state keeps bucket and object of the code as they were sent
  "gcp:cloudfunctionsv2/function:Function": {
    name: byName,
    "eventTrigger.eventFilters": set,
    "serviceConfig.vpcConnector": connector,
  },
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
  // storage/iam_storage_bucket.go
  "gcp:storage/bucketIAMMember:BucketIAMMember": { ...qualified("b/{bucket}"), member },
  // sql/resource_sql_user.go
  "gcp:sql/user:User": {},
  // resourcemanager/resource_google_service_account.go
  "gcp:serviceaccount/account:Account": {},
  // resourcemanager/resource_google_project_service.go, servicenetworking/…_project_service_identity.go
  "gcp:projects/service:Service": { project: { as: (sent) => shortName(String(sent)), suppresses: sameProject } },
  "gcp:projects/serviceIdentity:ServiceIdentity": {},
  // compute/resource_compute_network.go, …_subnetwork.go, …_router.go, …_router_nat.go
  "gcp:compute/network:Network": {},
  "gcp:compute/subnetwork:Subnetwork": { network: byLink("global/networks"), region: byName },
  "gcp:compute/router:Router": { network: byLink("global/networks"), region: byName },
  "gcp:compute/routerNat:RouterNat": {
    router: asNamed,
    region: byName,
    "subnetworks[].name": byLink("regions/{region}/subnetworks"),
    "subnetworks[].sourceIpRangesToNats": set,
    subnetworks: set,
  },
  ...LOAD_BALANCING,
  ...CERTIFICATES,
  // iap/iam_iap_web_backend_service.go, resource_iap_settings.go: settings are named by the number of a project
  "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember": {
    ...qualified("projects/{project}/iap_web/compute/services/{webBackendService}"),
    member,
  },
  "gcp:iap/settings:Settings": { name: { as: (sent) => sent } },
  // iamworkforcepool/resource_iam_oauth_client.go, …_credential.go, …_workforce_pool.go, …_workforce_pool_provider.go
  "gcp:iam/oauthClient:OauthClient": {},
  "gcp:iam/oauthClientCredential:OauthClientCredential": {},
  "gcp:iam/workforcePool:WorkforcePool": {},
  "gcp:iam/workforcePoolProvider:WorkforcePoolProvider": {},
  // vpcaccess/resource_vpc_access_connector.go
  "gcp:vpcaccess/connector:Connector": { network: asNamed },
  // dns/resource_dns_managed_zone.go, …_record_set.go
  "gcp:dns/managedZone:ManagedZone": {
    "privateVisibilityConfig.networks[].networkUrl": byLink("global/networks"),
    "privateVisibilityConfig.networks": set,
  },
  "gcp:dns/recordSet:RecordSet": { managedZone: asNamed, rrdatas: set },
  // storage/resource_storage_bucket.go: places in capitals, by a StateFunc; …_object.go
  "gcp:storage/bucket:Bucket": {
    location: {
      as: (sent) => String(sent).toUpperCase(),
      suppresses: (read, said) => read.toUpperCase() === said.toUpperCase(),
    },
  },
  "gcp:storage/bucketObject:BucketObject": {},
};

const NOTHING: ReadBackArguments = {};

/** The rows of a type; none for a type that reads back what it is sent. */
export function readBackOf(type: string): ReadBackArguments {
  return READ_BACK[type] ?? NOTHING;
}
