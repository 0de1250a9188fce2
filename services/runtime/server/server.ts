import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import { type Clock, Deadline, type Random, unlessAborted } from "../clock";
import { asServiceError, errorBody, ServiceError } from "../errors";
import { errorFields, type Log } from "../log";
import { traceOf } from "../trace";
import { drain } from "./drain";
import { type Answer, readForm, readJson } from "./request";
import { createRouter, healthRoute, type Route } from "./router";
import { send } from "./send";

export interface ServerOptions {
  /** Name in `/health`, e.g. `order-service (TypeScript)`. */
  readonly name: string;
  readonly routes: readonly Route[];
  /** Makes the answer for an error, with the error's status. @default the error as JSON */
  readonly errorAnswer?: ErrorAnswer | undefined;
  readonly port: number;
  readonly bindAddress: string;
  readonly requestTimeoutMs: number;
  readonly bodyLimitBytes: number;
  readonly drainTimeoutMs: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
}

/** @returns undefined where JSON is right, e.g. because the client asks for no HTML */
export type ErrorAnswer = (error: ServiceError, headers: IncomingHttpHeaders) => Answer | undefined;

export interface RunningServer {
  readonly port: number;
  /** Answers everything that has arrived and is still arriving, then closes; done within the drain timeout and 1 s. */
  drain(): Promise<void>;
}

/**
 * Google's load balancers keep idle connections for 600 s. A server that closes them first can lose a request that is on
 * its way. Source: https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries
 */
export const KEEP_ALIVE_MS = 620_000;

/**
 * Serves routes over HTTP/1.1, `/health` included.
 *
 * @throws ServiceError `port-taken`
 */
export async function serve(options: ServerOptions): Promise<RunningServer> {
  const { log, clock, random } = options;
  const running = new Set<Deadline>();
  let draining: Promise<void> | undefined;
  let lastArrivalMs = clock.now();
  const route = createRouter([...options.routes, healthRoute(options.name, () => draining !== undefined)]);

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    lastArrivalMs = clock.now();
    const trace = traceOf(incoming.headers, random);
    const requestLog = log.within(trace);
    const { requestTimeoutMs } = options;
    const limit = new Deadline(
      clock,
      requestTimeoutMs,
      () => new ServiceError("request-timeout", `no answer within ${requestTimeoutMs} ms`),
    );
    running.add(limit);
    response.on("close", () => {
      if (!response.writableFinished) limit.abort(new ServiceError("client-gone", "the client closed the connection"));
      limit.dispose();
      running.delete(limit);
    });
    try {
      const url = new URL(`http://service${incoming.url?.startsWith("/") ? incoming.url : "/"}`);
      const method = incoming.method ?? "GET";
      const { handler, params } = route(method, url.pathname);
      const work = async () =>
        handler({
          method,
          params,
          query: url.searchParams,
          headers: incoming.headers,
          trace,
          signal: limit.signal,
          log: requestLog,
          json: () => readJson(incoming, options.bodyLimitBytes),
          form: () => readForm(incoming, options.bodyLimitBytes),
        });
      const found = await unlessAborted(work(), limit.signal);
      await send(response, found, { method, closing: draining !== undefined, signal: limit.signal });
    } catch (thrown) {
      const error = asServiceError(thrown);
      if (error.code === "client-gone") return;
      if (error.status >= 500) {
        requestLog.write(error.code === "internal" ? "ERROR" : "WARNING", error.message, errorFields(error));
      }
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const { status, more } = error;
      const shown = options.errorAnswer?.(error, incoming.headers) ?? { json: errorBody(error) };
      await send(
        response,
        { ...shown, status, headers: { ...shown.headers, ...more.headers } },
        { method: incoming.method ?? "GET", closing: draining !== undefined, signal: limit.signal },
      );
    }
  }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: options.requestTimeoutMs + 5_000 });
  server.on("request", (incoming, response) => {
    answer(incoming, response).catch((error) => {
      log.write("ERROR", "an answer could not be sent", errorFields(error));
      response.destroy();
    });
  });
  await listening(server, options);

  return {
    port: (server.address() as AddressInfo).port,
    drain() {
      draining ??= drain({
        server,
        running,
        lastArrivalMs: () => lastArrivalMs,
        timeoutMs: options.drainTimeoutMs,
        clock,
      });
      return draining;
    },
  };
}

/**
 * Makes a server listen, with a backlog for the burst that follows a start.
 *
 * @throws ServiceError `port-taken`, `options-invalid`
 */
export function listening(
  server: NetServer,
  { port, bindAddress }: Pick<ServerOptions, "port" | "bindAddress">,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === "EADDRINUSE";
      const text = taken ? "is taken; set PORT to another" : `cannot be listened on (${cause.code ?? cause.message})`;
      reject(new ServiceError(taken ? "port-taken" : "options-invalid", `${bindAddress}:${port} ${text}`, { cause }));
    });
    server.listen({ port, host: bindAddress, backlog: 2048 }, resolve);
  });
}
