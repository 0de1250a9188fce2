/** Runs a Pulumi program against the sandbox: with the real engine, or with the embedded one where there is no CLI. */
export { childEnvironment, refuseRealCredentials } from "./cli/child-environment";
export {
  type FindPulumiOptions,
  findPulumi,
  MINIMUM_PULUMI_VERSION,
  PULUMI_VERSION,
  type PulumiFound,
  type PulumiMissing,
} from "./cli/find-pulumi";
export { type EmbeddedCloud, type EmbeddedResource, embeddedCloud } from "./embedded/cloud";
export { EmbeddedEngine, type EmbeddedEngineOptions, type MadeResource } from "./embedded/embedded-engine";
export type { DeclaredResource, Engine, OperationOptions, Program, StackConfig } from "./engine";
export { EngineError, type EngineErrorCode, messageOf } from "./errors";
export { existingIn } from "./find-existing";
export { openPulumiEngine, type PulumiEngine, type PulumiEngineOptions } from "./pulumi-engine";
export type * from "./result";
export { failureOf } from "./result";
export { type ProjectConfig, readStackConfig, readStackConfigFile, stacksIn } from "./stack/stack-config";
