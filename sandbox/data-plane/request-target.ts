/** What a request asks for, whatever it is written as: `//` and `*` are no addresses relative to a host. */
import type { IncomingMessage } from "node:http";

type Asked = Pick<IncomingMessage, "url">;

/** Path and query. A target in absolute form names its host before them (RFC 9112, 3.2.2). */
export function targetIn({ url = "/" }: Asked): string {
  const rest = url.replace(/^https?:\/\/[^/?#]*/i, "");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** The address under a host. */
export function urlIn(request: Asked, host: string): URL {
  return new URL(`https://${host}${targetIn(request)}`);
}
