import { fetch, Headers, type Response } from "undici";
import { refusalOf } from "../../verify/answer";
import { explainDecision } from "./decision";
import { explainIapRefusal, explainRefusal } from "./refusal";
import type { Way } from "./way";

export interface CallRequest {
  readonly method?: string | undefined;
  /** Path with query. */
  readonly path: string;
  readonly body?: string | undefined;
  /** `Name: value`, each. */
  readonly headers?: readonly string[] | undefined;
  readonly timeoutMs: number;
}

export interface CallAnswer {
  readonly response: Response;
  /** Why the service did not answer itself; else the answer is its own, and its body still to be read. */
  readonly refusal?: { readonly explanation: string };
}

/**
 * Calls a service with the token of whoever the way is for.
 *
 * @throws Error for people: a header or path that is none, no connection, no answer in time
 */
export async function send(way: Way, request: CallRequest): Promise<CallAnswer> {
  const { path, body, timeoutMs, method = body === undefined ? "GET" : "POST" } = request;
  const url = new URL(under(way.route, path.startsWith("/") ? path : `/${path}`), way.url);
  if (url.origin !== new URL(way.url).origin) {
    throw new Error(`the path "${path}" leads to ${url.host}; the token is for ${new URL(way.url).host} alone`);
  }
  const response = await fetch(url, {
    method,
    headers: headersOf(way, request),
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
    ...(body !== undefined && { body }),
    ...(way.dispatcher && { dispatcher: way.dispatcher }),
  }).catch(async (error: Error) => {
    const decision = await way.decisions?.latest();
    // The sandbox sees that the caller left where the time is over; the caller is told of the time.
    if (decision && decision.reason !== "caller-left")
      throw new Error(explainDecision(decision, way, await way.declared()));
    throw new Error(`no answer from ${url.host}: ${reasonOf(error, timeoutMs)}`);
  });
  if (response.ok) return { response };
  const decision = await way.decisions?.latest();
  if (decision?.verdict === "allowed") return { response };
  if (decision) return { response, refusal: { explanation: explainDecision(decision, way, await way.declared()) } };
  const { status } = response;
  if (response.headers.get("x-goog-iap-generated-response") === "true") {
    return { response, refusal: { explanation: explainIapRefusal(status, way, await way.declared()) } };
  }
  const contentType = response.headers.get("content-type") ?? "";
  const couldBeRefused = [401, 403, 404].includes(status) && contentType.startsWith("text/html");
  if (!couldBeRefused) return { response };
  const copy = response.clone();
  const refused = refusalOf({ status, contentType, body: await copy.text() });
  if (refused === undefined) return { response };
  return { response, refusal: { explanation: explainRefusal(refused, way, await way.declared()) } };
}

/** A path below a route: the service sees it whole, and a path that is not below it leads elsewhere. */
function under(route = "/", path: string): string {
  const isBelow =
    route === "/" || path === route || /^[/?]/.test(path.startsWith(route) ? path.slice(route.length) : "");
  if (isBelow) return path;
  return path === "/" ? route : `${route}${path}`;
}

/** The caller's own `Authorization` is for the service; Cloud Run then takes the token from a header of its own. */
function headersOf({ route, decisions, ...way }: Way, { headers = [], body }: CallRequest): Headers {
  const token = route === undefined ? way.token : undefined;
  const result = new Headers();
  for (const line of headers) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error(`--header "${line.slice(0, 40)}": not of the form "Name: value"`);
    result.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  // Identity-Aware Proxy then says 401 instead of leading to a page where people sign in.
  if (!result.has("x-requested-with")) result.set("x-requested-with", "XMLHttpRequest");
  if (body !== undefined && !result.has("content-type")) result.set("content-type", "application/json");
  if (decisions && !result.has("traceparent")) result.set("traceparent", decisions.traceparent);
  if (token === undefined) return result;
  result.set(result.has("authorization") ? "x-serverless-authorization" : "authorization", `Bearer ${token}`);
  return result;
}

function reasonOf(error: Error, timeoutMs: number): string {
  if (error.name === "TimeoutError") return `none within ${timeoutMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
