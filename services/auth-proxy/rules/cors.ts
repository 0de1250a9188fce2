import type { IncomingMessage } from "node:http";
import { ServiceError } from "../../runtime/index";

/** Which pages of other origins may use the backends. The browsers ask; the proxy answers, never a backend. */
export interface Cors {
  /** The headers of every answer to this request, errors included, names and values in turn. */
  headers(incoming: IncomingMessage): readonly string[];
  /**
   * @throws ServiceError `origin-refused` for a request that a page of an undeclared origin sent and that may change
   * something: its cookies travel with it, whether or not the page may read the answer
   */
  check(incoming: IncomingMessage): void;
  /** The headers of the answer to a preflight; undefined for any other request. @throws ServiceError `origin-refused` */
  preflight(incoming: IncomingMessage): readonly string[] | undefined;
  /** A WebSocket is open to every page, whatever its origin: the server has to look. @throws ServiceError `origin-refused` */
  checkUpgrade(incoming: IncomingMessage): void;
}

/** How long a browser may remember a preflight's answer; Chromium caps it at two hours. */
const MAX_AGE_SECONDS = "7200";
const NONE: readonly string[] = [];

export function createCors(origins: ReadonlySet<string>, methods: ReadonlySet<string>): Cors {
  const vary = origins.size > 0 ? ["vary", "Origin"] : NONE;
  const allowMethods = [...methods].join(", ");

  function refused(origin: string): ServiceError {
    return new ServiceError("origin-refused", `pages of ${shown(origin)} are not allowed here; see ALLOWED_ORIGINS`);
  }

  function granted(origin: string): readonly string[] {
    return [...vary, "access-control-allow-origin", origin, "access-control-allow-credentials", "true"];
  }

  return {
    headers(incoming) {
      const { origin } = incoming.headers;
      return origin !== undefined && origins.has(origin) ? granted(origin) : vary;
    },
    check(incoming) {
      const { origin } = incoming.headers;
      if (origin === undefined || origins.has(origin)) return;
      const reads = incoming.method === "GET" || incoming.method === "HEAD" || incoming.method === "OPTIONS";
      if (!reads && !isSame(origin, incoming)) throw refused(origin);
    },
    preflight(incoming) {
      const { origin } = incoming.headers;
      const asksMethod = incoming.headers["access-control-request-method"];
      if (incoming.method !== "OPTIONS" || origin === undefined || asksMethod === undefined) return undefined;
      if (!origins.has(origin)) throw refused(origin);
      const asksHeaders = incoming.headers["access-control-request-headers"];
      return [
        ...granted(origin),
        "access-control-allow-methods",
        allowMethods,
        ...(asksHeaders === undefined ? [] : ["access-control-allow-headers", asksHeaders]),
        "access-control-max-age",
        MAX_AGE_SECONDS,
      ];
    },
    checkUpgrade(incoming) {
      const { origin } = incoming.headers;
      if (origin !== undefined && !origins.has(origin) && !isSame(origin, incoming)) throw refused(origin);
    },
  };
}

/** Whether the page came from the host that the request goes to. The port counts; TLS ends before this process. */
function isSame(origin: string, incoming: IncomingMessage): boolean {
  return URL.canParse(origin) && new URL(origin).host === incoming.headers.host?.toLowerCase();
}

function shown(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).origin : "an origin that is none";
}
