import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { ERRORS, errorBody, errorFields, ServiceError, traceOf } from "../../runtime/index";
import type { Core } from "../core";
import type { Backend } from "./backend";

/** Codes of undici and of Node that say: what came was no proper answer. */
const NO_ANSWER = /^(UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|ERR_INVALID_|ERR_HTTP_)/;

/** What went wrong between the proxy and a backend, in words that show no insides: the log has the cause. */
export function backendError(backend: Backend, cause: unknown): ServiceError {
  if (cause instanceof ServiceError) return cause;
  const { callee } = backend;
  const { code = "", message = "", name = "" } = cause as { code?: string; message?: string; name?: string };
  if (code === "UND_ERR_CONNECT_TIMEOUT") {
    return new ServiceError("callee-timeout", `${callee}: no connection in time`, { cause });
  }
  if (name === "HTTPParserError" || NO_ANSWER.test(code) || /^bad (response|upgrade)$/.test(message)) {
    return new ServiceError("callee-answer-invalid", `${callee}: its answer is not proper HTTP`, { cause });
  }
  return new ServiceError("callee-unreachable", `${callee}: the connection failed`, { cause });
}

/** The token source's errors name the metadata server and the audience: clients get the code and its meaning. */
export function tokenError(backend: Backend, cause: unknown): ServiceError {
  const code = cause instanceof ServiceError ? cause.code : "token-unavailable";
  return new ServiceError(code, `${backend.callee}: ${ERRORS[code].meaning}`, { cause });
}

/** What is said once a fresh token has been refused too. */
export function tokenRefused(backend: Backend): ServiceError {
  return new ServiceError(
    "callee-refused",
    `${backend.callee}: it takes no ID token for the audience that this proxy was told; its URL here must be one of its own URLs or custom audiences`,
  );
}

/** Writes an error to the log where it is not the client's doing. */
export function logFailure(core: Core, incoming: IncomingMessage, error: ServiceError, backend?: Backend): void {
  if (error.status < 500) return;
  const fields = { ...errorFields(error), ...(backend && { audience: backend.origin }) };
  core.log
    .within(traceOf(incoming.headers, core.random))
    .write(error.code === "internal" ? "ERROR" : "WARNING", error.message, fields);
}

/** Answers with an error as JSON, where nothing has been answered yet. */
export function answerError(
  response: ServerResponse,
  error: ServiceError,
  more: readonly string[],
  closing: boolean,
): void {
  const body = JSON.stringify(errorBody(error));
  const headers = [
    ...more,
    ...Object.entries(error.more.headers ?? {}).flat(),
    "content-type",
    "application/json; charset=utf-8",
    "content-length",
    String(Buffer.byteLength(body)),
    "cache-control",
    "no-store",
  ];
  if (closing) headers.push("connection", "close");
  response.writeHead(error.status, headers);
  response.end(body);
}

/** The same on a connection that has no response object: one that was not understood, or that wanted an upgrade. */
export function rawError(error: ServiceError): string {
  const body = JSON.stringify(errorBody(error));
  const lines = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? "Error"}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
