import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { unlessAborted } from "../clock";
import type { Answer } from "./request";

export interface Sending {
  /** Of the request: the answer to HEAD has no body. */
  readonly method: string;
  /** Whether the connection ends with this answer. */
  readonly closing: boolean;
  /** Ends a body that comes in parts. */
  readonly signal: AbortSignal;
}

/** Sends an answer. Where its body comes in parts, done once the last one is written; rejects when they break off. */
export async function send(response: ServerResponse, answer: Answer, sending: Sending): Promise<void> {
  if (response.headersSent || response.destroyed) return;
  const { body = answer.json === undefined ? "" : JSON.stringify(answer.json) } = answer;
  const status = answer.status ?? (body === "" ? 204 : 200);
  const head = sending.method === "HEAD";
  response.writeHead(status, {
    ...answer.headers,
    ...(answer.json !== undefined && { "content-type": "application/json; charset=utf-8" }),
    ...(typeof body === "string" && body !== "" && { "content-length": Buffer.byteLength(body) }),
    ...(sending.closing && { connection: "close" }),
  });
  if (head || typeof body === "string") response.end(head ? "" : body);
  else await stream(response, body, sending.signal);
}

async function stream(response: ServerResponse, body: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  response.flushHeaders();
  const parts = body[Symbol.asyncIterator]();
  const next = () => unlessAborted(parts.next(), signal);
  try {
    for (let part = await next(); !part.done; part = await next()) {
      if (!response.write(part.value)) await unlessAborted(once(response, "drain"), signal);
    }
    response.end();
  } finally {
    parts.return?.().catch(() => {});
  }
}
