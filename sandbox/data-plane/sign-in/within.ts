/** Asks a server that listens nowhere: Google's own calls to a provider of identities, without a port between them. */
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from "node:http";
import { duplexPair } from "node:stream";

export interface WithinRequest {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WithinAnswer {
  readonly code: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** @param url under whose host the server is asked */
export async function askWithin(
  listener: RequestListener,
  url: string,
  asked: WithinRequest = {},
): Promise<WithinAnswer> {
  const { host, pathname, search } = new URL(url);
  const [near, far] = duplexPair();
  const server = createServer(listener);
  server.emit("connection", far);
  try {
    const request = httpRequest({
      createConnection: () => near,
      method: asked.method ?? "GET",
      path: pathname + search,
      headers: { ...asked.headers, host, connection: "close" },
    }).end(asked.body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    let body = "";
    for await (const chunk of response.setEncoding("utf8")) body += chunk;
    return { code: response.statusCode ?? 0, headers: response.headers, body };
  } finally {
    near.destroy();
    server.close();
  }
}
