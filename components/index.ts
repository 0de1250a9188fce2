export { CloudRunMesh, type CloudRunMeshArgs } from "./cloud-run-mesh";
export { CloudRunService, type CloudRunServiceArgs, INGRESS_ALL_REASON, type SecretSource } from "./cloud-run-service";
export { InvokerGrant, type InvokerGrantArgs } from "./invoker-grant";
