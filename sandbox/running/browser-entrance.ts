/** An address of this machine at which a browser is one person, signed in, at one service: nothing has to be set up in it. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { DataPlane } from "../data-plane";
import type { Identity } from "./identities";

export interface BrowserEntrance {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param person who is signed in
 * @param serviceUrl URL of the service that the requests are for
 */
export async function openBrowserEntrance(
  plane: DataPlane,
  person: Identity,
  serviceUrl: string,
): Promise<BrowserEntrance> {
  const host = new URL(serviceUrl).host;
  const position = { from: "internet" } as const;
  const visitor = { name: () => person.email, person: person.email, route: () => position };
  const server = createServer((request, response) => {
    if (!takeIn(request, ownHosts(), host, serviceUrl)) {
      response.writeHead(421, { "Content-Type": "text/plain" }).end("this address is not for that host\n");
      return;
    }
    plane.frontEnd.handle({ visitor, position }, request, response).catch(() => response.destroy());
  });
  server.on("upgrade", (request, socket: Socket, head) => {
    if (!takeIn(request, ownHosts(), host, serviceUrl)) return void socket.destroy();
    plane.frontEnd.handleUpgrade({ visitor, position }, request, socket, head).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  function ownHosts(): readonly string[] {
    return [`127.0.0.1:${port}`, `localhost:${port}`];
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Rewrites a request as if it had come to the service's URL. False for another host's name: a page elsewhere could have
 * had its name resolve to this machine (DNS rebinding).
 */
function takeIn(request: IncomingMessage, own: readonly string[], host: string, serviceUrl: string): boolean {
  const { headers, rawHeaders } = request;
  if (!own.includes(headers.host ?? "")) return false;
  const origins = own.map((one) => `http://${one}`);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase();
    if (name === "host") rawHeaders[i + 1] = host;
    if (name === "origin" && origins.includes(rawHeaders[i + 1] ?? "")) rawHeaders[i + 1] = serviceUrl;
  }
  headers.host = host;
  if (origins.includes(headers.origin ?? "")) headers.origin = serviceUrl;
  return true;
}
