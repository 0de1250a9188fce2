import type { IncomingMessage } from "node:http";
import { assertionIn, type IapIdentity, type IapVerifier, ServiceError } from "../../runtime/index";
import type { Backend } from "../forward/backend";
import { tooLarge } from "../forward/request-body";
import type { ProxyOptions } from "../options";
import { createRoutes, isUnder } from "./target";

/** Decides, before anything is sent, whether a request may pass and where to. */
export interface Gate {
  /** @throws ServiceError `method-unknown`, `route-unknown`, `body-too-large`, `request-malformed` */
  backendOf(incoming: IncomingMessage, path: string): Backend;
  /** Who sent it; undefined where no identity is asked for. @throws ServiceError `identity-…` */
  identityOf: ((incoming: IncomingMessage) => Promise<IapIdentity>) | undefined;
}

export interface GateParts {
  readonly options: ProxyOptions;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly verify: IapVerifier | undefined;
}

export function createGate({ options, backends, verify }: GateParts): Gate {
  const { methods, paths, routes, bodyLimitBytes } = options;
  const route = createRoutes(new Map([...routes].map(([prefix, callee]) => [prefix, backends.get(callee)!])));
  const allow = [...methods].join(", ");
  return {
    backendOf(incoming, path) {
      const { method = "", httpVersionMajor, httpVersionMinor, headers } = incoming;
      if (httpVersionMajor !== 1) throw new ServiceError("request-malformed", "not HTTP/1.1; allowed: HTTP/1.1");
      if (headers.host === undefined && httpVersionMinor > 0) {
        throw new ServiceError("request-malformed", "the request names no Host");
      }
      if (!methods.has(method)) {
        throw new ServiceError("method-unknown", `${method} is not allowed here; allowed: ${allow}`, {
          headers: { allow },
        });
      }
      const backend = paths.some((prefix) => isUnder(path, prefix)) ? route(path) : undefined;
      if (!backend) throw new ServiceError("route-unknown", "no such path here");
      const { "transfer-encoding": coding, "content-length": length } = headers;
      if (coding !== undefined && (coding.toLowerCase() !== "chunked" || httpVersionMinor === 0)) {
        throw new ServiceError("request-malformed", "the body's transfer coding is not known here; allowed: chunked");
      }
      if (length !== undefined && Number(length) > bodyLimitBytes) throw tooLarge(bodyLimitBytes);
      return backend;
    },
    identityOf: verify && ((incoming) => verify(assertionIn(incoming.headers))),
  };
}
