import { ServiceError } from "../errors";
import type { Answer, Handler } from "./request";

/** One path of an API. Data, so that a service's API reads as a list. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Segments in braces match anything and become parameters: `/users/{id}/orders`. */
  readonly path: string;
  readonly handler: Handler;
}

export interface Match {
  readonly handler: Handler;
  readonly params: Readonly<Record<string, string>>;
}

/** A fixed segment goes before a parameter, whatever the order of the list. HEAD is answered as GET without its body. */
export function createRouter(routes: readonly Route[]): (method: string, pathname: string) => Match {
  const table = routes
    .map((route) => ({ route, segments: route.path.split("/") }))
    .toSorted((a, b) => rank(a.segments).localeCompare(rank(b.segments)));

  return (method, pathname) => {
    const segments = pathname.split("/");
    const fits = table.filter((entry) => matches(entry.segments, segments));
    if (fits.length === 0) throw new ServiceError("route-unknown", `no path ${pathname} here`);
    const wanted = method === "HEAD" ? "GET" : method;
    const found = fits.find((entry) => entry.route.method === wanted);
    if (!found) {
      const allow = [...new Set(fits.map((entry) => entry.route.method))].join(", ");
      throw new ServiceError("method-unknown", `${method} is not allowed on ${pathname}; allowed: ${allow}`, {
        headers: { allow },
      });
    }
    const params = Object.fromEntries(
      found.segments.flatMap((segment, index) => {
        const name = parameter(segment);
        return name === undefined ? [] : [[name, decoded(segments[index]!, name)]];
      }),
    );
    return { handler: found.route.handler, params };
  };
}

/** Answers whether the service runs. The name does not end in "z": Cloud Run keeps such paths to itself. */
export function healthRoute(service: string, draining: () => boolean): Route {
  return {
    method: "GET",
    path: "/health",
    handler: (): Answer =>
      draining() ? { status: 503, json: { service, status: "draining" } } : { json: { service, status: "ok" } },
  };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((segment, index) => (parameter(segment) ? segments[index] !== "" : segment === segments[index]))
  );
}

function parameter(segment: string): string | undefined {
  return /^\{(\w+)\}$/.exec(segment)?.[1];
}

function rank(segments: readonly string[]): string {
  return segments.map((segment) => (parameter(segment) ? "1" : "0")).join("");
}

function decoded(segment: string, name: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ServiceError("parameter-invalid", `${name}: not valid percent-encoding`);
  }
}
