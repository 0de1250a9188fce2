/** Pulumi type tokens as @pulumi/gcp spells them; mind `iAMMember` beside `serviceIamMember`. */

export const SERVICE = "gcp:cloudrunv2/service:Service";
export const JOB = "gcp:cloudrunv2/job:Job";
export const WORKER_POOL = "gcp:cloudrunv2/workerPool:WorkerPool";
export const SERVICE_V1 = "gcp:cloudrun/service:Service";
export const FUNCTION_V1 = "gcp:cloudfunctions/function:Function";
export const FUNCTION_V2 = "gcp:cloudfunctionsv2/function:Function";
export const ACCOUNT = "gcp:serviceaccount/account:Account";
export const ACCOUNT_KEY = "gcp:serviceaccount/key:Key";
export const PROJECT_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole";
export const ORGANIZATION_ROLE = "gcp:organizations/iAMCustomRole:IAMCustomRole";
export const WORKLOAD_POOL_PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
export const WORKFORCE_POOL_PROVIDER = "gcp:iam/workforcePoolProvider:WorkforcePoolProvider";

/** `service` + `Iam` -> the Member, the Binding and the Policy of that resource. */
function forms(module: string, stem: string): string[] {
  const name = stem[0]?.toUpperCase() + stem.slice(1);
  return ["Member", "Binding", "Policy"].map((form) => `gcp:${module}/${stem}${form}:${name}${form}`);
}

/** Grants on what runs on Cloud Run. */
export const CLOUD_RUN_GRANTS: readonly string[] = [
  ...["serviceIam", "jobIam", "workerPoolIam"].flatMap((stem) => forms("cloudrunv2", stem)),
  ...forms("cloudrun", "iam"),
];

/** Grants on a workload itself. */
export const WORKLOAD_GRANTS: readonly string[] = [
  ...CLOUD_RUN_GRANTS,
  ...forms("cloudfunctionsv2", "functionIam"),
  ...forms("cloudfunctions", "functionIam"),
];

/** Grants that every workload below inherits. */
export const INHERITED_GRANTS: readonly string[] = ["projects", "folder", "organizations"].flatMap((module) =>
  forms(module, "iAM"),
);

/** Every grant that can open a workload, from the resource up to the organization. */
export const IAM_GRANTS: readonly string[] = [...WORKLOAD_GRANTS, ...INHERITED_GRANTS];

/** Grants on a service account: who may act as it. */
export const ACCOUNT_GRANTS: readonly string[] = forms("serviceaccount", "iAM");

/** Grants on what Identity-Aware Proxy guards. */
export const IAP_GRANTS: readonly string[] = [
  "agentRegistryAgentIam",
  "agentRegistryEndpointIam",
  "agentRegistryIam",
  "agentRegistryMcpServerIam",
  "appEngineServiceIam",
  "appEngineVersionIam",
  "locationWebIam",
  "tunnelDestGroupIam",
  "tunnelIam",
  "tunnelInstanceIAM",
  "webBackendServiceIam",
  "webCloudRunServiceIam",
  "webForwardingRuleServiceIam",
  "webIam",
  "webRegionBackendServiceIam",
  "webRegionForwardingRuleServiceIam",
  "webTypeAppEngingIam",
  "webTypeComputeIam",
].flatMap((stem) => forms("iap", stem));

export const ALL_GRANTS: readonly string[] = [...IAM_GRANTS, ...ACCOUNT_GRANTS, ...IAP_GRANTS];
