import { type Dispatcher, EnvHttpProxyAgent, setGlobalDispatcher } from "undici";
import type { Environment } from "./options";

/**
 * Connections that go through the proxy that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, or in
 * lower case), else straight. Connections are kept and shared.
 *
 * Source: https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent
 */
export function proxyAwareDispatcher(env: Environment): Dispatcher {
  return new EnvHttpProxyAgent({
    httpProxy: env["http_proxy"] ?? env["HTTP_PROXY"] ?? "",
    httpsProxy: env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "",
    noProxy: env["no_proxy"] ?? env["NO_PROXY"] ?? "",
    keepAliveTimeout: 10_000,
    connect: { timeout: 5_000 },
  });
}

/** Makes Node's own `fetch` use a dispatcher too: before Node 24 it ignores the proxy variables. */
export function useForFetch(dispatcher: Dispatcher): void {
  setGlobalDispatcher(dispatcher);
}
