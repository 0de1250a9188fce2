/**
 * A port of this machine at which any browser opens the load balancer, and is sent to sign in, under `*.localhost` names:
 * nothing has to be set up in it. What it asks for goes through the forward proxy, as from the internet.
 */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { DataPlane } from "../../data-plane";
import { decisionAside } from "../../data-plane/decisions";
import { refuseUnreadable } from "../../data-plane/unreadable";
import { connectTo, ProxiedAgent } from "./through-proxy";
import { Translation } from "./translation";

export interface LoopbackEntrance {
  /** Where a browser opens the load balancer's first host: `http://ailab.example.localhost:PORT`. */
  readonly url: string;
  /** Where a browser opens a host. */
  urlOf(host: string): string;
  close(): Promise<void>;
}

/**
 * @param port that is listened on. @default - one that is free
 * @returns undefined where the mesh has no load balancer
 */
export async function openLoopbackEntrance(plane: DataPlane, port = 0): Promise<LoopbackEntrance | undefined> {
  const [first] = plane.balancer.hosts.filter((host) => !host.startsWith("*"));
  if (first === undefined) return undefined;
  const access = await plane.proxyFor({});
  const agent = new ProxiedAgent(access);
  const server = createServer((request, response) => {
    const host = translation.hostOf(request.headers.host);
    if (host !== undefined) return forward(host, request, response);
    request.resume();
    if (isBare(request)) return response.writeHead(302, { Location: `${translation.localOrigin(first)}/` }).end();
    response.writeHead(421, { "Content-Type": "text/plain" }).end("this address is not for that host\n");
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => {});
    const host = translation.hostOf(request.headers.host);
    if (host === undefined) return void socket.end("HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\n\r\n");
    upgrade(host, request, socket, head).catch(() => socket.destroy());
  });
  refuseUnreadable(server, (refused) => {
    const about = { now: new Date(), caller: "nobody", from: "internet", callee: `localhost:${ownPort}` } as const;
    plane.tell(decisionAside({ ...about, ...refused, reason: "request-unreadable" }));
  });
  // How long a request may take is the service's business.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const { port: ownPort } = server.address() as AddressInfo;
  const translation = new Translation(ownPort, (host) => plane.opensInBrowsers(host));
  const sockets = new Set<Socket>();

  function isBare({ headers }: IncomingMessage): boolean {
    return headers.host === `localhost:${ownPort}` || headers.host === `127.0.0.1:${ownPort}`;
  }

  function forward(host: string, request: IncomingMessage, response: ServerResponse): void {
    const { method, url, rawHeaders } = request;
    const raw = translation.request(host, rawHeaders);
    // Node frames no body of a GET by itself: unframed, it would be read as the next request on the connection.
    if (request.headers["transfer-encoding"] !== undefined) raw.push("Transfer-Encoding", "chunked");
    const headers = flat(raw);
    const outgoing = httpsRequest({ agent, host, method, path: url, headers, setHost: false } as object);
    outgoing.once("response", (incoming: IncomingMessage) => {
      response.writeHead(
        incoming.statusCode ?? 502,
        incoming.statusMessage,
        flat(translation.response(incoming.rawHeaders)),
      );
      // The head leaves at once: an event stream may not say anything for a while.
      response.flushHeaders();
      incoming.pipe(response);
      incoming.once("error", () => response.destroy());
    });
    outgoing.on("error", (error) => {
      if (response.headersSent) return void response.destroy();
      response.writeHead(502, { "Content-Type": "text/plain" }).end(`${error.message}\n`);
    });
    response.once("close", () => outgoing.destroy());
    request.pipe(outgoing);
  }

  async function upgrade(host: string, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const raw = [...translation.request(host, request.rawHeaders), "Connection", "Upgrade"];
    raw.push("Upgrade", request.headers.upgrade ?? "");
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let i = 0; i + 1 < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]}`);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    const service = await connectTo(access, host);
    service.on("error", () => socket.destroy()).once("close", () => socket.destroySoon());
    // Whoever asked may have gone while the connection was made.
    if (socket.destroyed) return void service.destroy();
    socket.once("close", () => service.destroy());
    service.write(`${lines.join("\r\n")}\r\n\r\n`);
    service.write(head);
    socket.pipe(service).pipe(socket);
  }

  return {
    url: translation.localOrigin(first),
    urlOf: (host) => translation.localOrigin(host),
    async close() {
      agent.destroy();
      for (const socket of sockets) socket.destroy();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Node takes headers as a flat list, which keeps their order and what is there twice; its types do not know. */
function flat(raw: string[]): OutgoingHttpHeaders {
  return raw as unknown as OutgoingHttpHeaders;
}
