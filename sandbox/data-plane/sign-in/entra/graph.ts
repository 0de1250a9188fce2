/**
 * Microsoft Graph, as far as an application asks it for somebody's groups.
 * Source: https://learn.microsoft.com/graph/api/user-list-transitivememberof and https://learn.microsoft.com/graph/paging
 */
import type { IncomingMessage } from "node:http";
import { urlIn } from "../../request-target";
import { GRAPH_HOST } from "./names";
import type { EntraUser } from "./people";

export interface GraphAnswer {
  readonly code: number;
  readonly json: unknown;
  /** For the log. */
  readonly message: string;
}

export interface Graph {
  /** Whether an access token is one of an application's for Graph. */
  isAuthorized(token: string): boolean;
  userWith(idOrAddress: string): EntraUser | undefined;
}

const GROUPS = /^\/(?:v1\.0|beta)\/users\/([^/]+)\/(?:transitiveMemberOf|memberOf)(?:\/microsoft\.graph\.group)?$/;

const PAGE = 100;
const LONGEST_PAGE = 999;

/** The answer; undefined for what is not played. */
export function askGraph(request: IncomingMessage, graph: Graph): GraphAnswer | undefined {
  const { method, headers } = request;
  const { pathname, searchParams } = urlIn(request, GRAPH_HOST);
  const name = method === "GET" ? GROUPS.exec(pathname)?.[1] : undefined;
  if (name === undefined) return undefined;
  const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (token === undefined) return failure(401, "InvalidAuthenticationToken", "Access token is empty.");
  if (!graph.isAuthorized(token)) {
    return failure(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.");
  }
  const asked = decoded(name);
  const user = graph.userWith(asked);
  if (!user) {
    const message = `Resource '${asked}' does not exist or one of its queried reference-property objects are not present.`;
    return failure(404, "Request_ResourceNotFound", message);
  }
  const top = Number(searchParams.get("$top") ?? PAGE);
  if (!Number.isInteger(top) || top < 1 || top > LONGEST_PAGE) {
    return failure(
      400,
      "Request_UnsupportedQuery",
      `Invalid page size specified: '${top}'. Must be between 1 and ${LONGEST_PAGE} inclusive.`,
    );
  }
  const from = Number(searchParams.get("$skiptoken") ?? 0);
  const page = user.groups.slice(from, from + top);
  const rest = from + top < user.groups.length;
  const json = {
    "@odata.context": `https://${GRAPH_HOST}/v1.0/$metadata#directoryObjects`,
    ...(rest && { "@odata.nextLink": nextPage(pathname, searchParams, from + top) }),
    value: page.map((id) => ({ "@odata.type": "#microsoft.graph.group", id, displayName: id })),
  };
  return { code: 200, json, message: `groups of ${user.email}` };
}

function nextPage(pathname: string, asked: URLSearchParams, from: number): string {
  const query = new URLSearchParams(asked);
  query.set("$skiptoken", String(from));
  return `https://${GRAPH_HOST}${pathname}?${query}`;
}

function failure(code: number, name: string, message: string): GraphAnswer {
  return { code, json: { error: { code: name, message } }, message };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
