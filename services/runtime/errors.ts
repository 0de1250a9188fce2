/**
 * Every error that a service answers with or stops for. The keys are the stable codes: clients and tests may rely on
 * them, messages may be reworded. `status` is the HTTP status that goes with the code unless the place says otherwise.
 */
export const ERRORS = {
  "options-invalid": { status: 500, meaning: "the environment holds values that the service cannot start with" },
  "port-taken": { status: 500, meaning: "another process listens on the port" },
  "token-unavailable": { status: 503, meaning: "no ID token could be had: the metadata server failed or was too slow" },
  "token-invalid": { status: 503, meaning: "what came back is no ID token for this audience, or it has expired" },
  "credentials-unavailable": { status: 503, meaning: "outside Google Cloud: no credentials that can mint ID tokens" },
  "callee-unreachable": { status: 502, meaning: "the connection to the receiving service failed" },
  "callee-timeout": { status: 504, meaning: "the receiving service did not answer within the deadline" },
  "callee-refused": { status: 502, meaning: "Cloud Run refused the call: token or roles/run.invoker" },
  "callee-failed": { status: 502, meaning: "the receiving service answered with an error of its own" },
  "callee-busy": { status: 503, meaning: "the receiving service has no instance free (429 or 503)" },
  "callee-answer-invalid": { status: 502, meaning: "the receiving service's answer is not what its API promises" },
  "callee-answer-too-large": { status: 502, meaning: "the receiving service's answer is over the limit" },
  "route-unknown": { status: 404, meaning: "no such path" },
  "path-ambiguous": { status: 400, meaning: "the path can be read in more than one way" },
  "method-unknown": { status: 405, meaning: "the path exists, not with this method" },
  "not-found": { status: 404, meaning: "the path is right, the thing it names does not exist" },
  conflict: { status: 409, meaning: "the request does not fit the present state" },
  "parameter-invalid": { status: 400, meaning: "a path or query parameter has no allowed value" },
  "body-invalid": { status: 400, meaning: "the body is JSON, but not what this path takes" },
  "body-not-json": { status: 400, meaning: "the body is not valid JSON" },
  "body-too-large": { status: 413, meaning: "the body is over the limit" },
  "headers-too-large": { status: 431, meaning: "the request's header is over the limit" },
  "request-malformed": { status: 400, meaning: "not HTTP, or HTTP that can be read in more than one way" },
  "request-stalled": { status: 408, meaning: "the client began a request and stopped sending it" },
  "upgrade-unsupported": { status: 501, meaning: "the connection cannot be switched to this protocol here" },
  "origin-refused": { status: 403, meaning: "a page of an origin that is not declared sent the request" },
  "identity-missing": { status: 401, meaning: "the request does not come through Identity-Aware Proxy" },
  "identity-invalid": { status: 401, meaning: "the assertion of Identity-Aware Proxy does not hold here" },
  "identity-not-permitted": { status: 403, meaning: "the person is known, and may not do this" },
  "identity-audience-unknown": { status: 503, meaning: "what assertions must be meant for is not set here" },
  "identity-keys-unavailable": { status: 503, meaning: "the keys that assertions are checked with could not be had" },
  "directory-unavailable": { status: 503, meaning: "the directory that knows people's groups cannot be asked" },
  "database-unavailable": { status: 503, meaning: "the service's database cannot be reached" },
  "media-type-unsupported": { status: 415, meaning: "the body is not declared as application/json" },
  "request-timeout": { status: 504, meaning: "this service did not finish the request within its own deadline" },
  "client-gone": { status: 499, meaning: "the client closed the connection first; nobody reads the answer" },
  "shutting-down": { status: 503, meaning: "the instance is stopping and the request could not finish in time" },
  internal: { status: 500, meaning: "a defect in this service; the log has the stack" },
} as const satisfies Record<string, { status: number; meaning: string }>;

/** The closed union of error codes. */
export type ErrorCode = keyof typeof ERRORS;

/** One finding inside an error: where it is, and what is wrong there. */
export interface ErrorDetail {
  /** Which variable, field, parameter or receiving service. */
  readonly path: string;
  readonly message: string;
  /** Status that the receiving service answered with. */
  readonly status?: number;
  /** Error code that the receiving service answered with. */
  readonly code?: string;
}

/** An error with a stable code. Its message never holds a token or another secret. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly more: {
      /** @default the code's own status in {@link ERRORS} */
      readonly status?: number;
      readonly details?: readonly ErrorDetail[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
  }

  /** HTTP status to answer with. */
  get status(): number {
    return this.more.status ?? ERRORS[this.code].status;
  }

  get details(): readonly ErrorDetail[] {
    return this.more.details ?? [];
  }
}

/** The JSON that a client gets for an error. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly details?: readonly ErrorDetail[] };
}

/** An error as JSON. Anything that is not a {@link ServiceError} reads `internal`, so that nothing inside leaks out. */
export function errorBody(error: unknown): ErrorBody {
  const { code, message, details } = asServiceError(error);
  return { error: { code, message, ...(details.length > 0 && { details }) } };
}

/** The error itself where it has a code, else `internal` with the error as cause. */
export function asServiceError(error: unknown): ServiceError {
  return error instanceof ServiceError ? error : new ServiceError("internal", "internal error", { cause: error });
}

/** Whether a string, such as a code in another service's answer, is one of the codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERRORS, code);
}
