import type { IncomingMessage } from "node:http";
import type { Clock, Identity, Log, ServiceError, TokenSource } from "../runtime/index";
import type { Backend } from "./forward/backend";
import type { ProxyOptions } from "./options";

/** How long a client may take to finish its body, or to read what is left, once it has been answered. */
export const LINGER_MS = 2_000;

/** What one request is to the proxy while it is under way: something to cut, and something that can fall silent. */
export interface Flight {
  /** When it is cut unless something happens before. Milliseconds since 1970-01-01 UTC. */
  readonly deadlineMs: number;
  /** Where {@link Flights} keeps it. */
  place: number;
  /** Cuts it because nothing happened. */
  expire(): void;
  /** Cuts it for a reason that the client is told, where there is still a way to. */
  abort(reason: ServiceError): void;
  /** Ends it, as nobody is there any more. */
  leave(): void;
  /** Whether the client has sent all of it. */
  readonly received: boolean;
}

const FLIGHTS = Symbol("flights");
type Connection = IncomingMessage["socket"] & { [FLIGHTS]?: Flight[] };

/**
 * Keeps the flights of a client's connection, in the order of their requests: more than one where the client does not wait
 * for answers. When the connection closes, Node tells the response at hand alone, so that the others are told here.
 */
export function watchConnection(socket: Connection): void {
  socket[FLIGHTS] = [];
  socket.on("close", () => {
    for (const flight of [...flightsOn(socket)]) flight.leave();
  });
}

/** The flights of a connection that have not ended. */
export function flightsOn(socket: Connection): Flight[] {
  return socket[FLIGHTS] ?? [];
}

/** What every request shares. */
export interface Core extends Pick<Identity, "random"> {
  readonly options: ProxyOptions;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly flights: Flights;
  readonly draining: () => boolean;
  /** Told of each request and WebSocket that has ended or been refused, once; undefined where nobody wants to know. */
  readonly ended: ((record: Ended) => void) | undefined;
}

export interface Ended {
  readonly incoming: IncomingMessage;
  /** What the client was answered with; undefined where it left first. */
  readonly status: number | undefined;
  readonly backend: Backend | undefined;
  /** Code of the error that the proxy answered with. */
  readonly code: string | undefined;
  readonly seconds: number;
}

/**
 * The requests under way. One timer looks after all their deadlines, as a timer of its own would cost each request more
 * than the rest of its bookkeeping.
 *
 * An array, because a Set that changes with each request leaves tables behind that V8 chains to their successors, with
 * all that they name: the garbage of a second then waits for a full collection, and so does everybody.
 */
export class Flights {
  readonly #all: Flight[] = [];
  #cancel: (() => void) | undefined;

  /** @param everyMs how often deadlines are looked at, which is how late they can be noticed */
  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {}

  get size(): number {
    return this.#all.length;
  }

  [Symbol.iterator](): Iterator<Flight> {
    return [...this.#all].values();
  }

  add(flight: Flight): void {
    this.#cancel ??= this.clock.after(this.everyMs, this.#look);
    flight.place = this.#all.push(flight) - 1;
  }

  /** The last one takes its place. False where it has gone before. */
  delete(flight: Flight): boolean {
    if (this.#all[flight.place] !== flight) return false;
    const last = this.#all.pop()!;
    if (last !== flight) {
      this.#all[flight.place] = last;
      last.place = flight.place;
    }
    return true;
  }

  readonly #look = (): void => {
    this.#cancel = undefined;
    const now = this.clock.now();
    for (const flight of this) if (now >= flight.deadlineMs) flight.expire();
    if (this.size > 0) this.#cancel = this.clock.after(this.everyMs, this.#look);
  };
}

/** Deadlines are noticed an eighth of the shortest limit late, at most. */
export function lookEveryMs({ requestTimeoutMs, streamIdleTimeoutMs }: ProxyOptions): number {
  return Math.min(500, Math.max(5, Math.min(requestTimeoutMs, streamIdleTimeoutMs) / 8));
}
