import type { CallAnswer, Caller, CallRequest } from "./call";
import { type ErrorDetail, isErrorCode, ServiceError } from "./errors";
import { type StandardSchema, validate } from "./validate";

/**
 * Calls a service and takes its answer apart: 2xx whose body fits the schema, or an error that this service can answer
 * with itself.
 *
 * * 4xx with an error code of the receiving service's API is handed on: it is about what the client asked for.
 * * Cloud Run's own 401, 403 and 404 carry no code. They say that the mesh is set up wrong, so the client gets a 502.
 * * 429 and 503 become `callee-busy`, every other 5xx `callee-failed`.
 *
 * @throws ServiceError one of the above, `callee-answer-invalid`, or what {@link Caller.call} throws
 */
export async function ask<T>(caller: Caller, request: CallRequest, schema: StandardSchema<T>): Promise<T> {
  const answer = await caller.call(request);
  if (answer.status < 200 || answer.status > 299) throw refusal(caller.callee, answer);
  const checked = validate(schema, answer.json);
  if (!checked.problems) return checked.value;
  throw new ServiceError("callee-answer-invalid", `${caller.callee}: its answer is not what its API promises`, {
    details: checked.problems,
  });
}

function refusal(callee: string, answer: CallAnswer): ServiceError {
  const { status } = answer;
  const { code, message, details } = errorIn(answer.json);
  const because: ErrorDetail = {
    path: callee,
    message: message ?? "no error code in the answer: it is Cloud Run's own",
    status,
    ...(code !== undefined && { code }),
  };
  const fail = (as: "callee-refused" | "callee-failed" | "callee-busy", text: string) =>
    new ServiceError(as, `${callee}: ${text}`, { details: [because] });
  if (status === 429 || status === 503) return fail("callee-busy", `answered ${status}`);
  if (status >= 500) return fail("callee-failed", `answered ${status}`);
  if (isErrorCode(code)) return new ServiceError(code, message ?? code, { status, details });
  if (status === 401) return fail("callee-refused", "answered 401: it takes no token for this audience");
  if (status === 403)
    return fail("callee-refused", "answered 403: this service's account has no roles/run.invoker on it");
  if (status === 404)
    return fail("callee-failed", "answered 404: it is not there, or not open to this service's network");
  return fail("callee-failed", `answered ${status}`);
}

function errorIn(json: unknown): { code?: string; message?: string; details: readonly ErrorDetail[] } {
  const error = (json as { error?: { code?: unknown; message?: unknown; details?: unknown } } | null | undefined)
    ?.error;
  return {
    ...(typeof error?.code === "string" && { code: error.code }),
    ...(typeof error?.message === "string" && { message: error.message }),
    details: Array.isArray(error?.details) ? (error.details as ErrorDetail[]) : [],
  };
}
