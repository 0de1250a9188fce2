import type { Server } from "node:http";
import { type Clock, sleep } from "../clock";
import { ServiceError } from "../errors";

/** Something that an instance must finish before it stops, or cut. */
export interface Running {
  abort(reason: ServiceError): void;
}

export interface DrainOptions {
  readonly server: Server;
  /** The requests that have been accepted and not answered. */
  readonly running: Iterable<Running> & { readonly size: number };
  readonly lastArrivalMs: () => number;
  /** After this, requests that still run are answered with `shutting-down`. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Nothing running and nothing arriving for this long means that the front end has turned elsewhere. */
const QUIET_MS = 250;

/** For the answers of requests that were cut to leave the process. */
const FLUSH_MS = 500;

/**
 * Ends a server without losing what it accepted. The port stays open until nothing has arrived for a moment: closing it
 * at once would reset connections that the kernel has accepted already, and requests under way on idle ones. Every
 * answer meanwhile says `Connection: close` (the server's part), so that clients move on.
 *
 * Source: https://cloud.google.com/run/docs/container-contract#instance-shutdown (SIGTERM, 10 s, SIGKILL)
 */
export async function drain(options: DrainOptions): Promise<void> {
  const { server, running, clock } = options;
  const started = clock.now();
  const cutAtMs = started + options.timeoutMs;
  const quietFrom = () => Math.max(started, options.lastArrivalMs()) + QUIET_MS;
  while (clock.now() < cutAtMs && (running.size > 0 || clock.now() < quietFrom())) await sleep(clock, 10);
  for (const request of [...running]) {
    request.abort(new ServiceError("shutting-down", "the instance is stopping, and the request took too long"));
  }
  const flushUntilMs = clock.now() + FLUSH_MS;
  while (clock.now() < flushUntilMs && running.size > 0) await sleep(clock, 10);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
