export { type AccessRow, accessDiagram, accessMatrix } from "./access-matrix";
export { checkHeld, checkRevisions, type Held } from "./checks/held";
export { checkOrganization } from "./checks/organization";
export { DATABASE_ROLES, instanceCondition, instanceParts, SOCKET_VOLUME, SOCKETS } from "./cloud-sql";
export { decodeStackConfig, type MeshInput } from "./decode";
export { callEnvironment, IAP_AUDIENCE_VARIABLE } from "./environment";
export {
  type AccessGraph,
  accessGraph,
  type Caller,
  callerName,
  type Edge,
  type Impersonation,
} from "./graph";
export { isOnePerson, parseMember } from "./members";
export { accessKey, accountId, functionBucket, labelValue } from "./names";
export { DEFAULT_MAX_INSTANCES, type NetworkSpec } from "./network";
export type { OperatorGrant } from "./operators";
export { type Parsed, parseMesh } from "./parse";
export { callerPath, type DeployedMesh, permissionFor } from "./permission-line";
export { formatProblem, formatProblems, InvalidConfigError, type Problem } from "./problems";
export { hasStorageTriggers, hasTriggers, type ProjectApi, projectApis, runners } from "./project-services";
export { IAP_ACCESSOR_ROLE, INVOKER_ROLE, OPEN_ID_TOKEN_CREATOR_ROLE, TOKEN_CREATOR_ROLE } from "./roles";
export type { CloudSqlSpec } from "./spec/cloud-sql";
export type { Accessor, LoadBalancerSpec, Routed } from "./spec/load-balancer";
export type {
  CallerSpec,
  DeveloperSpec,
  FunctionSpec,
  Ingress,
  Inside,
  JobSpec,
  MeshConfig,
  MeshSpec,
  ReceiverSpec,
  ServiceSpec,
  VpcRoute,
  WorkerPoolSpec,
} from "./spec/spec";
export { deploymentEnd, untilCondition } from "./until";
export { GUID, oauthClientProblem, partIdProblem, poolId, poolProblem } from "./workforce";
