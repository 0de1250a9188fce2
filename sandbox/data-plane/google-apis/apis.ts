/** The few Google APIs that tokens need: public keys, discovery, and minting for somebody else. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReasonCode } from "../decisions";
import { urlIn } from "../request-target";
import { type ApiAnswer, ApiFailure, type ApiOptions, failure } from "./api";
import { CREDENTIALS } from "./credentials";
import { notPlayed } from "./not-played";
import { PUBLISHED_KEYS } from "./published-keys";
import { SECURITY_TOKENS } from "./security-tokens";
import { TOKEN_ENDPOINT } from "./token-endpoint";
import { TOKEN_INFO } from "./token-info";

const ROUTES = [...PUBLISHED_KEYS, ...TOKEN_ENDPOINT, ...TOKEN_INFO, ...CREDENTIALS, ...SECURITY_TOKENS];

/** Hosts of Google's that sandbox processes ask; what is played of them is in the routes. */
const GOOGLE_HOSTS: readonly string[] = ["accounts.google.com", "www.gstatic.com"];

/** Whether a host is one of Google's APIs: played in part, or not at all. */
export function isGoogleApi(host: string): boolean {
  return GOOGLE_HOSTS.includes(host) || host.endsWith(".googleapis.com");
}

/** Whether anything of a host is played. */
export function playsHost(host: string): boolean {
  return GOOGLE_HOSTS.includes(host) || /^(?:www|oauth2|openidconnect|iamcredentials|sts)\.googleapis\.com$/.test(host);
}

/** What became of a request, for the log. */
export interface Outcome {
  readonly code: number;
  readonly reason: ReasonCode;
  readonly message: string;
}

/** Answers for a host of Google's. */
export type GoogleApis = (host: string, request: IncomingMessage, response: ServerResponse) => Promise<Outcome>;

export function googleApis(options: ApiOptions): GoogleApis {
  return async (host, request, response) => {
    const played = await answerFor(host, request, options);
    const refused = notPlayed(host, request.method ?? "", pathOf(request));
    const { status: code = 200, json, headers, reason } = played ?? refused.answer;
    response.writeHead(code, { "Content-Type": "application/json; charset=UTF-8", ...headers });
    response.end(`${JSON.stringify(json, undefined, 2)}\n`);
    if (!played) return refused.outcome;
    return { code, reason: "played", message: reason ?? messageIn(json) ?? "played here" };
  };
}

/** The answer of what is played; `undefined` for everything else. */
async function answerFor(host: string, request: IncomingMessage, options: ApiOptions): Promise<ApiAnswer | undefined> {
  const target = `${host}${pathOf(request)}`;
  const method = request.method === "HEAD" ? "GET" : request.method;
  for (const route of ROUTES) {
    const matched = route.method === method && route.target.exec(target);
    if (!matched) continue;
    try {
      return await route.answer({ ...options, request, parts: matched.slice(1).map(decodeURIComponent) });
    } catch (error) {
      if (error instanceof ApiFailure) return error.answer;
      if (error instanceof URIError) return failure(400, "INVALID_ARGUMENT", "Invalid resource name.");
      throw error;
    }
  }
  return undefined;
}

function pathOf(request: IncomingMessage): string {
  return urlIn(request, "host.invalid").pathname;
}

function messageIn(json: unknown): string | undefined {
  return (json as { error?: { message?: string } } | undefined)?.error?.message;
}
