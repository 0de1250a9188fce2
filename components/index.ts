export { CloudRunFunction, type CloudRunFunctionArgs, INGRESS_ALL_REASON_LABEL } from "./cloud-run-function";
export { CloudRunJob, type CloudRunJobArgs } from "./cloud-run-job";
export { CloudRunMesh, type CloudRunMeshArgs } from "./cloud-run-mesh";
export { CloudRunService, type CloudRunServiceArgs, INGRESS_ALL_REASON } from "./cloud-run-service";
export { CloudRunWorkerPool, type CloudRunWorkerPoolArgs } from "./cloud-run-worker-pool";
export { DeveloperAccess, type DeveloperAccessArgs, type Impersonator } from "./developer-access";
export { heldNodes } from "./held-nodes";
export { IapAccess, type IapAccessArgs, type IapAccessor } from "./iap-access";
export { IapOauthClient, type IapOauthClientArgs } from "./iap-oauth-client";
export { InvokerGrant, type InvokerGrantArgs } from "./invoker-grant";
export { MeshNetwork, type MeshNetworkArgs } from "./mesh-network";
export type { OwnAccountArgs, SecretSource } from "./own-account";
export { ProjectServices, type ProjectServicesArgs } from "./project-services";
export {
  type EntraOidc,
  type EntraSaml,
  WorkforceFederation,
  type WorkforceFederationArgs,
} from "./workforce-federation";
