/** What the Google APIs that are played have in common: a route, an answer, and Google's form of an error. */
import type { IncomingMessage } from "node:http";
import type { ControlPlane } from "../../control-plane";
import type { Identities } from "../identity/identities";
import type { Workforce } from "../sign-in/sign-in";

export interface ApiOptions {
  readonly controlPlane: ControlPlane;
  readonly identities: Identities;
  readonly workforce: Workforce;
  readonly clock: () => Date;
}

export interface Call extends ApiOptions {
  readonly request: IncomingMessage;
  /** What the groups of the route's pattern matched, without percent encoding. */
  readonly parts: readonly string[];
}

export interface ApiAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log, where it may say more than Google does. @default the error's message */
  readonly reason?: string;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** Of host and path. */
  readonly target: RegExp;
  answer(call: Call): ApiAnswer | Promise<ApiAnswer>;
}

/** Ends a call with an answer that is for whoever sent it. */
export class ApiFailure extends Error {
  constructor(readonly answer: ApiAnswer) {
    super("refused");
  }
}

/** Source: https://cloud.google.com/apis/design/errors */
export function failure(code: number, status: string, message: string, more: Partial<ApiAnswer> = {}): ApiAnswer {
  return { status: code, json: { error: { code, message, status } }, ...more };
}

export function invalidArgument(message: string): ApiFailure {
  return new ApiFailure(failure(400, "INVALID_ARGUMENT", message));
}

/** Source: RFC 6749, section 5.2 */
export function oauthFailure(error: string, description: string, status = 400): ApiFailure {
  const json = { error, error_description: description };
  return new ApiFailure({ status, json, reason: `${error}: ${description}` });
}

const LARGEST_BODY = 100_000;

/** @throws ApiFailure where it is too large */
export async function textOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > LARGEST_BODY) throw invalidArgument("Request payload size exceeds the limit.");
  }
  return body;
}

/** The fields of a body in JSON. @throws ApiFailure where it is none */
export async function fieldsOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const text = await textOf(request);
  try {
    const value: unknown = JSON.parse(text || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, as for JSON of another kind.
  }
  throw invalidArgument("Invalid JSON payload received.");
}
