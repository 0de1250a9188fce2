export { type AccessRow, accessDiagram, accessMatrix } from "./access-matrix";
export { callEnvironment } from "./environment";
export { type AccessGraph, accessGraph, type Caller, callerName, type Edge, INVOKER_ROLE } from "./graph";
export { accountEmail, accountId, serviceUrl } from "./names";
export { decodeStackConfig, type MeshInput, type Parsed, parseMesh } from "./parse";
export { formatProblems, InvalidConfigError, type Problem } from "./problems";
export type { Ingress, MeshConfig, MeshSpec, ServiceSpec, VpcRoute } from "./spec";
export { untilCondition } from "./until";
