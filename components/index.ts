export { CloudRunMesh, type CloudRunMeshArgs } from "./cloud-run-mesh";
export { CloudRunService, type CloudRunServiceArgs, INGRESS_ALL_REASON, type SecretSource } from "./cloud-run-service";
export { IapAccess, type IapAccessArgs, type IapAccessor } from "./iap-access";
export { InvokerGrant, type InvokerGrantArgs } from "./invoker-grant";
export { MeshNetwork, type MeshNetworkArgs } from "./mesh-network";
export { ProjectServices, type ProjectServicesArgs } from "./project-services";
