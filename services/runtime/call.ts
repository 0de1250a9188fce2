import { type Dispatcher, request } from "undici";
import { type Clock, Deadline, type Random, sleep } from "./clock";
import { ServiceError } from "./errors";
import { originOf } from "./options";
import { backoffMs, isIdempotent, isPassing, RetryBudget } from "./retry";
import type { TokenSource } from "./tokens/source";
import { type Trace, traceHeaders } from "./trace";

export interface CallRequest {
  /** @default "GET" */
  readonly method?: string;
  /** Begins with "/". Build it with {@link path}, which encodes what it is given. */
  readonly path: string;
  /** Sent as the query; empty values are left out. */
  readonly query?: Iterable<readonly [string, string]>;
  /** Sent as the body, as JSON. */
  readonly json?: unknown;
  /** Further headers. Those that carry the token and the trace cannot be set here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the call may be sent again after a failure. @default by the method, RFC 9110 section 9.2.2 */
  readonly idempotent?: boolean;
  /** The request that this call is made for: its trace is passed on, and the call ends when it does. */
  readonly context?: { readonly trace?: Trace; readonly signal?: AbortSignal };
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body parsed, where it is JSON; else undefined. */
  readonly json: unknown;
}

/** Calls one receiving service with this service's identity. */
export interface Caller {
  /** Key of the receiving service in the stack config. */
  readonly callee: string;
  /**
   * Sends a request and reads the whole answer, whatever its status: only 2xx is success, the rest is for
   * `answerOf`. Redirects are not followed, so that a token never goes elsewhere.
   *
   * @throws ServiceError `callee-timeout`, `callee-unreachable`, `callee-answer-too-large`, `callee-answer-invalid`;
   * the token source's codes, or `internal` where the call itself is no proper request: then nothing was sent
   */
  call(request: CallRequest): Promise<CallAnswer>;
}

export interface CallerOptions {
  readonly callee: string;
  /** Origin of the receiving service, and the audience of the token. https, or http on loopback. */
  readonly url: string;
  readonly tokens: TokenSource;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a call may take, token, retries and reading included. @default 10000 */
  readonly timeoutMs?: number;
  /** How often an idempotent call is sent again. @default 2 */
  readonly retries?: number;
  /** Largest answer that is read. @default 10485760 */
  readonly answerLimitBytes?: number;
  /**
   * The header that carries the token. Cloud Run checks `X-Serverless-Authorization` alone where it is present and hands
   * `Authorization` on untouched, which leaves that one to the end user's own credentials; receivers that are not
   * Cloud Run may know only `authorization`. Source: https://github.com/GoogleCloudPlatform/cloud-run-proxy/pull/25
   *
   * @default "x-serverless-authorization"
   */
  readonly tokenHeader?: "x-serverless-authorization" | "authorization";
}

type Attempt = { answer: CallAnswer; error?: undefined } | { error: ServiceError; answer?: undefined };

/** @throws ServiceError `options-invalid` when the URL is no origin, or would carry tokens in the clear */
export function createCaller(options: CallerOptions): Caller {
  const { callee, tokens, dispatcher, clock, random } = options;
  const { timeoutMs = 10_000, retries = 2, answerLimitBytes = 10_485_760 } = options;
  const tokenHeader = options.tokenHeader ?? "x-serverless-authorization";
  const origin = originOf(options.url);
  if (!origin) {
    throw new ServiceError(
      "options-invalid",
      `${callee}: its URL is no origin; allowed: https://HOST (http on loopback)`,
    );
  }
  const budget = new RetryBudget();

  /** A defect of who makes the call: no network is to blame, and sending it again does not help. */
  function unsendable(cause: unknown): ServiceError {
    return new ServiceError("internal", `${callee}: the call cannot be put into a request`, { cause });
  }

  function prepared(call: CallRequest): { url: URL; body: string | undefined } {
    try {
      return { url: target(origin!, call), body: JSON.stringify(call.json) };
    } catch (cause) {
      throw unsendable(cause);
    }
  }

  async function send(call: CallRequest, token: string, signal: AbortSignal): Promise<Attempt> {
    const { url, body } = prepared(call);
    try {
      const answer = await request(url, {
        dispatcher,
        signal,
        method: (call.method ?? "GET") as Dispatcher.HttpMethod,
        headersTimeout: 0,
        bodyTimeout: 0,
        headers: {
          accept: "application/json",
          ...lowerCase(call.headers),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(call.context?.trace && traceHeaders(call.context.trace)),
          [tokenHeader]: `Bearer ${token}`,
        },
        ...(body !== undefined && { body }),
      });
      const text = await read(answer.body, answerLimitBytes, callee);
      return { answer: { status: answer.statusCode, headers: answer.headers, json: parsed(answer, text, callee) } };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ServiceError) return { error };
      if ((error as { code?: unknown }).code === "UND_ERR_INVALID_ARG") throw unsendable(error);
      return { error: new ServiceError("callee-unreachable", `${callee}: the connection failed`, { cause: error }) };
    }
  }

  return {
    callee,
    async call(call) {
      const limit = new Deadline(
        clock,
        timeoutMs,
        () => new ServiceError("callee-timeout", `${callee}: no answer within ${timeoutMs} ms`),
        call.context?.signal,
      );
      try {
        let token = await tokens.get(origin, limit.signal);
        let renewed = false;
        for (let sent = 0; ; sent++) {
          const { answer, error } = await send(call, token, limit.signal);
          if (answer && !renewed && saysInvalidToken(answer)) {
            renewed = true;
            const other = await tokens.renew(origin, token, limit.signal);
            if (other === token) return answer;
            token = other;
            sent -= 1;
            continue;
          }
          const failed = error ? error.code === "callee-unreachable" : isPassing(answer!.status);
          if (failed) budget.failed();
          else budget.succeeded();
          const waitMs = backoffMs(sent + 1, random, header(answer, "retry-after"));
          const again = failed && sent < retries && (call.idempotent ?? isIdempotent(call.method ?? "GET"));
          if (!again || !budget.allows || clock.now() + waitMs >= limit.atMs) {
            if (error) throw error;
            return answer;
          }
          await sleep(clock, waitMs, limit.signal);
          token = await tokens.get(origin, limit.signal);
        }
      } finally {
        limit.dispose();
      }
    },
  };
}

/**
 * A path with its values encoded: `path\`/users/${id}\``.
 *
 * @throws ServiceError `parameter-invalid` for a value that would climb: "", "." or ".."
 */
export function path(literals: TemplateStringsArray, ...values: readonly string[]): string {
  return literals.reduce((text, literal, index) => {
    const value = values[index - 1]!;
    if (/^\.{0,2}$/.test(value)) throw new ServiceError("parameter-invalid", `"${value}" cannot be part of a path`);
    return text + encodeURIComponent(value) + literal;
  });
}

function target(origin: string, call: CallRequest): URL {
  const url = new URL(origin + (call.path.startsWith("/") ? call.path : `/${call.path}`));
  for (const [name, value] of call.query ?? []) if (value !== "") url.searchParams.append(name, value);
  return url;
}

async function read(body: Dispatcher.ResponseData["body"], limit: number, callee: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limit) {
      throw new ServiceError("callee-answer-too-large", `${callee}: its answer has more than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(answer: Dispatcher.ResponseData, text: string, callee: string): unknown {
  if (text === "" || !/^application\/([\w.-]+\+)?json\b/.test(String(answer.headers["content-type"] ?? "")))
    return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ServiceError("callee-answer-invalid", `${callee}: its answer is declared as JSON, but is none`, {
      cause,
    });
  }
}

/** What Cloud Run says of a token that it cannot verify, is expired, or is meant for someone else. */
function saysInvalidToken(answer: CallAnswer): boolean {
  return answer.status === 401 && (header(answer, "www-authenticate") ?? "").includes("invalid_token");
}

function header(answer: CallAnswer | undefined, name: string): string | undefined {
  const value = answer?.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

function lowerCase(headers: CallRequest["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}
