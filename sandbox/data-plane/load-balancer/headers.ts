/**
 * What the load balancer reads in a request's head, and what it changes there before Cloud Run sees it.
 * Source: https://cloud.google.com/load-balancing/docs/https#target-proxies
 */
import type { IncomingMessage } from "node:http";

/** The host that a request is for, in lower case and without a port. A target in absolute form names it (RFC 9112, 3.2.2). */
export function hostIn({ headers, url = "" }: IncomingMessage): string {
  const named = /^https?:\/\/([^/?#]+)/i.exec(url)?.[1] ?? headers.host ?? "";
  return named.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
}

/** Says who forwards and for whom; the address of the load balancer follows in Cloud Run's front end. */
export function addHeaders(request: IncomingMessage, clientAddress: string): void {
  const { headers, rawHeaders } = request;
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before === undefined ? clientAddress : `${String(before)},${clientAddress}`;
  rawHeaders.push("Via", "1.1 google");
}
