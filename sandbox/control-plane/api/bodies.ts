/** What of a resource's arguments goes into the body of a request, as Google's discovery documents describe it. */
export interface RequestBody {
  /** The message that the body is, after its API's discovery document: `run.v2/GoogleCloudRunV2Service`. @default - no body */
  readonly message?: string;
  /** Arguments that go into the URL: where the resource is, and what it is in. */
  readonly inUrl?: readonly string[];
  /** Arguments that are the provider's own: Google is not told of them. */
  readonly ofProvider?: readonly string[];
  /** Arguments that stand elsewhere in the body, by the path at which they do. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

const RUN_PLACE = { inUrl: ["location", "project"], ofProvider: ["deletionProtection"] };

/** A member of a policy: a binding of the policy, on what the rest of the arguments name. */
function binding(...inUrl: string[]): RequestBody {
  return { message: "iam.v1/Binding", inUrl, elsewhere: { member: "members" } };
}

/**
 * The body by the type of the resource, of every type that the components make. The provider passes arguments on under
 * their own names, in another spelling; where it does not, the row says so. Sources: `expand…` functions and `url`s of
 * https://github.com/hashicorp/terraform-provider-google-beta/tree/main/google-beta/services
 */
export const BODIES: Readonly<Record<string, RequestBody>> = {
  "gcp:cloudrunv2/service:Service": { message: "run.v2/GoogleCloudRunV2Service", ...RUN_PLACE },
  "gcp:cloudrunv2/job:Job": { message: "run.v2/GoogleCloudRunV2Job", ...RUN_PLACE },
  "gcp:cloudrunv2/workerPool:WorkerPool": { message: "run.v2/GoogleCloudRunV2WorkerPool", ...RUN_PLACE },
  "gcp:cloudfunctionsv2/function:Function": {
    message: "cloudfunctions.v2/Function",
    inUrl: ["location", "project"],
    ofProvider: ["deletionPolicy"],
  },
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": binding("location", "name", "project"),
  "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember": binding(
    "cloudRunServiceName",
    "location",
    "project",
  ),
  "gcp:projects/iAMMember:IAMMember": binding("project"),
  "gcp:secretmanager/secretIamMember:SecretIamMember": binding("project", "secretId"),
  "gcp:serviceaccount/iAMMember:IAMMember": binding("serviceAccountId"),
  "gcp:serviceaccount/account:Account": {
    message: "iam.v1/CreateServiceAccountRequest",
    inUrl: ["project"],
    elsewhere: { displayName: "serviceAccount.displayName" },
  },
  "gcp:compute/network:Network": { message: "compute.v1/Network", inUrl: ["project"] },
  "gcp:compute/subnetwork:Subnetwork": { message: "compute.v1/Subnetwork", inUrl: ["project"] },
  "gcp:compute/router:Router": { message: "compute.v1/Router", inUrl: ["project"] },
  // A part of its router, which is patched.
  "gcp:compute/routerNat:RouterNat": { message: "compute.v1/RouterNat", inUrl: ["project", "region", "router"] },
  "gcp:dns/managedZone:ManagedZone": { message: "dns.v1/ManagedZone", inUrl: ["project"] },
  "gcp:dns/recordSet:RecordSet": {
    message: "dns.v1/ResourceRecordSet",
    inUrl: ["managedZone", "project"],
  },
  "gcp:compute/globalAddress:GlobalAddress": { message: "compute.v1/Address", inUrl: ["project"] },
  "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": {
    message: "compute.v1/NetworkEndpointGroup",
    inUrl: ["project", "region"],
  },
  "gcp:compute/backendService:BackendService": { message: "compute.v1/BackendService", inUrl: ["project"] },
  "gcp:compute/uRLMap:URLMap": { message: "compute.v1/UrlMap", inUrl: ["project"] },
  "gcp:compute/sSLPolicy:SSLPolicy": { message: "compute.v1/SslPolicy", inUrl: ["project"] },
  "gcp:compute/securityPolicy:SecurityPolicy": { message: "compute.v1/SecurityPolicy", inUrl: ["project"] },
  "gcp:compute/targetHttpProxy:TargetHttpProxy": { message: "compute.v1/TargetHttpProxy", inUrl: ["project"] },
  "gcp:compute/targetHttpsProxy:TargetHttpsProxy": { message: "compute.v1/TargetHttpsProxy", inUrl: ["project"] },
  "gcp:compute/globalForwardingRule:GlobalForwardingRule": {
    message: "compute.v1/ForwardingRule",
    inUrl: ["project"],
    elsewhere: { ipAddress: "IPAddress", ipProtocol: "IPProtocol" },
  },
  "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {
    message: "certificatemanager.v1/DnsAuthorization",
    inUrl: ["location", "project"],
  },
  "gcp:certificatemanager/certificate:Certificate": {
    message: "certificatemanager.v1/Certificate",
    inUrl: ["location", "project"],
  },
  "gcp:certificatemanager/certificateMap:CertificateMap": {
    message: "certificatemanager.v1/CertificateMap",
    inUrl: ["project"],
  },
  "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": {
    message: "certificatemanager.v1/CertificateMapEntry",
    inUrl: ["map", "project"],
  },
  "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember": binding("project", "webBackendService"),
  "gcp:iap/settings:Settings": { message: "iap.v1/IapSettings" },
  "gcp:iam/oauthClient:OauthClient": {
    message: "iam.v1/OauthClient",
    inUrl: ["location", "oauthClientId", "project"],
  },
  "gcp:iam/oauthClientCredential:OauthClientCredential": {
    message: "iam.v1/OauthClientCredential",
    inUrl: ["location", "oauthClientCredentialId", "oauthclient", "project"],
  },
  "gcp:iam/workforcePool:WorkforcePool": {
    message: "iam.v1/WorkforcePool",
    inUrl: ["location", "workforcePoolId"],
  },
  "gcp:iam/workforcePoolProvider:WorkforcePoolProvider": {
    message: "iam.v1/WorkforcePoolProvider",
    inUrl: ["location", "providerId", "workforcePoolId"],
  },
  "gcp:vpcaccess/connector:Connector": { message: "vpcaccess.v1/Connector", inUrl: ["project", "region"] },
  // The name of the API is a part of the URL, and so is all that is said of an agent.
  "gcp:projects/service:Service": {
    inUrl: ["project", "service"],
    ofProvider: ["disableOnDestroy"],
  },
  "gcp:projects/serviceIdentity:ServiceIdentity": {
    inUrl: ["project", "service"],
  },
  "gcp:sql/user:User": { message: "sqladmin.v1/User", inUrl: ["instance", "project"] },
  "gcp:storage/bucketIAMMember:BucketIAMMember": binding("bucket"),
  "gcp:storage/bucket:Bucket": {
    message: "storage.v1/Bucket",
    inUrl: ["project"],
    ofProvider: ["forceDestroy"],
    elsewhere: {
      publicAccessPrevention: "iamConfiguration.publicAccessPrevention",
      uniformBucketLevelAccess: "iamConfiguration.uniformBucketLevelAccess.enabled",
    },
  },
  // The code itself is the content of the upload.
  "gcp:storage/bucketObject:BucketObject": { message: "storage.v1/Object", ofProvider: ["source"] },
};
