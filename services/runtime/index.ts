/** Everything that a service on Cloud Run needs to call, and be called, with an identity. */
export { ask } from "./answer";
export { type CallAnswer, type Caller, type CallerOptions, type CallRequest, createCaller, path } from "./call";
export { type Clock, Deadline, type Random, sleep, systemClock } from "./clock";
export { RESERVED_VARIABLES, urlVariable } from "./contract";
export { ERRORS, type ErrorBody, type ErrorCode, type ErrorDetail, errorBody, ServiceError } from "./errors";
export { createLog, type Log, type LogOptions, SEVERITIES, type Severity } from "./log";
export { type Environment, type Options, readOptions } from "./options";
export { proxyAwareDispatcher, useForFetch } from "./proxy";
export type { Answer, Handler, ServiceRequest } from "./server/request";
export type { Route } from "./server/router";
export { type RunningServer, type ServerOptions, serve } from "./server/server";
export {
  type RunningService,
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
