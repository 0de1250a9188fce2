/** Connections to a host of the mesh, through its forward proxy and over TLS. */
import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { Agent, type AgentOptions } from "node:https";
import type { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import type { ProxyAccess } from "../../data-plane";

/** Keeps connections open, as browsers do. */
export class ProxiedAgent extends Agent {
  readonly #access: ProxyAccess;

  constructor(access: ProxyAccess, options: AgentOptions = { keepAlive: true }) {
    super(options);
    this.#access = access;
  }

  override createConnection(
    { host }: { host?: string },
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    connectTo(this.#access, host ?? "").then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
  }
}

/** A TLS connection to a host. Rejects where the proxy knows no way there. */
export function connectTo(access: ProxyAccess, host: string): Promise<TLSSocket> {
  const proxy = new URL(access.url);
  const where = { host: proxy.hostname, port: proxy.port, method: "CONNECT", path: `${host}:443`, agent: false };
  return new Promise((resolve, reject) => {
    const request = httpRequest(where as object).once("error", reject);
    request.once("connect", ({ statusCode }: IncomingMessage, socket) => {
      if (statusCode !== 200) {
        socket.destroy();
        return reject(new Error(`the mesh has no way to ${host} (${statusCode})`));
      }
      const secured = connect({ socket, servername: host, ca: readFileSync(access.caFile) });
      secured.once("secureConnect", () => resolve(secured)).once("error", reject);
    });
    request.end();
  });
}
