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

/** The parts of a load balancer, each global and regional. Only a regional group can lead to what is serverless. */
export const NETWORK_ENDPOINT_GROUP = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup";
export const BACKEND_SERVICE = "gcp:compute/backendService:BackendService";
export const REGION_BACKEND_SERVICE = "gcp:compute/regionBackendService:RegionBackendService";
export const BACKEND_SERVICES: readonly string[] = [BACKEND_SERVICE, REGION_BACKEND_SERVICE];
export const BACKEND_BUCKETS: readonly string[] = [
  "gcp:compute/backendBucket:BackendBucket",
  "gcp:compute/regionBackendBucket:RegionBackendBucket",
];
export const URL_MAP = "gcp:compute/uRLMap:URLMap";
export const REGION_URL_MAP = "gcp:compute/regionUrlMap:RegionUrlMap";
export const URL_MAPS: readonly string[] = [URL_MAP, REGION_URL_MAP];
export const TARGET_HTTP_PROXY = "gcp:compute/targetHttpProxy:TargetHttpProxy";
export const REGION_TARGET_HTTP_PROXY = "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy";
export const TARGET_HTTPS_PROXY = "gcp:compute/targetHttpsProxy:TargetHttpsProxy";
export const REGION_TARGET_HTTPS_PROXY = "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy";
export const TARGET_SSL_PROXY = "gcp:compute/targetSSLProxy:TargetSSLProxy";
export const FORWARDING_RULES: readonly string[] = [
  "gcp:compute/globalForwardingRule:GlobalForwardingRule",
  "gcp:compute/forwardingRule:ForwardingRule",
];
export const SSL_POLICIES: readonly string[] = [
  "gcp:compute/sSLPolicy:SSLPolicy",
  "gcp:compute/regionSslPolicy:RegionSslPolicy",
];
export const SECURITY_POLICY = "gcp:compute/securityPolicy:SecurityPolicy";
export const SECURITY_POLICY_RULE = "gcp:compute/securityPolicyRule:SecurityPolicyRule";
export const ORGANIZATION_SECURITY_POLICY_RULE =
  "gcp:compute/organizationSecurityPolicyRule:OrganizationSecurityPolicyRule";

/** What Identity-Aware Proxy does before something that it guards. */
export const IAP_SETTINGS = "gcp:iap/settings:Settings";

export const IDENTITY_PLATFORM: readonly string[] = [
  "config:Config",
  "defaultSupportedIdpConfig:DefaultSupportedIdpConfig",
  "inboundSamlConfig:InboundSamlConfig",
  "oauthIdpConfig:OauthIdpConfig",
  "tenant:Tenant",
  "tenantDefaultSupportedIdpConfig:TenantDefaultSupportedIdpConfig",
  "tenantInboundSamlConfig:TenantInboundSamlConfig",
  "tenantOauthIdpConfig:TenantOauthIdpConfig",
].map((type) => `gcp:identityplatform/${type}`);

/** An API that a project has switched on. */
export const PROJECT_SERVICE = "gcp:projects/service:Service";

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
