/** Runs a Pulumi program against the sandbox: with the real engine, or with the embedded one where there is no CLI. */
export { childEnvironment, refuseRealCredentials } from "./child-environment";
export {
  type EmbeddedCloud,
  EmbeddedEngine,
  type EmbeddedEngineOptions,
  type EmbeddedResource,
} from "./embedded-engine";
export type { DeclaredResource, Engine, OperationOptions, Program, StackConfig } from "./engine";
export { EngineError, type EngineErrorCode, messageOf } from "./errors";
export {
  type FindPulumiOptions,
  findPulumi,
  MINIMUM_PULUMI_VERSION,
  PULUMI_VERSION,
  type PulumiFound,
  type PulumiMissing,
} from "./find-pulumi";
export { embeddedCloud, existingIn } from "./over-control-plane";
export { openPulumiEngine, type PulumiEngine, type PulumiEngineOptions } from "./pulumi-engine";
export type * from "./result";
export { type ProjectConfig, readStackConfig, readStackConfigFile, stacksIn } from "./stack-config";
