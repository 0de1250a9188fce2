import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  asServiceError,
  createIapVerifier,
  createIdentity,
  drain,
  iapKeysOverHttp,
  KEEP_ALIVE_MS,
  listening,
  proxyAwareDispatcher,
  type RunningService,
  ServiceError,
  type ServiceWorld,
} from "../runtime/index";
import { type Core, type Ended, Flights, flightsOn, lookEveryMs, watchConnection } from "./core";
import { type Backend, createBackend } from "./forward/backend";
import { Exchange } from "./forward/exchange";
import { answerError, logFailure, rawError } from "./forward/failure";
import { Tunnel } from "./forward/tunnel";
import { createMetrics } from "./observe/metrics";
import { createOwnPaths } from "./observe/own-paths";
import { batched, requestLog } from "./observe/request-log";
import { type ProxyOptions, readProxyOptions } from "./options";
import { createCors } from "./rules/cors";
import { createGate } from "./rules/gate";
import { pathOf } from "./rules/target";

/** Name that the proxy gives itself. */
export const PROXY = "auth-proxy (TypeScript)";

/** A request's body may take as long as Cloud Run lets a request take. Source: https://cloud.google.com/run/docs/configuring/request-timeout */
const LONGEST_REQUEST_MS = 3_600_000;

/**
 * Starts the proxy and returns once it listens. On Cloud Run the tokens are fetched meanwhile; elsewhere on first use.
 *
 * @throws ServiceError `options-invalid` with every problem, `port-taken`
 */
export async function startProxy(world: ServiceWorld = {}): Promise<RunningService> {
  const { env = process.env } = world;
  const options = readProxyOptions(env);
  const line = world.line ?? (options.requestLog ? batched((text) => process.stdout.write(text)) : undefined);
  const self = createIdentity(options, { ...world, line });
  const { clock, log, tokens, random } = self;
  const metrics = options.metricsPath === undefined ? undefined : createMetrics();
  const flights = new Flights(clock, lookEveryMs(options));
  const backends = backendsOf(options, env);
  const forKeys = proxyAwareDispatcher(env);
  let draining: Promise<void> | undefined;
  const core: Core = {
    options,
    tokens,
    clock,
    log,
    random,
    flights,
    draining: () => draining !== undefined,
    ended: together(metrics?.ended, options.requestLog ? requestLog(log, random) : undefined),
  };
  const cors = createCors(options.origins, options.methods);
  const { iapAudiences: audiences } = options;
  const { loadIapKeys = iapKeysOverHttp(forKeys) } = world;
  const verify =
    audiences.length > 0 ? createIapVerifier({ audiences, requireEmail: false, loadIapKeys, clock, log }) : undefined;
  const gate = createGate({ options, backends, verify });
  const own = createOwnPaths(PROXY, core, [...backends.values()], metrics);
  let lastArrivalMs = clock.now();

  function answer(incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    lastArrivalMs = clock.now();
    const corsHeaders = cors.headers(incoming);
    const refuse = (thrown: unknown) => {
      const error = asServiceError(thrown);
      logFailure(core, incoming, error);
      answerError(response, error, corsHeaders, core.draining() || error.code === "request-malformed");
      core.ended?.({ incoming, backend: undefined, status: error.status, code: error.code, seconds: 0 });
    };
    try {
      const path = pathOf(incoming.url ?? "");
      const ownPath = own.get(path);
      if (ownPath) {
        ownPath(incoming, response);
        return;
      }
      const preflight = cors.preflight(incoming);
      if (preflight) {
        response.writeHead(204, [...preflight]).end();
        return;
      }
      cors.check(incoming);
      const backend = gate.backendOf(incoming, path);
      const forward = (identity?: Awaited<ReturnType<NonNullable<typeof verify>>>) =>
        new Exchange(core, {
          incoming,
          response,
          backend,
          identity,
          cors: corsHeaders,
          expectsContinue,
        }).start();
      if (gate.identityOf) gate.identityOf(incoming).then(forward).catch(refuse);
      else forward();
    } catch (error) {
      refuse(error);
    }
  }

  async function upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    lastArrivalMs = clock.now();
    socket.on("error", () => {});
    try {
      const path = pathOf(incoming.url ?? "");
      const backend = gate.backendOf(incoming, path);
      checkWebSocket(incoming, backend);
      cors.checkUpgrade(incoming);
      const identity = await gate.identityOf?.(incoming);
      if (core.draining()) throw new ServiceError("shutting-down", "the instance is stopping");
      await new Tunnel(core, incoming, socket, head, backend, identity).start();
    } catch (thrown) {
      const error = asServiceError(thrown);
      logFailure(core, incoming, error);
      socket.write(rawError(error));
      socket.destroySoon();
      core.ended?.({ incoming, backend: undefined, status: error.status, code: error.code, seconds: 0 });
    }
  }

  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: options.headerTimeoutMs,
    requestTimeout: LONGEST_REQUEST_MS,
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, options.headerTimeoutMs / 4)),
    maxHeaderSize: options.headerLimitBytes,
    requireHostHeader: false,
  });
  server.on("connection", watchConnection);
  server.on("request", (incoming, response) => answer(incoming, response, false));
  server.on("checkContinue", (incoming, response) => answer(incoming, response, true));
  server.on("upgrade", (incoming, socket: Socket, head) => upgrade(incoming, socket, head));
  server.on("connect", (incoming, socket: Socket) => {
    socket.on("error", () => {});
    socket.write(rawError(new ServiceError("method-unknown", `${incoming.method} is not allowed here`)));
    socket.destroySoon();
  });
  answerMalformed(server);
  await listening(server, options);
  self.learnProject();
  if (options.metadataHost !== undefined) {
    for (const { origin } of backends.values()) tokens.get(origin).catch(() => {});
  }
  const { port } = server.address() as AddressInfo;
  log.write("INFO", `${PROXY} listens on ${options.bindAddress}:${port}`);
  return {
    port,
    async stop() {
      const { drainTimeoutMs: timeoutMs } = options;
      draining ??= drain({ server, running: flights, lastArrivalMs: () => lastArrivalMs, timeoutMs, clock });
      await draining;
      const dispatchers = [...backends.values()].map(({ dispatcher }) => dispatcher.destroy());
      await Promise.all([...dispatchers, forKeys.destroy(), self.close()]);
    },
  };
}

function backendsOf(options: ProxyOptions, env: NonNullable<ServiceWorld["env"]>): ReadonlyMap<string, Backend> {
  const { headerLimitBytes, connectTimeoutMs } = options;
  return new Map(
    Object.entries(options.urls).map(([callee, url]) => {
      const http2 = options.http2.has(callee);
      return [callee, createBackend(callee, url, { http2, env, headerLimitBytes, connectTimeoutMs })];
    }),
  );
}

function checkWebSocket(incoming: IncomingMessage, backend: Backend): void {
  const to = incoming.headers.upgrade ?? "";
  if (to.toLowerCase() !== "websocket" || incoming.method !== "GET") {
    throw new ServiceError("upgrade-unsupported", "the connection cannot be upgraded to this; allowed: websocket");
  }
  if (backend.http2) {
    throw new ServiceError(
      "upgrade-unsupported",
      `${backend.callee}: it is spoken to in HTTP/2, which carries no WebSocket here; take it out of HTTP2`,
    );
  }
}

/**
 * What is not HTTP, too large or too slow never becomes a request: it is answered on its connection, which ends. Behind a
 * whole request whose answer is still to come it cannot be answered, as the client would take that for the other answer.
 */
function answerMalformed(server: Server): void {
  server.on("clientError", (cause: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    const flight = flightsOn(socket).at(-1);
    if (flight?.received || cause.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const error = malformed(cause);
    if (flight) flight.abort(error);
    else if (socket.writable) socket.write(rawError(error));
    socket.destroySoon();
  });
}

function malformed(cause: NodeJS.ErrnoException): ServiceError {
  if (cause.code === "HPE_HEADER_OVERFLOW") {
    return new ServiceError("headers-too-large", "the request's header is over the limit", { cause });
  }
  if (cause.code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new ServiceError("request-stalled", "the request did not come in time", { cause });
  }
  return new ServiceError("request-malformed", "the request is not proper HTTP", { cause });
}

function together(...listeners: (((record: Ended) => void) | undefined)[]): Core["ended"] {
  const wanted = listeners.filter((listener) => listener !== undefined);
  if (wanted.length < 2) return wanted[0];
  return (record) => {
    for (const listener of wanted) listener(record);
  };
}
