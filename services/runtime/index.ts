/** Everything that a service on Cloud Run needs to call, and be called, with an identity. */
export { ask } from "./answer";
export { type CallAnswer, type Caller, type CallerOptions, type CallRequest, createCaller, path } from "./call";
export { type Clock, Deadline, type Random, sleep, systemClock, unlessAborted } from "./clock";
export { IAP_AUDIENCE_VARIABLE, RESERVED_VARIABLES, urlVariable } from "./contract";
export {
  asServiceError,
  ERRORS,
  type ErrorBody,
  type ErrorCode,
  type ErrorDetail,
  errorBody,
  ServiceError,
} from "./errors";
export type { IapIdentity } from "./iap/identity";
export { iapKeysOverHttp, type LoadIapKeys } from "./iap/keys";
export { assertionIn, type IapHandler, type IapRequest, requireIapIdentity } from "./iap/require";
export { createIapVerifier, type IapVerifier, type IapVerifierOptions } from "./iap/verifier";
export { createLog, errorFields, type Log, type LogOptions, SEVERITIES, type Severity } from "./log";
export { type Environment, EnvironmentReader, type Options, originOf, readOptions } from "./options";
export { proxyAwareDispatcher, useForFetch } from "./proxy";
export { type DrainOptions, drain, type Running } from "./server/drain";
export type { Answer, Handler, ServiceRequest } from "./server/request";
export type { Route } from "./server/router";
export {
  type ErrorAnswer,
  KEEP_ALIVE_MS,
  listening,
  type RunningServer,
  type ServerOptions,
  serve,
} from "./server/server";
export {
  createIdentity,
  type Identity,
  type RunningService,
  runProcess,
  runService,
  type ServiceDefinition,
  type ServiceTools,
  type ServiceWorld,
  startService,
} from "./service";
export { defaultCredentials } from "./tokens/default-credentials";
export { type IdToken, type Minted, type Minter, readIdToken } from "./tokens/id-token";
export { type MetadataServer, metadataServer } from "./tokens/metadata";
export { createTokenSource, type TokenSource, type TokenSourceOptions } from "./tokens/source";
export { type Trace, traceHeaders, traceOf } from "./trace";
export { checked, type StandardSchema, validate } from "./validate";
