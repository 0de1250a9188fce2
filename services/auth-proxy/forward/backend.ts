import { type Dispatcher, EnvHttpProxyAgent, H2CClient, Pool } from "undici";
import type { Environment } from "../../runtime/index";

/** One receiving service, and the connections to it. */
export interface Backend {
  /** Its key in the stack config. */
  readonly callee: string;
  /** What it is called at, and the audience of its ID tokens. */
  readonly origin: string;
  readonly host: string;
  readonly http2: boolean;
  readonly dispatcher: Dispatcher;
}

export interface Connections {
  readonly http2: boolean;
  readonly env: Environment;
  readonly headerLimitBytes: number;
  readonly connectTimeoutMs: number;
}

/**
 * Certificates are verified: a token that goes to the wrong server is lost. Idle connections are closed before Google's
 * front end does it, so that no request meets a connection on its way down; that is why none has to be sent again.
 */
export function createBackend(callee: string, origin: string, connections: Connections): Backend {
  const { http2, env } = connections;
  const { host, protocol } = new URL(origin);
  const options = {
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
    maxHeaderSize: connections.headerLimitBytes,
    connect: { timeout: connections.connectTimeoutMs },
    // In HTTP/2 too, one request at a time on a connection: undici lets a streamed body wait until the connection's other
    // streams are done, which behind an event stream is never.
    pipelining: 1,
  };
  const dispatcher = (): Dispatcher => {
    const proxy = proxyOf(env, protocol);
    if (proxy) {
      const noProxy = env["no_proxy"] ?? env["NO_PROXY"] ?? "";
      return new EnvHttpProxyAgent({ ...options, httpProxy: proxy, httpsProxy: proxy, noProxy, allowH2: http2 });
    }
    const plain = http2 && protocol === "http:";
    return new Pool(origin, {
      ...options,
      allowH2: http2,
      ...(plain && { factory: (to) => new H2CClient(to, options) }),
    });
  };
  return { callee, origin, host, http2, dispatcher: dispatcher() };
}

/** The proxy that the environment names for a protocol; empty or absent where it names none. */
function proxyOf(env: Environment, protocol: string): string | undefined {
  const name = protocol === "https:" ? "https_proxy" : "http_proxy";
  return env[name] ?? env[name.toUpperCase()];
}
