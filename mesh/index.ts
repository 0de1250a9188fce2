export { type AccessRow, accessDiagram, accessMatrix } from "./access-matrix";
export { callEnvironment } from "./environment";
export {
  type AccessGraph,
  accessGraph,
  type Caller,
  callerName,
  type Edge,
  IAP_ACCESSOR_ROLE,
  INVOKER_ROLE,
} from "./graph";
export { accountEmail, accountId, serviceUrl } from "./names";
export type { NetworkSpec } from "./network";
export { decodeStackConfig, type MeshInput, type Parsed, parseMesh } from "./parse";
export { formatProblems, InvalidConfigError, type Problem } from "./problems";
export { type ProjectApi, projectApis } from "./project-services";
export type { Ingress, MeshConfig, MeshSpec, ServiceSpec, VpcRoute } from "./spec";
export { untilCondition } from "./until";
