/** Google Cloud's control plane on one machine: resources by Pulumi type, served to the engine as its `gcp` provider. */
export { ControlPlane, type ControlPlaneOptions, openControlPlane } from "./control-plane";
export { ControlPlaneError, GoogleError, LostAnswerError, PartialStateError, ProviderError } from "./errors";
export type { Fault, Operation } from "./faults";
export type { CheckFailure, Handler, Scope, World } from "./handler";
export type { Project } from "./projects";
export { containsUnknown, isUnknown, type Properties, type PropertyValue, UNKNOWN, type Unknown } from "./properties";
export { serveProvider } from "./provider/serve";
export type * from "./requests";
export { type ServedApi, serveIamApi } from "./rest/serve";
export type { CheckRequest, CheckResult } from "./rules/check";
export { conditionHolds } from "./rules/conditions";
export type { ChangeKind, DiffRequest, DiffResult } from "./rules/diff";
export { grantTarget } from "./state/grants";
export type { Change, StoredResource } from "./state/store";
export { PROVIDER_VERSION } from "./type-table";
