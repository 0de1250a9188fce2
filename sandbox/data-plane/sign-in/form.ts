import type { IncomingMessage } from "node:http";

/** Nobody who signs in has more to say. */
const LARGEST_FORM = 100_000;

/** The body of a request as it is; cut off where it is too long to be a form. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) if (body.length < LARGEST_FORM) body += chunk;
  return body.slice(0, LARGEST_FORM);
}

/** The fields of a form that was sent. */
export async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await bodyOf(request));
}
