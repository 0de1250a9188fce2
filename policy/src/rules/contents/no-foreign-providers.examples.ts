import type { Examples } from "../../rule";

const types = {
  compliant: [
    "gcp:storage/bucket:Bucket",
    "google-native:storage/v1:Bucket",
    "google-native:compute/v1:Instance",
    "google:index/storageBucket:StorageBucket",
    "google-beta:index/pubsubTopic:PubsubTopic",
    "googleworkspace:index/group:Group",
    "kubernetes:core/v1:ServiceAccount",
  ],
  violating: [
    "google-native:run/v1:Service",
    "google-native:run/v2:Service",
    "google-native:run/v2:ServiceIamMember",
    "google-native:run/v2:Job",
    "google-native:cloudfunctions/v1:Function",
    "google-native:cloudfunctions/v2:FunctionIamBinding",
    "google-native:iam/v1:Key",
    "google-native:iam/v1:ServiceAccountIamPolicy",
    "google-native:iap/v1:V1IamMember",
    "google-native:cloudresourcemanager/v1:ProjectIamMember",
    "google:index/cloudRunV2Service:CloudRunV2Service",
    "google:index/cloudRunService:CloudRunService",
    "google-beta:index/cloudRunV2WorkerPool:CloudRunV2WorkerPool",
    "google_beta:index/cloudRunV2Job:CloudRunV2Job",
    "google:index/cloudRunV2ServiceIamMember:CloudRunV2ServiceIamMember",
    "google:index/cloudfunctionsFunction:CloudfunctionsFunction",
    "google:index/cloudfunctions2Function:Cloudfunctions2Function",
    "google:index/projectIamMember:ProjectIamMember",
    "google:index/folderIamPolicy:FolderIamPolicy",
    "google:index/organizationIamBinding:OrganizationIamBinding",
    "google:index/organizationIamCustomRole:OrganizationIamCustomRole",
    "google:index/serviceAccountKey:ServiceAccountKey",
    "google:index/serviceAccountIamMember:ServiceAccountIamMember",
    "google:index/iapWebIamMember:IapWebIamMember",
    "google:index/iamWorkloadIdentityPoolProvider:IamWorkloadIdentityPoolProvider",
  ],
};

export const examples: Examples = {
  compliant: types.compliant.map((type) => ({ because: `${type} opens no workload`, type, props: {} })),
  violating: types.violating.map((type) => ({
    because: `nobody here reads ${type}`,
    type,
    props: { member: "allUsers" },
    path: "",
  })),
  unknown: [],
};
