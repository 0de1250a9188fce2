import type { IncomingMessage } from "node:http";
import { type IapIdentity, ServiceError } from "../../runtime/index";
import { fates, REQUEST_HEADERS, RESPONSE_HEADERS } from "./header-table";

const ofRequest = fates(REQUEST_HEADERS);
const ofResponse = fates(RESPONSE_HEADERS);

/** What the proxy knows and the client does not decide. */
export interface RequestFacts {
  /** Host of the backend. */
  readonly host: string;
  readonly tokenHeader: "x-serverless-authorization" | "authorization";
  readonly token: string;
  readonly identity?: Pick<IapIdentity, "principal" | "email"> | undefined;
}

/**
 * The headers for the backend, names and values in turn: the client's that the table lets pass, then the proxy's own.
 *
 * @throws ServiceError `request-malformed`, `client-gone`
 */
export function backendHeaders(incoming: IncomingMessage, facts: RequestFacts): string[] {
  const raw = incoming.rawHeaders;
  let headers: string[] = [];
  let forwardedFor = "";
  let listed: Set<string> | undefined;
  let wantsTrailers = false;
  let hosts = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!;
    const value = raw[at + 1]!;
    const fate = ofRequest(name);
    if (fate === "passed") {
      if (facts.tokenHeader === "authorization" && /^authorization$/i.test(name)) continue;
      headers.push(name, value);
      continue;
    }
    switch (name.toLowerCase()) {
      case "x-forwarded-for":
        forwardedFor = forwardedFor === "" ? value : `${forwardedFor}, ${value}`;
        break;
      case "te":
        wantsTrailers ||= /(^|,)\s*trailers\s*(;|,|$)/i.test(value);
        break;
      case "connection":
        listed = namesIn(value, listed);
        break;
      case "host":
        hosts += 1;
        break;
    }
  }
  if (hosts > 1) throw new ServiceError("request-malformed", "the request names more than one Host");
  if (listed) headers = without(headers, listed);
  const address = addressOf(incoming);
  headers.push(
    "x-forwarded-for",
    forwardedFor === "" ? address : `${forwardedFor}, ${address}`,
    "x-forwarded-proto",
    protocolOf(incoming),
    "host",
    facts.host,
    facts.tokenHeader,
    `Bearer ${facts.token}`,
  );
  const host = incoming.headers.host;
  if (host) headers.push("x-forwarded-host", host);
  if (wantsTrailers) headers.push("te", "trailers");
  if (facts.identity) {
    headers.push("x-auth-proxy-user", facts.identity.principal);
    if (facts.identity.email !== undefined) headers.push("x-auth-proxy-email", facts.identity.email);
  }
  return headers;
}

/** What the answer's headers depend on. */
export interface ResponseFacts {
  /** Host of the backend, to know its own redirects by. */
  readonly host: string;
  /** Whether the client takes trailers. */
  readonly trailers: boolean;
}

/** The headers for the client, names and values in turn. CORS and the framing are the caller's to add. */
export function clientHeaders(raw: readonly (Buffer | string)[], facts: ResponseFacts): string[] {
  let headers: string[] = [];
  let listed: Set<string> | undefined;
  for (let at = 0; at < raw.length; at += 2) {
    const name = textOf(raw[at]!);
    const fate = ofResponse(name);
    const value = textOf(raw[at + 1]!);
    if (fate === "passed") {
      headers.push(name, value);
      continue;
    }
    switch (name.toLowerCase()) {
      case "location":
      case "content-location":
        headers.push(name, withoutOrigin(value, facts.host));
        break;
      case "trailer":
        if (facts.trailers) headers.push(name, value);
        break;
      case "connection":
        listed = namesIn(value, listed);
        break;
    }
  }
  if (listed) headers = without(headers, listed);
  return headers;
}

/** Trailers that the table lets pass. Framing and routing must not come late: RFC 9110 section 6.5.1. */
export function clientTrailers(raw: readonly (Buffer | string)[] | null): [string, string][] {
  const late = /^(content-|set-cookie|authorization|www-authenticate|cache-control|host|age|date|expires|vary)/i;
  const trailers: [string, string][] = [];
  for (let at = 0; at < (raw?.length ?? 0); at += 2) {
    const name = textOf(raw![at]!);
    if (ofResponse(name) === "passed" && !late.test(name)) trailers.push([name, textOf(raw![at + 1]!)]);
  }
  return trailers;
}

/** The value of a header in a raw list, by its name in lower case; several are joined. */
export function valueIn(raw: readonly (Buffer | string)[], wanted: string): string | undefined {
  let found: string | undefined;
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]!.length !== wanted.length || textOf(raw[at]!).toLowerCase() !== wanted) continue;
    const value = textOf(raw[at + 1]!);
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

/**
 * Whether a 401 is Cloud Run's, about the token that the proxy sent, and not the application's about credentials of the
 * client: the same words, but nobody can call invalid what the client did not send.
 */
export function refusesToken(
  raw: readonly (Buffer | string)[],
  incoming: IncomingMessage,
  tokenHeader: RequestFacts["tokenHeader"],
): boolean {
  if (tokenHeader !== "authorization" && incoming.headers.authorization !== undefined) return false;
  return valueIn(raw, "www-authenticate")?.includes("invalid_token") ?? false;
}

/** A redirect to the backend's own origin as one to the same path here; anything else as it came. */
export function withoutOrigin(location: string, host: string): string {
  if (!/^(https?:)?[\\/]{2}/i.test(location) || !URL.canParse(location, "https://x")) return location;
  const url = new URL(location, "https://x");
  if (url.host !== host) return location;
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.startsWith("//") ? `/.${path}` : path;
}

/** Only Cloud Run's front end can be in front, and it overwrites what clients say. */
export function protocolOf(incoming: IncomingMessage): "http" | "https" {
  return incoming.headers["x-forwarded-proto"] === "https" ? "https" : "http";
}

function addressOf(incoming: IncomingMessage): string {
  const address = incoming.socket.remoteAddress;
  if (address === undefined) throw new ServiceError("client-gone", "the client closed the connection");
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

/** Names that a Connection header lists, beside those that say how the connection goes on. */
function namesIn(value: string, before: Set<string> | undefined): Set<string> | undefined {
  if (value === "keep-alive" || value === "close") return before;
  const names = before ?? new Set<string>();
  for (const name of value.split(",")) names.add(name.trim().toLowerCase());
  return names;
}

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  return headers.filter((_, at) => !names.has(headers[at - (at % 2)]!.toLowerCase()));
}

function textOf(value: Buffer | string): string {
  return typeof value === "string" ? value : value.toString("latin1");
}
