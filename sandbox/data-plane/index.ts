/** Google Cloud's data plane on one machine: runs what the control plane holds, and lets through what Cloud Run would. */
export type { Caller, Egress } from "./callers";
export { DataPlane, openDataPlane } from "./data-plane";
export { type DecisionFile, openDecisionFile } from "./decision-file";
export { type Decision, decisionLine, explain, REASON_CODES, type ReasonCode } from "./decisions";
export type { Entrance, FrontEnd } from "./front-end/front-end";
export type { Person } from "./identity/directory";
export type { TokenOverrides } from "./identity/issuer";
export type { MetadataFault } from "./identity/metadata-server";
export type { Position } from "./network";
export type { DataPlaneOptions, ProxyAccess, ServiceStatus, Stats, Workload } from "./options";
export type { ServiceLog } from "./processes/instance";
export { type SignedIn, type SignIn, SignInError } from "./sign-in/sign-in";
