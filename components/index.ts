export { CloudRunFunction, type CloudRunFunctionArgs, INGRESS_ALL_REASON_LABEL } from "./cloud-run-function";
export { CloudRunJob, type CloudRunJobArgs } from "./cloud-run-job";
export { CloudRunMesh, type CloudRunMeshArgs } from "./cloud-run-mesh";
export { CloudRunService, type CloudRunServiceArgs, INGRESS_ALL_REASON } from "./cloud-run-service";
export { CloudRunWorkerPool, type CloudRunWorkerPoolArgs } from "./cloud-run-worker-pool";
export { DeveloperAccess, type DeveloperAccessArgs, type Impersonator } from "./developer-access";
export { heldBackends, heldNodes } from "./held-nodes";
export { IapAccess, type IapAccessArgs, type IapAccessor } from "./iap-access";
export { IapBackend, type IapBackendArgs } from "./iap-backend";
export { IapLoadBalancer, type IapLoadBalancerArgs } from "./iap-load-balancer";
export { IapOauthClient, type IapOauthClientArgs } from "./iap-oauth-client";
export type { IapSignIn } from "./iap-settings";
export { InvokerGrant, type InvokerGrantArgs } from "./invoker-grant";
export { type CloudArmorArgs, cloudArmor } from "./load-balancer/cloud-armor";
export type { DnsRecord, DnsZone } from "./load-balancer/dns";
export { MeshNetwork, type MeshNetworkArgs } from "./mesh-network";
export type { OwnAccountArgs, SecretSource } from "./own-account";
export { ProjectServices, type ProjectServicesArgs } from "./project-services";
export {
  type EntraOidc,
  type EntraSaml,
  WorkforceFederation,
  type WorkforceFederationArgs,
} from "./workforce-federation";
